/**
 * One action on very many messages, a piece at a time (PRODUCT section 8).
 *
 * 1. Each piece has an id of its own, so that it can be asked for again when the connection was lost: what was done
 *    is not done twice.
 * 2. A piece that cannot be asked for ends it; what was not asked for yet stays as it is.
 * 3. Whoever stops it waits for the piece that is under way.
 */
import type { CommandInput, WireResult } from "../../core/api/contract.ts";
import { type ActionResult, type FolderAction, isDone } from "../../core/model/action.ts";
import type { Problem } from "../../core/model/problem.ts";

export const CHUNK_MESSAGES = 500;
/** Times that a piece is asked for again after a lost connection. */
const TRIES = 5;
const CONNECTION_PROBLEMS: readonly string[] = ["connection-lost", "not-connected"];

export interface BulkOrder {
  readonly action: FolderAction;
  readonly ids: readonly string[];
  readonly address?: string;
}

export interface BulkPorts {
  readonly act: (input: CommandInput<"act">) => Promise<WireResult<readonly ActionResult[]>>;
  readonly newId: () => string;
  readonly stopped: () => boolean;
  /** Messages that are done with, whatever came of them. */
  readonly onProgress: (messages: number) => void;
}

export interface BulkSummary {
  readonly asked: number;
  readonly done: number;
  readonly stopped: boolean;
  /** What could not be done, by sentence; the most frequent first. */
  readonly notDone: readonly NotDone[];
  /** Why it ended early. */
  readonly problem: Problem | null;
}

export interface NotDone {
  readonly what: string;
  readonly ids: readonly string[];
}

export function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

export async function runBulk(order: BulkOrder, ports: BulkPorts): Promise<BulkSummary> {
  const results: ActionResult[] = [];
  let problem: Problem | null = null;
  let handled = 0;
  for (const messages of chunksOf(order.ids, CHUNK_MESSAGES)) {
    if (ports.stopped()) break;
    const answer = await actOnChunk(order, messages, ports);
    if ("error" in answer) {
      problem = answer.error;
      break;
    }
    results.push(...answer.ok);
    handled += messages.length;
    ports.onProgress(handled);
  }
  return {
    asked: order.ids.length,
    done: results.filter(isDone).length,
    stopped: problem === null && handled < order.ids.length,
    notDone: bySentence(results.filter((result) => !isDone(result))),
    problem,
  };
}

async function actOnChunk(
  { action, address }: BulkOrder,
  messages: readonly string[],
  { act, newId, stopped }: BulkPorts,
): Promise<WireResult<readonly ActionResult[]>> {
  const input: CommandInput<"act"> = {
    action,
    messages: [...messages],
    actionId: newId(),
    ...(address === undefined ? {} : { address }),
  };
  let answer = await act(input);
  for (let tries = 1; tries < TRIES && !stopped(); tries += 1) {
    if (!("error" in answer) || !CONNECTION_PROBLEMS.includes(answer.error.code)) break;
    answer = await act(input);
  }
  return answer;
}

function bySentence(results: readonly ActionResult[]): readonly NotDone[] {
  const groups = Map.groupBy(results, ({ what }) => what);
  return [...groups]
    .map(([what, group]) => ({ what, ids: group.map(({ queueId }) => queueId) }))
    .sort((a, b) => b.ids.length - a.ids.length);
}

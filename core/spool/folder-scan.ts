/**
 * Which messages of a folder fit some words, and what they are sorted by.
 *
 * 1. What is sorted by comes from an index that holds just that (`message_listed`); Inbox has none, so that taking mail
 *    over is not slower for it.
 * 2. Words are found as in the history, with its index, block by block. What is not in it yet is looked at row by row;
 *    so are the messages of a block that has only a few of this folder, which is less work than asking the index.
 * 3. However many they are, a few milliseconds at a time (`Turns`).
 */
import type { FolderListOrder, FolderSort, ListedMessage } from "../model/folder-list.ts";
import type { Folder } from "../model/message.ts";
import type { Turns } from "../util/turns.ts";
import type { OrderEntry } from "./folder-order.ts";
import { BLOCK_BITS, blockOf, outcomeFacet } from "./history-index.ts";
import { type Condition, facetCondition, fits, matchExpression } from "./history-search.ts";
import { LISTED_STATES } from "./listed-state.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, text, textOrNull } from "./spool-context.ts";

export type ScanOrder = Pick<FolderListOrder, "folder" | "sort">;

/** Rows that are read at once. */
const SLICE = 500;
/** So many of a block are looked at one by one. */
const FEW = 50;
/** Characters that are sorted by. */
const LONGEST = 100;

/** SQL: what is seen of the sender, without the signs that names are put in. */
const SENDER = `ltrim(CASE from_text WHEN '' THEN sender ELSE from_text END, '"'' <')`;
const KEYS: Readonly<Record<Exclude<FolderSort, "state">, string>> = {
  received: "0",
  size: "size",
  sender: `lower(substr(${SENDER}, 1, ${LONGEST}))`,
  subject: `lower(substr(subject, 1, ${LONGEST}))`,
};

const rank = (state: ListedMessage["state"]): number => LISTED_STATES.indexOf(state);
const hasRecipient = (state: string): string =>
  `EXISTS (SELECT 1 FROM recipient WHERE recipient.message = message.id AND state = '${state}')`;
/** SQL: `listedState` as a number. */
const STATE: Readonly<Record<Folder, string>> = {
  Inbox: `CASE WHEN outcome = 'listed-again' THEN ${rank("listed-again")} WHEN claimed = 1 THEN ${rank("sending")}
    WHEN ${hasRecipient("deferred")} THEN ${rank("deferred")}
    WHEN due_at IS NULL AND ${hasRecipient("held")} AND NOT ${hasRecipient("queued")} THEN ${rank("held")}
    ELSE ${rank("queued")} END`,
  Errors: `CASE WHEN outcome = 'listed-again' THEN ${rank("listed-again")}
    WHEN report_state IN ('waiting', 'sending') THEN ${rank("report-waiting")}
    WHEN report_state = 'reported' THEN ${rank("reported")}
    WHEN report_state = 'refused' THEN ${rank("report-refused")} ELSE ${rank("not-reported")} END`,
  Junk: String(rank("junk")),
  Backup: `CASE WHEN outcome = 'listed-again' THEN ${rank("listed-again")} ELSE ${rank("delivered")} END`,
};

/** What the messages of a folder usually came to; the others are looked at one by one. */
const OUTCOMES: Readonly<Record<Folder, readonly (string | null)[]>> = {
  Inbox: [null],
  Errors: ["errors", "listed-again"],
  Junk: ["junk", "listed-again"],
  Backup: ["delivered", "listed-again"],
};

interface Scanned extends OrderEntry {
  /** The index finds it by what it came to. */
  readonly usual: boolean;
}

/** By their ids. `conditions`: all of them have to be met. */
export async function scanFolder(
  context: SpoolContext,
  order: ScanOrder,
  conditions: readonly Condition[],
  turns: Turns,
): Promise<readonly OrderEntry[]> {
  const entries: OrderEntry[] = [];
  for (let slice = sliceBehind(context, order, 0); slice.length > 0; ) {
    const end = (blockOf(slice[0]?.id ?? 0) + 1) * 2 ** BLOCK_BITS;
    const block: Scanned[] = [];
    for (let whole = false; !whole; ) {
      const here = slice.filter(({ id }) => id < end);
      block.push(...here);
      whole = here.length < slice.length;
      slice = whole ? slice.slice(here.length) : sliceBehind(context, order, block.at(-1)?.id ?? end);
      if (slice.length === 0) whole = true;
      if (turns.over) await turns.rest();
    }
    const fitting = await fittingOf(context, order.folder, block, conditions, turns);
    for (const entry of block) if (fitting?.has(entry.id) ?? true) entries.push(entry);
  }
  return entries;
}

/** One message as it is now; null: it is not of these. */
export function scanMessage(
  context: SpoolContext,
  { folder, sort }: ScanOrder,
  conditions: readonly Condition[],
  id: number,
): OrderEntry | null {
  const key = sort === "state" ? STATE[folder] : KEYS[sort];
  const row = context.journal.get(
    `SELECT *, ${key} AS sort_key FROM message WHERE id = ? AND folder = ?`,
    id,
    folder,
  );
  if (row === undefined || !fits(context, row, { conditions })) return null;
  return { id, key: keyOf(row["sort_key"]) };
}

function sliceBehind(
  { journal }: SpoolContext,
  { folder, sort }: ScanOrder,
  after: number,
): readonly Scanned[] {
  const key = sort === "state" ? STATE[folder] : KEYS[sort];
  const from =
    folder === "Inbox"
      ? "message INDEXED BY message_folder WHERE folder = ?"
      : "message INDEXED BY message_listed WHERE folder = ? AND folder <> 'Inbox'";
  const usual = OUTCOMES[folder];
  return journal
    .all(
      `SELECT id, outcome, ${key} AS sort_key FROM ${from} AND id > ? ORDER BY id LIMIT ${SLICE}`,
      folder,
      after,
    )
    .map((row) => ({
      id: number(row["id"]),
      key: keyOf(row["sort_key"]),
      usual: usual.includes(textOrNull(row["outcome"])),
    }));
}

const keyOf = (value: unknown): string | number => (typeof value === "number" ? value : text(value));

/** `block`: all that one block of the index has of the folder. null: all of them. */
async function fittingOf(
  context: SpoolContext,
  folder: Folder,
  block: readonly Scanned[],
  conditions: readonly Condition[],
  turns: Turns,
): Promise<ReadonlySet<number> | null> {
  if (conditions.length === 0) return null;
  const few = block.length <= FEW;
  const waiting = few ? new Set<number>() : waitingIds(context, block);
  const looked = few ? block : block.filter(({ id, usual }) => !usual || waiting.has(id));
  await turns.rest();
  const fitting =
    looked.length === block.length ? new Set<number>() : indexedIds(context, folder, block, conditions);
  await turns.rest();
  for (const { id } of looked) {
    const row = context.journal.get("SELECT * FROM message WHERE id = ?", id);
    if (row !== undefined && fits(context, row, { conditions })) fitting.add(id);
    // It may be in the index as it was.
    else fitting.delete(id);
    if (turns.over) await turns.rest();
  }
  return fitting;
}

function waitingIds({ journal }: SpoolContext, block: readonly Scanned[]): ReadonlySet<number> {
  return idSet(
    journal.get(
      `SELECT json_group_array(id) AS ids FROM message INDEXED BY message_to_index
       WHERE indexed_for_search = 0 AND id >= ? AND id <= ?`,
      block[0]?.id ?? 0,
      block.at(-1)?.id ?? 0,
    ),
  );
}

/** Of the folder's, and of others. */
function indexedIds(
  { journal }: SpoolContext,
  folder: Folder,
  block: readonly Scanned[],
  conditions: readonly Condition[],
): Set<number> {
  const number = blockOf(block[0]?.id ?? 0);
  const usual = facetCondition(OUTCOMES[folder].map(outcomeFacet));
  return idSet(
    journal.get(
      "SELECT json_group_array(rowid) AS ids FROM history WHERE history MATCH ?",
      `${usual(number)} AND ${matchExpression(conditions, number)}`,
    ),
  );
}

/** As one text: as many rows would be several times the work. */
function idSet(row: Readonly<Record<string, unknown>> | undefined): Set<number> {
  return new Set(JSON.parse(text(row?.["ids"]) || "[]") as number[]);
}

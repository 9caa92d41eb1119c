/**
 * One viewer (a page, the desktop app's window), whatever carries its messages.
 *
 * 1. Nothing that arrives is trusted: what is no message of the contract ends the session.
 * 2. Nothing is sent while the transport is not ready. Answers wait and go first; a stream's entries stay in its ring,
 *    so that a slow viewer costs no memory and gets a gap marker for what it missed.
 * 3. Bounded: subscriptions, calls at work, answers that wait.
 */
import type { Clock } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import type { Subscription } from "../transcript/hub.ts";
import { atMostEvery } from "../util/at-most-every.ts";
import type { Dispatch } from "./commands.ts";
import { type GatewayMessage, type StreamItem, type StreamName, viewerMessageSchema } from "./contract.ts";
import type { StreamEntry, Streams } from "./streams.ts";

export const SUBSCRIPTIONS = 16;
export const CALLS = 64;
/** Calls whose answers have not left, refused ones too. */
const UNANSWERED = 4 * CALLS;
export const BATCH = 500;
/** Milliseconds between two batches of what comes live: a message for each line would cost more than the line. */
const PAUSE = 20;

export interface ViewerSessionOptions {
  readonly dispatch: Dispatch;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly send: (message: GatewayMessage) => void;
  /** Whether the transport takes more; when it does so again, it calls `drained`. */
  readonly ready: () => boolean;
  /** The session is over for what the viewer sent; the transport closes. Called at most once. */
  readonly onEnd: (reason: string) => void;
}

export interface ViewerSession {
  receive(message: unknown): void;
  drained(): void;
  /** The transport is gone. Commands that are at work are finished; nobody gets their answers. */
  close(): void;
}

export function createViewerSession(options: ViewerSessionOptions): ViewerSession {
  const { dispatch, streams, clock, send, ready } = options;
  const unanswered = new Set<number>();
  const answers: Extract<GatewayMessage, { id: number }>[] = [];
  const subscriptions = new Map<number, Subscription<StreamEntry>>();
  /** Subscriptions that have something, in turn. */
  const due = new Set<number>();
  const live = atMostEvery(clock, PAUSE, pump);
  let over = false;

  function pump(): void {
    while (!over && ready()) {
      const answer = answers.shift();
      if (answer !== undefined) {
        unanswered.delete(answer.id);
        send(answer);
        continue;
      }
      const [id] = due;
      if (id === undefined) return;
      due.delete(id);
      const items = subscriptions.get(id)?.take(BATCH) ?? [];
      if (items.length === 0) continue;
      due.add(id);
      // The entries are the stream's own; the type does not tie them to its name.
      send({ subscription: id, epoch: streams.epoch, items: items as readonly StreamItem<StreamName>[] });
    }
  }

  function close(): void {
    over = true;
    live.stop();
    for (const subscription of subscriptions.values()) subscription.close();
    subscriptions.clear();
    due.clear();
    answers.length = 0;
  }

  function end(reason: string): void {
    close();
    options.onEnd(reason);
  }

  async function call(id: number, name: string, input: unknown): Promise<void> {
    if (unanswered.has(id) || unanswered.size >= UNANSWERED) {
      end("too many calls, or two of one number");
      return;
    }
    unanswered.add(id);
    const result = unanswered.size > CALLS ? { error: tooManyCalls() } : await dispatch(name, input);
    if (over) return;
    answers.push({ id, result });
    pump();
  }

  function subscribe(id: number, stream: StreamName, after: Parameters<Streams["subscribe"]>[1]): void {
    if (subscriptions.has(id) || subscriptions.size >= SUBSCRIPTIONS) {
      end("too many subscriptions, or two of one number");
      return;
    }
    const onReady = (): void => {
      due.add(id);
      live.request();
    };
    subscriptions.set(id, streams.subscribe(stream, after, onReady));
  }

  function unsubscribe(id: number): void {
    subscriptions.get(id)?.close();
    subscriptions.delete(id);
    due.delete(id);
  }

  return {
    receive(message) {
      if (over) return;
      const parsed = viewerMessageSchema.safeParse(message);
      if (!parsed.success) {
        end("no message of this gateway's contract");
        return;
      }
      const { data } = parsed;
      if ("call" in data) void call(data.id, data.call, data.input);
      else if ("subscribe" in data) subscribe(data.subscription, data.subscribe, data.after);
      else unsubscribe(data.unsubscribe);
    },
    drained: pump,
    close,
  };
}

function tooManyCalls(): Problem {
  return {
    code: "viewer-busy",
    what: "This page has asked for too much at once.",
    cure: "Wait until it has been answered, then try again.",
  };
}

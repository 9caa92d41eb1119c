/**
 * The two streams that viewers subscribe to, numbered for as long as this process lives.
 *
 * 1. The gateway's events go in; it may come later (set-up) and be replaced. The numbers go on.
 * 2. `epoch` names this process. A place of another one, or none, means: all that is held.
 * 3. `progress` comes at most ten times a second, the newest always, and never behind what ends its run.
 * 4. Nobody who listens can slow down who publishes (see transcript/hub).
 */
import { randomBytes } from "node:crypto";
import type { GatewayEvent } from "../model/event.ts";
import type { Gateway } from "../model/gateway.ts";
import type { Clock } from "../model/ports.ts";
import { Hub, type Subscription } from "../transcript/hub.ts";
import { atMostEvery } from "../util/at-most-every.ts";
import type { StreamEntries, StreamName, StreamPlace } from "./contract.ts";

/** Entries that are held for those who come later or are slow. */
const HELD: Readonly<Record<StreamName, number>> = { transcript: 20_000, events: 5_000 };
const PROGRESS_PAUSE = 100;

export interface StreamEntry {
  readonly sequence: number;
  readonly entry: StreamEntries[StreamName];
}

export interface Streams {
  readonly epoch: string;
  /** Takes this gateway's events from now on, in place of any other's. The returned function ends it. */
  follow(gateway: Pick<Gateway, "subscribe">): () => void;
  /** `after` left out: what comes from now on; null: all that is held; a place: what came after it. */
  subscribe(
    stream: StreamName,
    after: StreamPlace | null | undefined,
    onReady: () => void,
  ): Subscription<StreamEntry>;
}

export interface StreamsOptions {
  readonly clock: Clock;
  /** Smaller ones, for tests. */
  readonly held?: Readonly<Record<StreamName, number>>;
}

export function createStreams({ clock, held = HELD }: StreamsOptions): Streams {
  const epoch = randomBytes(12).toString("base64url");
  const hubs: Readonly<Record<StreamName, Hub<StreamEntry>>> = {
    transcript: new Hub(held.transcript),
    events: new Hub(held.events),
  };
  const last: Record<StreamName, number> = { transcript: 0, events: 0 };
  let progress: Extract<GatewayEvent, { kind: "progress" }> | null = null;
  let leave: () => void = () => undefined;

  function publish(stream: StreamName, entry: StreamEntry["entry"]): void {
    last[stream] += 1;
    hubs[stream].publish({ sequence: last[stream], entry });
  }
  function publishProgress(): void {
    if (progress !== null) publish("events", progress);
    progress = null;
  }
  const throttle = atMostEvery(clock, PROGRESS_PAUSE, publishProgress);

  function take(event: GatewayEvent): void {
    if (event.kind === "transcript") {
      publish("transcript", event.entry);
    } else if (event.kind === "progress") {
      progress = event;
      throttle.request();
    } else {
      if (event.kind === "state" || event.kind === "run-finished") publishProgress();
      publish("events", event);
    }
  }

  return {
    epoch,
    follow(gateway) {
      leave();
      const end = gateway.subscribe(take);
      leave = () => {
        end();
        publishProgress();
        throttle.stop();
      };
      return leave;
    },
    subscribe(stream, after, onReady) {
      if (after === undefined) return hubs[stream].subscribe({ onReady });
      // To the hub a number that it never gave is one of another process.
      const place = after?.epoch === epoch ? after.sequence : Number.POSITIVE_INFINITY;
      return hubs[stream].subscribe({ after: place, onReady });
    },
  };
}

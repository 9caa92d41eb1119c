import { expect, test } from "vitest";
import { createStreams, type StreamEntry, type Streams } from "../../core/api/streams.ts";
import { noTotals } from "../../core/gateway/run-totals.ts";
import type { GatewayEvent } from "../../core/model/event.ts";
import type { Gap, Subscription } from "../../core/transcript/hub.ts";
import { createEventSource, transcriptLine } from "../support/event-source.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { goodRun } from "../support/fake-gateway.ts";

const nothing = (): void => undefined;
const progress = (collected: number): GatewayEvent => ({
  kind: "progress",
  totals: { ...noTotals, collected },
});

function all(subscription: Subscription<StreamEntry>): readonly (StreamEntry | Gap)[] {
  return subscription.take(100_000);
}

function held(streams: Streams, stream: "events" | "transcript"): readonly (StreamEntry | Gap)[] {
  return all(streams.subscribe(stream, null, nothing));
}

test("each stream has its own numbers, whatever the gateway's are", () => {
  const streams = createStreams({ clock: new FakeClock() });
  const source = createEventSource();
  streams.follow(source);
  const line = transcriptLine(77);
  source.tell(line);
  source.tell({ kind: "state", state: "checking" });
  source.tell({ kind: "state", state: "idle" });
  expect(held(streams, "transcript")).toEqual([{ sequence: 1, entry: line.entry }]);
  expect(held(streams, "events")).toEqual([
    { sequence: 1, entry: { kind: "state", state: "checking" } },
    { sequence: 2, entry: { kind: "state", state: "idle" } },
  ]);
});

test("a gateway that comes later, or in place of another, goes on with the numbers", () => {
  const streams = createStreams({ clock: new FakeClock() });
  const [first, second] = [createEventSource(), createEventSource()];
  const subscription = streams.subscribe("events", undefined, nothing);
  streams.follow(first);
  first.tell({ kind: "state", state: "idle" });
  streams.follow(second);
  first.tell({ kind: "state", state: "attention" });
  second.tell({ kind: "state", state: "paused" });
  expect([first.listeners, second.listeners]).toEqual([0, 1]);
  expect(all(subscription)).toEqual([
    { sequence: 1, entry: { kind: "state", state: "idle" } },
    { sequence: 2, entry: { kind: "state", state: "paused" } },
  ]);
});

test("progress comes ten times a second at most, the newest always, and never after its run's end", async () => {
  const clock = new FakeClock();
  const streams = createStreams({ clock });
  const source = createEventSource();
  streams.follow(source);
  const subscription = streams.subscribe("events", undefined, nothing);
  const entries = (): readonly unknown[] =>
    all(subscription).map((item) => ("entry" in item ? item.entry : item));
  for (let step = 1; step <= 30; step += 1) {
    source.tell(progress(step));
    await clock.advance(10);
  }
  // At 0, 100, 200 and 300 ms.
  expect(entries()).toEqual([1, 10, 20, 30].map(progress));
  source.tell(progress(31));
  source.tell({ kind: "run-finished", summary: goodRun });
  await clock.advance(1_000);
  expect(entries()).toEqual([progress(31), { kind: "run-finished", summary: goodRun }]);
});

test("who comes back goes on where it was; of another process's place only what is held counts", () => {
  const streams = createStreams({ clock: new FakeClock(), held: { transcript: 3, events: 3 } });
  const source = createEventSource();
  streams.follow(source);
  source.tellLines(1, 5);
  const numbers = (after: Parameters<Streams["subscribe"]>[1]): readonly unknown[] =>
    all(streams.subscribe("transcript", after, nothing)).map((item) =>
      "gap" in item ? item : item.sequence,
    );
  const { epoch } = streams;
  expect(numbers({ epoch, sequence: 4 })).toEqual([5]);
  expect(numbers({ epoch, sequence: 5 })).toEqual([]);
  expect(numbers({ epoch, sequence: 1 })).toEqual([{ gap: { from: 2, to: 2 } }, 3, 4, 5]);
  expect(numbers({ epoch: "another", sequence: 4 })).toEqual([3, 4, 5]);
  expect(numbers(null)).toEqual([3, 4, 5]);
  expect(numbers(undefined)).toEqual([]);
  expect(createStreams({ clock: new FakeClock() }).epoch).not.toBe(epoch);
});

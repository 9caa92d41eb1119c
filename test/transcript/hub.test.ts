import { expect, test } from "vitest";
import { Hub } from "../../core/transcript/hub.ts";
import { createTranscript } from "../../core/transcript/transcript.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Entry {
  readonly sequence: number;
}

function hubWith(count: number, capacity: number): Hub<Entry> {
  const hub = new Hub<Entry>(capacity);
  fill(hub, 1, count);
  return hub;
}

function fill(hub: Hub<Entry>, from: number, to: number): void {
  for (let sequence = from; sequence <= to; sequence += 1) hub.publish({ sequence });
}

const entries = (...sequences: number[]): Entry[] => sequences.map((sequence) => ({ sequence }));

test("a listener gets what comes after it, in order, in pieces", () => {
  const hub = hubWith(3, 10);
  const subscription = hub.subscribe();
  expect(subscription.take(10)).toEqual([]);
  fill(hub, 4, 7);
  expect(subscription.take(3)).toEqual(entries(4, 5, 6));
  expect(subscription.take(3)).toEqual(entries(7));
  expect(subscription.take(3)).toEqual([]);
});

test("one that comes back goes on where it was", () => {
  const hub = hubWith(8, 10);
  expect(hub.subscribe({ after: 5 }).take(10)).toEqual(entries(6, 7, 8));
  expect(hub.subscribe({ after: 8 }).take(10)).toEqual([]);
  expect(hub.subscribe({ after: 0 }).take(10)).toEqual(entries(1, 2, 3, 4, 5, 6, 7, 8));
});

test("what the ring no longer holds is a gap", () => {
  const hub = hubWith(25, 10);
  expect(hub.subscribe({ after: 3 }).take(4)).toEqual([{ gap: { from: 4, to: 15 } }, ...entries(16, 17, 18)]);
});

test("a slow listener gets a gap, others and the publisher nothing of it", () => {
  const hub = hubWith(0, 10);
  const slow = hub.subscribe();
  const quick = hub.subscribe();
  fill(hub, 1, 5);
  expect(quick.take(10)).toEqual(entries(1, 2, 3, 4, 5));
  fill(hub, 6, 14);
  expect(quick.take(10)).toEqual(entries(6, 7, 8, 9, 10, 11, 12, 13, 14));
  expect(slow.take(3)).toEqual([{ gap: { from: 1, to: 4 } }, ...entries(5, 6)]);
  expect(slow.take(100)).toEqual(entries(7, 8, 9, 10, 11, 12, 13, 14));
});

test("a bound of its own", () => {
  const hub = hubWith(0, 100);
  const subscription = hub.subscribe({ lag: 2 });
  fill(hub, 1, 50);
  expect(subscription.take(10)).toEqual([{ gap: { from: 1, to: 48 } }, ...entries(49, 50)]);
});

test("a number from another process: everything that is held", () => {
  expect(hubWith(3, 10).subscribe({ after: 5_000 }).take(10)).toEqual(entries(1, 2, 3));
  expect(hubWith(12, 10).subscribe({ after: 5_000 }).take(2)).toEqual(entries(3, 4));
});

test("ready is told once until all was taken; a fault of a listener stays with it", async () => {
  const hub = hubWith(0, 10);
  let told = 0;
  const subscription = hub.subscribe({
    onReady: () => {
      told += 1;
    },
  });
  hub.subscribe({
    onReady: () => {
      throw new Error("mine");
    },
  });
  fill(hub, 1, 3);
  await Promise.resolve();
  expect(told).toBe(1);
  subscription.take(2);
  fill(hub, 4, 4);
  await Promise.resolve();
  expect(told).toBe(1);
  subscription.take(10);
  fill(hub, 5, 5);
  await Promise.resolve();
  expect(told).toBe(2);
  subscription.take(10);
  subscription.close();
  fill(hub, 6, 6);
  await Promise.resolve();
  expect(told).toBe(2);
});

test("one that resumes is told at once when there is something", async () => {
  let told = 0;
  hubWith(3, 10).subscribe({
    after: 1,
    onReady: () => {
      told += 1;
    },
  });
  await Promise.resolve();
  expect(told).toBe(1);
});

test("recent ones", () => {
  expect(hubWith(25, 10).recent(3)).toEqual(entries(23, 24, 25));
  expect(hubWith(2, 10).recent(5)).toEqual(entries(1, 2));
});

test("the tap numbers, stamps, bounds and makes harmless", () => {
  const clock = new FakeClock(1_000);
  const { tap, hub } = createTranscript(clock, 10);
  const line = { session: "pop3-1", protocol: "pop3", peer: "main", direction: "server" } as const;
  tap({ ...line, text: "+OK \x1b[2J" });
  tap({ ...line, text: "x".repeat(5_000) });
  expect(hub.recent(10)).toEqual([
    { ...line, sequence: 1, at: 1_000, text: "+OK \\x1b[2J" },
    { ...line, sequence: 2, at: 1_000, text: `${"x".repeat(2_000)}...` },
  ]);
});

import { expect, test } from "vitest";
import type { Dispatch } from "../../core/api/commands.ts";
import { type GatewayMessage, gatewayMessageSchema } from "../../core/api/contract.ts";
import { createStreams, type Streams } from "../../core/api/streams.ts";
import {
  BATCH,
  CALLS,
  createViewerSession,
  SUBSCRIPTIONS,
  type ViewerSession,
} from "../../core/api/viewer-session.ts";
import { createEventSource, type EventSource } from "../support/event-source.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Viewer {
  readonly clock: FakeClock;
  readonly source: EventSource;
  readonly streams: Streams;
  readonly session: ViewerSession;
  /** What has been sent since the last look. */
  sent(): readonly GatewayMessage[];
  readonly ended: string[];
  /** Messages that the transport takes before it is full. */
  room: number;
}

const echo: Dispatch = async (name, input) => ({ ok: { name, input } });

function openViewer({
  dispatch = echo,
  held,
}: {
  readonly dispatch?: Dispatch;
  readonly held?: number;
} = {}): Viewer {
  const clock = new FakeClock();
  const source = createEventSource();
  const streams = createStreams({
    clock,
    ...(held === undefined ? {} : { held: { transcript: held, events: held } }),
  });
  streams.follow(source);
  let sent: GatewayMessage[] = [];
  const ended: string[] = [];
  const viewer: Viewer = {
    clock,
    source,
    streams,
    ended,
    room: Number.POSITIVE_INFINITY,
    sent() {
      const taken = sent;
      sent = [];
      return taken;
    },
    session: createViewerSession({
      dispatch,
      streams,
      clock,
      send(message) {
        viewer.room -= 1;
        // Exactly what a viewer will read.
        sent.push(gatewayMessageSchema.parse(JSON.parse(JSON.stringify(message))) as GatewayMessage);
      },
      ready: () => viewer.room > 0,
      onEnd: (reason) => ended.push(reason),
    }),
  };
  return viewer;
}

/** `12`, or `12-20` for a gap, of all messages of a subscription. */
function numbers(messages: readonly GatewayMessage[], subscription = 1): readonly (number | string)[] {
  return messages.flatMap((message) =>
    "items" in message && message.subscription === subscription
      ? message.items.map((item) => ("gap" in item ? `${item.gap.from}-${item.gap.to}` : item.sequence))
      : [],
  );
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test("calls are answered under their numbers, in the order in which they are done", async () => {
  const first = Promise.withResolvers<{ readonly ok: string }>();
  const viewer = openViewer({
    dispatch: (name, input) => (name === "slow" ? first.promise : echo(name, input)),
  });
  viewer.session.receive({ id: 1, call: "slow", input: {} });
  viewer.session.receive({ id: 2, call: "status", input: { a: 1 } });
  await viewer.clock.advance(0);
  expect(viewer.sent()).toEqual([{ id: 2, result: { ok: { name: "status", input: { a: 1 } } } }]);
  first.resolve({ ok: "done" });
  await viewer.clock.advance(0);
  expect(viewer.sent()).toEqual([{ id: 1, result: { ok: "done" } }]);
  // The number is free again.
  viewer.session.receive({ id: 1, call: "status", input: {} });
  await viewer.clock.advance(0);
  expect([viewer.sent().length, viewer.ended]).toEqual([1, []]);
});

test("what is held comes in batches, then what comes live, together for 20 ms", async () => {
  const viewer = openViewer();
  viewer.source.tellLines(1, 1_200);
  viewer.session.receive({ subscription: 1, subscribe: "transcript", after: null });
  await viewer.clock.advance(0);
  const messages = viewer.sent();
  expect(messages.map((message) => ("items" in message ? message.items.length : -1))).toEqual([
    BATCH,
    BATCH,
    200,
  ]);
  expect(numbers(messages)).toEqual(range(1, 1_200));
  expect(messages.every((message) => "epoch" in message && message.epoch === viewer.streams.epoch)).toBe(
    true,
  );
  await viewer.clock.advance(20);
  expect(viewer.sent()).toEqual([]);
  for (let line = 1_201; line <= 1_240; line += 1) {
    viewer.source.tellLines(line, line);
    await viewer.clock.advance(1);
  }
  const live = viewer.sent();
  expect(live.length).toBeLessThanOrEqual(3);
  await viewer.clock.advance(20);
  expect([...numbers(live), ...numbers(viewer.sent())]).toEqual(range(1_201, 1_240));
});

test("a place of this process is gone on from; without one only what comes from now on", async () => {
  const viewer = openViewer();
  const { epoch } = viewer.streams;
  viewer.source.tellLines(1, 5);
  viewer.session.receive({ subscription: 1, subscribe: "transcript", after: { epoch, sequence: 3 } });
  viewer.session.receive({ subscription: 2, subscribe: "transcript", after: { epoch: "old", sequence: 3 } });
  viewer.session.receive({ subscription: 3, subscribe: "transcript" });
  await viewer.clock.advance(20);
  viewer.source.tellLines(6, 6);
  await viewer.clock.advance(20);
  const messages = viewer.sent();
  expect([1, 2, 3].map((id) => numbers(messages, id))).toEqual([[4, 5, 6], range(1, 6), [6]]);
});

test("nothing is sent while the transport is full; who was too slow gets a gap, and costs nobody anything", async () => {
  const viewer = openViewer({ held: 100 });
  viewer.session.receive({ subscription: 1, subscribe: "transcript" });
  viewer.room = 1;
  viewer.source.tellLines(1, 10);
  await viewer.clock.advance(20);
  expect(numbers(viewer.sent())).toEqual(range(1, 10));
  viewer.source.tellLines(11, 1_000);
  viewer.session.receive({ id: 1, call: "status", input: {} });
  await viewer.clock.advance(1_000);
  expect(viewer.sent()).toEqual([]);
  viewer.room = Number.POSITIVE_INFINITY;
  viewer.session.drained();
  const messages = viewer.sent();
  // The answer goes first.
  expect(messages[0]).toEqual({ id: 1, result: { ok: { name: "status", input: {} } } });
  expect(numbers(messages)).toEqual(["11-900", ...range(901, 1_000)]);
});

test("two subscriptions take turns", async () => {
  const viewer = openViewer();
  viewer.source.tellLines(1, 2 * BATCH);
  viewer.room = 0;
  for (const subscription of [1, 2]) {
    viewer.session.receive({ subscription, subscribe: "transcript", after: null });
  }
  await viewer.clock.advance(20);
  viewer.room = 2;
  viewer.session.drained();
  const messages = viewer.sent();
  expect([numbers(messages, 1), numbers(messages, 2)]).toEqual([range(1, BATCH), range(1, BATCH)]);
});

test("after unsubscribing, and after closing, nothing comes any more", async () => {
  const viewer = openViewer();
  viewer.session.receive({ subscription: 1, subscribe: "transcript" });
  viewer.session.receive({ unsubscribe: 1 });
  viewer.session.receive({ unsubscribe: 9 });
  viewer.source.tellLines(1, 1);
  await viewer.clock.advance(20);
  viewer.session.receive({ subscription: 1, subscribe: "transcript" });
  viewer.session.receive({ id: 1, call: "status", input: {} });
  viewer.session.close();
  viewer.source.tellLines(2, 2);
  await viewer.clock.advance(20);
  expect([viewer.sent(), viewer.ended, viewer.clock.pending]).toEqual([[], [], 0]);
});

test.each<readonly [string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["text", "hello"],
  ["a list", [{ id: 1, call: "status", input: {} }]],
  ["a call without a name", { id: 1, input: {} }],
  ["a name that is a novel", { id: 1, call: "x".repeat(65), input: {} }],
  ["a number that is none", { id: "1", call: "status", input: {} }],
  ["one below zero", { id: -1, call: "status", input: {} }],
  ["a key too many", { id: 1, call: "status", input: {}, token: "x" }],
  ["a stream that there is not", { subscription: 1, subscribe: "secrets" }],
  ["a place that is none", { subscription: 1, subscribe: "events", after: { epoch: "x", sequence: "1" } }],
])("%s ends the session, once", async (_what, message) => {
  const viewer = openViewer();
  viewer.session.receive(message);
  viewer.session.receive(message);
  viewer.session.receive({ id: 7, call: "status", input: {} });
  await viewer.clock.advance(20);
  expect([viewer.ended, viewer.sent()]).toEqual([["no message of this gateway's contract"], []]);
});

test("subscriptions and calls are bounded", async () => {
  const subscriber = openViewer();
  for (let id = 1; id <= SUBSCRIPTIONS; id += 1) {
    subscriber.session.receive({ subscription: id, subscribe: "events" });
  }
  expect(subscriber.ended).toEqual([]);
  subscriber.session.receive({ subscription: 99, subscribe: "events" });
  expect(subscriber.ended).toEqual(["too many subscriptions, or two of one number"]);

  const twice = openViewer();
  twice.session.receive({ subscription: 1, subscribe: "events" });
  twice.session.receive({ subscription: 1, subscribe: "events" });
  expect(twice.ended).toEqual(["too many subscriptions, or two of one number"]);

  let begun = 0;
  const caller = openViewer({
    dispatch: () => {
      begun += 1;
      return new Promise(() => undefined);
    },
  });
  for (let id = 1; id <= CALLS + 1; id += 1) caller.session.receive({ id, call: "status", input: {} });
  await caller.clock.advance(0);
  expect([begun, caller.ended]).toEqual([CALLS, []]);
  expect(caller.sent()).toMatchObject([{ id: CALLS + 1, result: { error: { code: "viewer-busy" } } }]);
  caller.session.receive({ id: 1, call: "status", input: {} });
  expect(caller.ended).toEqual(["too many calls, or two of one number"]);
});

test("one that asks and never reads is ended before its answers fill the memory", async () => {
  const viewer = openViewer();
  viewer.room = 0;
  for (let id = 1; id <= 4 * CALLS; id += 1) {
    viewer.session.receive({ id, call: "status", input: {} });
    await viewer.clock.advance(0);
  }
  expect(viewer.ended).toEqual([]);
  viewer.session.receive({ id: 10_000, call: "status", input: {} });
  expect(viewer.ended).toEqual(["too many calls, or two of one number"]);
});

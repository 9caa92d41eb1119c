import { expect, test } from "vitest";
import type { GatewayMessage, StreamItem, StreamName, Transport } from "../../core/api/contract.ts";
import { createOwnerViewer } from "../../electron/owner-viewer.ts";

type OnItems = (items: readonly StreamItem<StreamName>[]) => void;

function open() {
  const ends: string[] = [];
  const sent: GatewayMessage[] = [];
  const streams: OnItems[] = [];
  const port = { ready: true };
  const transport = {
    call: async (name: string) => ({ ok: name }),
    subscribe(stream: StreamName, { recent, onItems }: { recent: boolean; onItems: OnItems }) {
      streams.push(onItems);
      return () => ends.push(`${stream} ${recent ? "with" : "without"} what is held`);
    },
  } as unknown as Transport;
  const viewer = createOwnerViewer(transport, {
    send: (message) => sent.push(message),
    ready: () => port.ready,
    onEnd: (reason) => ends.push(reason),
  });
  const line = (sequence: number) => ({ sequence, entry: {} }) as StreamItem<StreamName>;
  return { viewer, ends, sent, streams, port, line };
}

test("a window that hangs gets its answers, and one gap for each subscription", async () => {
  const { viewer, sent, streams, port, line } = open();
  port.ready = false;
  viewer.receive({ subscription: 1, subscribe: "transcript", after: null });
  viewer.receive({ subscription: 2, subscribe: "events" });
  viewer.receive({ id: 3, call: "status", input: {} });
  await new Promise(setImmediate);
  for (let number = 1; number <= 1_000; number += 1) streams[0]?.([line(number)]);
  streams[1]?.([line(7)]);
  port.ready = true;
  viewer.drained();
  const [answer, ...rest] = sent;
  expect(answer).toEqual({ id: 3, result: { ok: "status" } });
  const ofFirst = rest.flatMap((message) =>
    "items" in message && message.subscription === 1 ? message.items : [],
  );
  const [first, ...lines] = ofFirst;
  if (first === undefined || !("gap" in first)) throw new Error("no gap came first");
  expect(first.gap.from).toBe(1);
  expect(lines.map((item) => ("gap" in item ? null : item.sequence))).toEqual(
    Array.from({ length: 1_000 - first.gap.to }, (_, index) => first.gap.to + 1 + index),
  );
  expect(sent.length).toBeLessThanOrEqual(200);
  expect(rest.at(-1)).toEqual({ subscription: 2, epoch: "owner", items: [line(7)] });
});

test("subscriptions end with the page, or when it says so", () => {
  const { viewer, ends, sent, streams, line } = open();
  viewer.receive({ subscription: 1, subscribe: "transcript", after: null });
  viewer.receive({ subscription: 2, subscribe: "events" });
  viewer.receive({ unsubscribe: 1 });
  expect(ends).toEqual(["transcript with what is held"]);
  viewer.close();
  expect(ends).toEqual(["transcript with what is held", "events without what is held"]);
  streams[1]?.([line(1)]);
  viewer.receive({ id: 3, call: "status", input: {} });
  expect(sent).toEqual([]);
});

test("what is no message ends it", () => {
  const { viewer, ends } = open();
  viewer.receive({ call: "status" });
  viewer.receive({ call: "status" });
  expect(ends).toEqual(["no message of this gateway's contract"]);
});

import { describe, expect, onTestFinished, test } from "vitest";
import type { Dispatch } from "../../../core/api/commands.ts";
import { createStreams } from "../../../core/api/streams.ts";
import { createViewerSession } from "../../../core/api/viewer-session.ts";
import { systemClock } from "../../../core/util/system-clock.ts";
import type { GatewaySource } from "../../../electron/gateway-source.ts";
import { createOwnerViewer } from "../../../electron/owner-viewer.ts";
import type { FromPage, ToPage } from "../../../electron/page-messages.ts";
import { createPageSession } from "../../../electron/page-session.ts";
import { createPreloadBridge } from "../../../electron/preload-bridge.ts";
import { openPreloadTransport } from "../../../renderer/transport/preload-transport.ts";
import { openSocketTransport, type SocketLike } from "../../../renderer/transport/socket-transport.ts";
import { createEventSource } from "../../support/event-source.ts";
import { signIn, startPages } from "../../support/pages-kit.ts";
import { transportContract } from "../../support/transport-contract.ts";

const echo: Dispatch = async (name, input) => ({ ok: { name, input } });
const open: GatewaySource["connection"] = { current: () => "open", onChange: () => () => undefined };

type Source = Pick<GatewaySource, "openViewer" | "connection">;

/** A page joined to the main process, whatever crosses a structured clone and a turn later, as over Electron's wire. */
function joinPage(source: Source) {
  const broken: string[] = [];
  const sent: FromPage[] = [];
  let hear: (message: ToPage) => void = () => undefined;
  const session = createPageSession({
    source,
    onBroken: (reason) => broken.push(reason),
    send(message) {
      const copy = structuredClone(message);
      setImmediate(() => hear(copy));
    },
  });
  onTestFinished(() => session.close());
  const bridge = createPreloadBridge({
    listen: (listener) => {
      hear = listener;
    },
    send(message) {
      const copy = structuredClone(message);
      sent.push(copy);
      setImmediate(() => session.receive(copy));
    },
  });
  return { session, bridge, broken, sent, transport: openPreloadTransport(bridge) };
}

function ownSource(events: ReturnType<typeof createEventSource>): Source {
  const streams = createStreams({ clock: systemClock });
  streams.follow(events);
  return {
    connection: open,
    openViewer: (port) => createViewerSession({ dispatch: echo, streams, clock: systemClock, ...port }),
  };
}

transportContract(
  "the preload script",
  async () => {
    const source = createEventSource();
    return { transport: joinPage(ownSource(source)).transport, source };
  },
  { canBeCut: false },
);

transportContract("the preload script, to the gateway of another process", async () => {
  const { port, source, ...pages } = await startPages({ realTime: true });
  const cookie = await signIn({ port, ...pages });
  let current: WebSocket | null = null;
  const owner = openSocketTransport({
    address: `ws://127.0.0.1:${port}/api/socket`,
    connect(address) {
      const headers = { cookie, origin: `http://127.0.0.1:${port}` };
      current = new WebSocket(address, { headers } as unknown as string[]);
      return current as unknown as SocketLike;
    },
  });
  onTestFinished(() => owner.close());
  await new Promise<void>((resolve) => {
    owner.connection.onChange((state) => state === "open" && resolve());
  });
  const { transport } = joinPage({
    connection: owner.connection,
    openViewer: (port) => createOwnerViewer(owner, port),
  });
  return { transport, source, cut: () => current?.close() };
});

describe("the preload script's bridge", () => {
  test("lets nothing out but the contract's names", async () => {
    const { bridge, sent } = joinPage(ownSource(createEventSource()));
    expect(sent).toEqual([{ begin: true }]);
    for (const name of ["", "quit", "toString", "__proto__", "hello "]) {
      expect(await bridge.call(name, {})).toMatchObject({ error: { code: "command-unknown" } });
    }
    bridge.subscribe("everything" as "events", true, () => undefined)();
    expect(sent).toEqual([{ begin: true }]);
    expect(await bridge.call("hello", {})).toEqual({ ok: { name: "hello", input: {} } });
  });

  test("a page that begins anew gets nothing of what an earlier one had asked for", async () => {
    const answers = Promise.withResolvers<void>();
    const streams = createStreams({ clock: systemClock });
    const slow: Dispatch = async (name) => {
      await answers.promise;
      return { ok: name };
    };
    const source: Source = {
      connection: open,
      openViewer: (port) => createViewerSession({ dispatch: slow, streams, clock: systemClock, ...port }),
    };
    const sent: ToPage[] = [];
    const session = createPageSession({
      source,
      send: (message) => sent.push(message),
      onBroken: () => undefined,
    });
    session.receive({ begin: true });
    session.receive({ id: 1, call: "status", input: {} });
    session.receive({ begin: true });
    session.receive({ id: 1, call: "log", input: {} });
    answers.resolve();
    await answers.promise;
    await new Promise(setImmediate);
    expect(sent).toEqual([{ connection: "open" }, { connection: "open" }, { id: 1, result: { ok: "log" } }]);
    session.close();
  });

  test.each([
    ["no message", 7],
    ["an unknown verb", { shout: "x" }],
    ["a call without a number", { call: "status", input: {} }],
    ["a key too many", { id: 1, call: "status", input: {}, token: "x" }],
  ])("%s ends the page's session", (_what, message) => {
    const { session, broken } = joinPage(ownSource(createEventSource()));
    session.receive({ begin: true });
    session.receive(message);
    session.receive({ id: 2, call: "status", input: {} });
    expect(broken).toEqual(["no message of this gateway's contract"]);
  });

  test("a page that hangs gets 16 messages and, when it goes on, a gap for what it missed", async () => {
    const events = createEventSource();
    const streams = createStreams({ clock: systemClock, held: { transcript: 50, events: 50 } });
    streams.follow(events);
    const sent: ToPage[] = [];
    const source: Source = {
      connection: open,
      openViewer: (port) => createViewerSession({ dispatch: echo, streams, clock: systemClock, ...port }),
    };
    const session = createPageSession({
      source,
      send: (message) => sent.push(message),
      onBroken: () => undefined,
    });
    session.receive({ begin: true });
    for (let id = 1; id <= 20; id += 1) session.receive({ id, call: "status", input: {} });
    session.receive({ subscription: 21, subscribe: "transcript", after: null });
    events.tellLines(1, 80);
    await new Promise(setImmediate);
    const answers = () => sent.filter((message) => "id" in message).length;
    expect([answers(), sent.length]).toEqual([16, 17]);
    for (let taken = 0; taken < 20; taken += 1) session.receive({ taken: true });
    expect(answers()).toBe(20);
    const items = sent.flatMap((message) => ("items" in message ? message.items : []));
    expect(items.map((item) => ("gap" in item ? item.gap : item.sequence))).toEqual([
      { from: 1, to: 30 },
      ...Array.from({ length: 50 }, (_, index) => 31 + index),
    ]);
    session.close();
  });
});

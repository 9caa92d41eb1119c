import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { GatewayMessage, ViewerMessage } from "../../../core/api/contract.ts";
import {
  openSocketTransport,
  type SocketLike,
  type SocketTransport,
} from "../../../renderer/transport/socket-transport.ts";
import { signIn, startPages } from "../../support/pages-kit.ts";
import { transportContract } from "../../support/transport-contract.ts";

transportContract("a WebSocket", async () => {
  const { port, source, ...pages } = await startPages({ realTime: true });
  const cookie = await signIn({ port, ...pages });
  let current: WebSocket | null = null;
  const transport = openSocketTransport({
    address: `ws://127.0.0.1:${port}/api/socket`,
    connect(address) {
      const headers = { cookie, origin: `http://127.0.0.1:${port}` };
      // Node's WebSocket takes headers; the type is the browsers'.
      current = new WebSocket(address, { headers } as unknown as string[]);
      return current as unknown as SocketLike;
    },
  });
  onTestFinished(() => transport.close());
  return { transport, source, cut: () => current?.close() };
});

/** A socket whose other side is the test. */
class FakeSocket implements SocketLike {
  readonly sent: ViewerMessage[] = [];
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ViewerMessage);
  }
  close(): void {
    this.onclose?.({ code: 1000 });
  }
  answer(message: GatewayMessage | string): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

describe("the socket transport", () => {
  let sockets: FakeSocket[];
  let transport: SocketTransport;
  let denied: boolean;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    denied = false;
    transport = openSocketTransport({
      address: "ws://x",
      connect() {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      isDenied: async () => denied,
    });
  });
  afterEach(() => {
    transport.close();
    vi.useRealTimers();
  });
  const latest = (): FakeSocket => sockets.at(-1) as FakeSocket;

  test("tries again after 0.5, 1, 2, 5 and then every 5 seconds", async () => {
    const made: number[] = [];
    for (const pause of [500, 1_000, 2_000, 5_000, 5_000]) {
      latest().onclose?.({ code: 1006 });
      await vi.advanceTimersByTimeAsync(pause - 1);
      made.push(sockets.length);
      await vi.advanceTimersByTimeAsync(1);
      made.push(sockets.length);
    }
    expect(made).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
  });

  test("tries at once when somebody looks", () => {
    latest().onclose?.({ code: 1006 });
    transport.tryNow();
    transport.tryNow();
    expect(sockets.length).toBe(2);
  });

  test("a call before the connection waits for it, five seconds at most", async () => {
    const early = transport.call("status", {});
    latest().onopen?.();
    expect(latest().sent).toEqual([{ id: 1, call: "status", input: {} }]);
    latest().answer({ id: 1, result: { ok: null } });
    expect(await early).toEqual({ ok: null });
    latest().onclose?.({ code: 1006 });
    const late = transport.call("status", {});
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await late).toMatchObject({ error: { code: "not-connected" } });
  });

  test("a call under way when the connection is lost is not repeated", async () => {
    latest().onopen?.();
    const call = transport.call("check", {});
    latest().onclose?.({ code: 1006 });
    expect(await call).toMatchObject({ error: { code: "connection-lost" } });
    await vi.advanceTimersByTimeAsync(500);
    latest().onopen?.();
    expect(latest().sent).toEqual([]);
  });

  test.each([
    ["closed with 4401", 4_401, false],
    ["refused before it opened, and the page is signed out", 1_006, true],
  ])("denied: %s", async (_name, code, answer) => {
    denied = answer;
    latest().onclose?.({ code });
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.connection.current()).toBe("denied");
  });

  test.each([
    "",
    "no JSON",
    "[]",
    '{"id":"1","result":{"ok":1}}',
    '{"subscription":1}',
    '{"id":1,"result":{"ok":1,"x":1}}',
  ])("what cannot be read is passed over: %s", async (text) => {
    latest().onopen?.();
    const call = transport.call("status", {});
    latest().answer(text);
    latest().answer({ id: 1, result: { ok: "right" } });
    expect(await call).toEqual({ ok: "right" });
  });
});

/**
 * The gateway of another process (the service, `efs serve`), which is asked and never taken over.
 *
 * 1. One connection for all windows and the tray, as a page has it; a lost one is made again for as long as the app
 *    runs, also to a service that was started anew: port, token and sign-in are looked up each time.
 * 2. The token never reaches a page.
 */
import { connectOwner } from "../core/headless/api-client.ts";
import { wireValue } from "../core/headless/wire-value.ts";
import { openSocketTransport, type SocketLike } from "../renderer/transport/socket-transport.ts";
import type { GatewaySource } from "./gateway-source.ts";
import { createOwnerViewer } from "./owner-viewer.ts";

export function openOwnerSource(dataDirectory: string): GatewaySource {
  const transport = openSocketTransport({
    address: dataDirectory,
    connect: (folder) => new OwnerSocket(folder),
  });
  return {
    kind: "owner",
    dataDirectory,
    call: transport.call,
    listen: (listener) =>
      transport.subscribe("events", {
        recent: false,
        onItems: (items) => {
          for (const item of items) if ("entry" in item) listener(item.entry);
        },
      }),
    openViewer: (port) => createOwnerViewer(transport, port),
    connection: transport.connection,
    async close() {
      transport.close();
    },
  };
}

/** Signs in, then is the WebSocket. */
class OwnerSocket implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  #socket: WebSocket | null = null;
  #closed = false;

  constructor(dataDirectory: string) {
    void this.#open(dataDirectory).catch(() => this.#end(1006));
  }

  send(text: string): void {
    this.#socket?.send(text);
  }

  close(): void {
    this.#socket?.close();
    this.#end(1000);
  }

  async #open(dataDirectory: string): Promise<void> {
    const owner = await connectOwner(dataDirectory);
    if (owner === null) throw new Error("there is no owner now");
    const address = new URL(wireValue(await owner.signInAddress()));
    const answer = await fetch(address, { redirect: "manual" });
    const cookie = answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    if (this.#closed) return;
    const headers = { cookie, origin: address.origin };
    // Node's WebSocket takes headers; the type is the browsers'.
    const socket = new WebSocket(
      `${address.protocol === "https:" ? "wss" : "ws"}://${address.host}/api/socket`,
      { headers } as unknown as string[],
    );
    this.#socket = socket;
    socket.addEventListener("open", () => this.onopen?.());
    socket.addEventListener("message", ({ data }) => this.onmessage?.({ data }));
    socket.addEventListener("close", ({ code }) => this.#end(code));
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onclose?.({ code });
  }
}

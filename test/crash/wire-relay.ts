/**
 * A TCP relay that a test puts in front of a server: it sees every chunk before the other side does, and decides
 * whether it goes on.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface WireWatch {
  /** False: the chunk is swallowed. */
  fromClient(chunk: Buffer): boolean;
  fromServer(chunk: Buffer): boolean;
  closed(): void;
}

export interface WireRelay {
  readonly port: number;
  close(): Promise<void>;
}

export async function startWireRelay(target: number, watch: () => WireWatch): Promise<WireRelay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const eyes = watch();
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("data", (chunk: Buffer) => {
        const goesOn = from === client ? eyes.fromClient(chunk) : eyes.fromServer(chunk);
        if (goesOn && to.writable && !to.write(chunk)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
      });
      from.on("error", () => undefined);
      from.on("end", () => to.end());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
        if (from === client) eyes.closed();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

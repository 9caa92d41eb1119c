/**
 * The plainest client for POP3 and SMTP: writes octets, reads lines or everything up to a terminator, with a
 * deadline over each read. Tests of the servers use it, so that they depend on none of the gateway's code.
 */
import type { Socket } from "node:net";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

export interface LineClient {
  readonly socket: Socket;
  write(octets: string | Buffer): void;
  /** The next line without its CRLF, latin1. */
  line(): Promise<string>;
  /** Writes a command and reads one line. */
  ask(command: string): Promise<string>;
  /** Everything up to and with the terminator. */
  until(terminator: string): Promise<Buffer>;
  /** A reply of SMTP, all its lines. */
  reply(): Promise<string>;
  /** Everything until the other side closes. */
  rest(): Promise<Buffer>;
  /** Goes on over TLS, without looking at the certificate. */
  startTls(): Promise<LineClient>;
  close(): void;
}

const DEADLINE = 10_000;

export async function openLineClient(port: number, security: "none" | "tls" = "none"): Promise<LineClient> {
  const where = { port, host: "127.0.0.1" };
  const socket = security === "tls" ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
  await new Promise<void>((resolve, reject) => {
    socket.once(security === "tls" ? "secureConnect" : "connect", resolve).once("error", reject);
  });
  return lineClientOver(socket);
}

function lineClientOver(socket: Socket): LineClient {
  let received: Buffer[] = [];
  let ended = false;
  let wake = (): void => {};
  socket.on("data", (chunk: Buffer) => {
    received.push(chunk);
    wake();
  });
  const end = (): void => {
    ended = true;
    wake();
  };
  socket.on("error", end).on("end", end).on("close", end);

  /** `find` gives the length to take, or -1 for: not there yet. */
  const take = async (find: (bytes: Buffer) => number, what: string): Promise<Buffer> => {
    const deadline = setTimeout(() => socket.destroy(new Error("deadline")), DEADLINE);
    try {
      for (;;) {
        const all = received.length === 1 ? (received[0] as Buffer) : Buffer.concat(received);
        received = [all];
        const length = find(all);
        if (length >= 0) {
          received = [all.subarray(length)];
          return all.subarray(0, length);
        }
        if (ended)
          throw new Error(
            `connection ended before ${what}: ${JSON.stringify(all.toString("latin1").slice(-200))}`,
          );
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      clearTimeout(deadline);
    }
  };
  const until = (terminator: string): Promise<Buffer> =>
    take((bytes) => {
      const at = bytes.indexOf(terminator, 0, "latin1");
      return at < 0 ? -1 : at + terminator.length;
    }, JSON.stringify(terminator));
  const line = async (): Promise<string> => (await until("\r\n")).toString("latin1").slice(0, -2);
  const write = (octets: string | Buffer): void => {
    socket.write(typeof octets === "string" ? Buffer.from(octets, "latin1") : octets);
  };
  return {
    socket,
    write,
    line,
    until,
    ask(command) {
      write(`${command}\r\n`);
      return line();
    },
    async reply() {
      const lines = [await line()];
      while (lines[lines.length - 1]?.charAt(3) === "-") lines.push(await line());
      return lines.join("\n");
    },
    rest: () => take((bytes) => (ended ? bytes.length : -1), "the end"),
    async startTls() {
      const secured = connectTls({ socket, rejectUnauthorized: false });
      await new Promise<void>((resolve, reject) => {
        secured.once("secureConnect", resolve).once("error", reject);
      });
      return lineClientOver(secured);
    },
    close: () => void socket.destroy(),
  };
}

/** Undoes dot-stuffing of a multi-line answer's body, `.CRLF` included at its end (RFC 1939 3). */
export function unstuff(body: Buffer): Buffer {
  const text = body.toString("latin1");
  if (!text.endsWith(".\r\n")) throw new Error("no terminator");
  return Buffer.from(text.slice(0, -3).replace(/(^|\r\n)\./g, "$1"), "latin1");
}

/**
 * A POP3 server that says what a test wants, to the octet: a small obedient mailbox, any answer of which can be
 * replaced by raw pieces, silence or an end of the connection. When a test fails its conversation is printed.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { onTestFailed, onTestFinished } from "vitest";
import type { TestCertificate } from "./test-certificate.ts";

/** Ends a connection, or stops talking for good. */
export const FIN = Symbol("FIN");
export const RST = Symbol("RST");
export const STALL = Symbol("STALL");
/** Sends as long as it likes; `send` resolves with false when the connection is gone. */
export type Sending = (send: (octets: string | Buffer) => Promise<boolean>) => Promise<void>;
/** A promise: goes on when it settles. */
export type Part = string | Buffer | typeof FIN | typeof RST | typeof STALL | Promise<unknown> | Sending;

export interface ScriptedMessage {
  /** null: the server does not list an id for it. */
  readonly uid: string | null;
  /** Unstuffed, with its last line end. */
  readonly content: Buffer;
  /** What LIST says; default: the truth. */
  readonly listedSize?: number;
}

export interface ScriptedCommand {
  /** As received, without its line end. */
  readonly line: string;
  readonly name: string;
  readonly argument: string;
  /** Counts connections, from 1. */
  readonly session: number;
  readonly encrypted: boolean;
}

export interface Script {
  readonly messages?: readonly ScriptedMessage[];
  readonly greeting?: readonly Part[];
  readonly capabilities?: readonly string[];
  /** Parts to send instead of the mailbox's own answer; undefined: that one. */
  readonly answer?: (command: ScriptedCommand) => readonly Part[] | undefined;
  /** TLS from the first octet; STLS where it is not set. */
  readonly tls?: "implicit" | "stls";
  readonly certificate?: TestCertificate;
  /** The first connections end behind so many octets; with FIN what was asked for is done all the same. */
  readonly cut?: {
    readonly after: number;
    readonly ending: typeof FIN | typeof RST | typeof STALL;
    readonly sessions: number;
  };
  /** Sends every answer in pieces of so many octets. */
  readonly pieceLength?: number;
}

export interface ScriptedPop3Server {
  readonly port: number;
  /** Every command of every connection. */
  readonly commands: readonly string[];
  /** What is still in the mailbox. */
  readonly remaining: () => readonly ScriptedMessage[];
  readonly sessions: () => number;
  /** Sockets that are open now. */
  readonly open: () => number;
  /** Octets that were written to all connections. */
  readonly sent: () => number;
  /** Most commands that had come in before one was answered. */
  readonly deepestPipeline: () => number;
  close(): Promise<void>;
}

export async function startScriptedPop3Server(script: Script = {}): Promise<ScriptedPop3Server> {
  const { certificate } = script;
  const dialogue: string[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let mailbox = [...(script.messages ?? [])];
  let sessions = 0;
  let deepest = 0;
  let sent = 0;
  const secureContext =
    certificate === undefined
      ? undefined
      : createSecureContext({ key: certificate.key, cert: certificate.cert });

  const converse = (raw: Socket): void => {
    sessions += 1;
    const session = sessions;
    const deleted = new Set<number>();
    let socket: Socket = raw;
    let input = "";
    let queued = 0;
    let turn: Promise<unknown> = Promise.resolve();
    sockets.add(raw);
    raw.on("close", () => sockets.delete(raw));
    raw.setTimeout(20_000, () => raw.destroy());
    raw.setNoDelay(true);

    const cut = script.cut !== undefined && session <= script.cut.sessions ? script.cut : undefined;
    let left = cut?.after ?? Number.POSITIVE_INFINITY;
    const write = async (given: string | Buffer): Promise<boolean> => {
      const whole = typeof given === "string" ? Buffer.from(given, "latin1") : given;
      const octets = left < 0 ? whole.subarray(0, 0) : whole.subarray(0, left);
      left -= octets.length;
      sent += octets.length;
      await sendOctets(socket, octets, script.pieceLength);
      if (left > 0 || cut === undefined) return !raw.destroyed;
      left = -1;
      if (cut.ending === FIN) socket.end();
      else if (cut.ending === RST) raw.resetAndDestroy();
      if (cut.ending !== FIN) {
        if (!raw.destroyed) await once(raw, "close");
        throw new Error("cut off");
      }
      return false;
    };

    const send = async (parts: readonly Part[]): Promise<void> => {
      for (const part of parts) {
        if (part instanceof Promise) await part;
        else if (typeof part === "function") await part(write);
        else if (part === STALL) await once(raw, "close");
        else if (part === FIN) socket.end();
        else if (part === RST) raw.resetAndDestroy();
        else await write(part as string | Buffer);
        dialogue.push(`S${session}: ${shownPart(part)}`);
      }
    };

    const secure = async (): Promise<void> => {
      const tls = new TLSSocket(raw, { isServer: true, ...(secureContext ? { secureContext } : {}) });
      tls.on("error", () => {});
      tls.on("end", () => raw.destroy());
      socket = tls;
      listen(tls);
    };

    const obey = async (line: string): Promise<void> => {
      const [name = "", ...rest] = line.split(" ");
      const argument = rest.join(" ");
      dialogue.push(`C${session}: ${line}`);
      commands.push(line);
      const command = { line, name: name.toUpperCase(), argument, session, encrypted: socket !== raw };
      const parts = script.answer?.(command);
      if (parts !== undefined) return send(parts);
      if (command.name === "STLS" && certificate !== undefined) {
        raw.off("data", receive);
        await send(["+OK begin\r\n"]);
        return secure();
      }
      await send(mailboxAnswer(command, mailbox, deleted, script));
      if (command.name === "QUIT") {
        mailbox = mailbox.filter((_message, index) => !deleted.has(index + 1));
        socket.end();
      }
    };

    const receive = (piece: Buffer): void => {
      input += piece.toString("latin1");
      const lines = input.split("\r\n");
      input = lines.pop() ?? "";
      queued += lines.length;
      deepest = Math.max(deepest, queued);
      for (const line of lines) {
        turn = turn
          .then(() => obey(line))
          .catch(() => {})
          .then(() => {
            queued -= 1;
          });
      }
    };

    const listen = (from: Socket): void => {
      from.on("data", receive);
    };

    raw.on("error", () => {});
    if (script.tls === "implicit") void secure();
    else listen(raw);
    turn = turn.then(() => send(script.greeting ?? ["+OK ready <1.2@test>\r\n"])).catch(() => {});
  };

  const server = createServer(converse);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
    return closing;
  };
  onTestFailed(() => console.error(dialogue.slice(-200).join("\n")));
  onTestFinished(close);
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    remaining: () => mailbox,
    sessions: () => sessions,
    sent: () => sent,
    open: () => sockets.size,
    deepestPipeline: () => deepest,
    close,
  };
}

/** A message's octets on the wire, without the terminator. */
export function stuffDots(content: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  if (content[0] === 46) pieces.push(Buffer.from("."));
  for (let at = content.indexOf("\r\n."); at >= 0; at = content.indexOf("\r\n.", at + 2)) {
    pieces.push(content.subarray(from, at + 2), Buffer.from("."));
    from = at + 2;
  }
  return Buffer.concat([...pieces, content.subarray(from)]);
}

/** A whole multi-line answer. */
export function bodyAnswer(content: Buffer, status = "+OK message follows"): Buffer {
  return Buffer.concat([Buffer.from(`${status}\r\n`), stuffDots(content), Buffer.from(".\r\n")]);
}

function mailboxAnswer(
  { name, argument }: ScriptedCommand,
  mailbox: readonly ScriptedMessage[],
  deleted: Set<number>,
  script: Script,
): Part[] {
  const listed = mailbox.map((message, index) => ({ message, number: index + 1 }));
  const lines = (rows: readonly string[]): Part[] => [
    `+OK\r\n${rows.map((row) => `${row}\r\n`).join("")}.\r\n`,
  ];
  const number = Number(argument.split(" ")[0]);
  const message = mailbox[number - 1];
  switch (name) {
    case "CAPA":
      return script.capabilities === undefined ? ["-ERR what?\r\n"] : lines(script.capabilities);
    case "STAT":
      return [`+OK ${mailbox.length} ${mailbox.reduce((sum, { content }) => sum + content.length, 0)}\r\n`];
    case "UIDL":
      return lines(
        listed.flatMap((row) => (row.message.uid === null ? [] : [`${row.number} ${row.message.uid}`])),
      );
    case "LIST":
      return lines(
        listed.map((row) => `${row.number} ${row.message.listedSize ?? row.message.content.length}`),
      );
    case "RETR":
      return message === undefined ? ["-ERR no such message\r\n"] : [bodyAnswer(message.content)];
    case "TOP":
      return message === undefined
        ? ["-ERR no such message\r\n"]
        : [bodyAnswer(message.content.subarray(0, message.content.indexOf("\r\n\r\n") + 4))];
    case "DELE":
      deleted.add(number);
      return ["+OK deleted\r\n"];
    case "RSET":
      deleted.clear();
      return ["+OK\r\n"];
    case "STLS":
      return ["-ERR what?\r\n"];
    default:
      return ["+OK\r\n"];
  }
}

async function sendOctets(socket: Socket, octets: Buffer, pieceLength: number | undefined): Promise<void> {
  const length = pieceLength ?? octets.length;
  for (let from = 0; from < octets.length; from += length) {
    if (!socket.write(octets.subarray(from, from + length))) await drainedOrClosed(socket);
    // Lets the piece arrive by itself.
    if (pieceLength !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
}

function shownPart(part: Part): string {
  if (part instanceof Promise) return "(waited)";
  if (typeof part === "function") return "(a stream)";
  if (typeof part === "symbol") return part.description ?? "";
  const text = typeof part === "string" ? part : part.toString("latin1", 0, 200);
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}

async function drainedOrClosed(socket: Socket): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(socket, "drain", { signal }), once(socket, "close", { signal })]).finally(() =>
    done.abort(),
  );
}

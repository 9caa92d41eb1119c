/**
 * An SMTP server that does what a script says, for tests of the delivering side.
 *
 * 1. It is strict: only CRLF ends a line, only `CRLF . CRLF` ends a message; every octet that arrived is kept.
 * 2. The script is asked at each step; where it says nothing, the server behaves well.
 * 3. It ends nothing by itself: what a test leaves open, `close` takes away.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import type { TestCertificate } from "./test-certificate.ts";

export type Phase =
  | "greeting"
  | "ehlo"
  | "helo"
  | "starttls"
  | "auth"
  | "mail"
  | "rcpt"
  | "data"
  | "body"
  | "final"
  | "rset"
  | "quit"
  | "other";

export interface Moment {
  readonly phase: Phase;
  /** The command line, or "". */
  readonly line: string;
  /** From 0. */
  readonly connection: number;
  /** MAIL commands before this one on this connection. */
  readonly transaction: number;
  /** For `rcpt`. */
  readonly recipient: string;
  /** For `body`: octets of the message so far; for `final`: all of them, still dot-stuffed. */
  readonly octets: number;
  readonly encrypted: boolean;
}

/** What to say (line ends are added), and what to do then. */
export interface Step {
  readonly say?: string;
  /** Octets at a time, each in a packet of its own as far as the system lets us. */
  readonly cut?: number;
  readonly and?: "close" | "reset" | "stall" | "pause";
}

export type Script = (moment: Moment) => string | Step | undefined;

export interface ReceivedMessage {
  readonly connection: number;
  readonly sender: string;
  readonly mailLine: string;
  readonly recipients: readonly string[];
  /** As sent, without the final dot. */
  readonly wire: Buffer;
  /** With the doubled dots undone. */
  readonly content: Buffer;
  readonly encrypted: boolean;
}

export interface ServerOptions {
  readonly script?: Script;
  readonly extensions?: readonly string[];
  readonly certificate?: TestCertificate;
  /** TLS from the first octet. */
  readonly tls?: boolean;
  readonly maxTls?: "TLSv1.2";
  /** Left out: one that is free. */
  readonly port?: number;
}

export interface ScriptedServer {
  readonly port: number;
  readonly messages: readonly ReceivedMessage[];
  /** Command lines, all connections, in order. */
  readonly lines: readonly string[];
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Sizes of the pieces in which data arrived, for tests of writes. */
  readonly chunks: readonly number[];
  /** Resolves when the condition holds; asked after whatever arrives or ends. */
  until(condition: () => boolean): Promise<void>;
  /** Ends a `pause` of all connections. */
  resume(): void;
  /** Octets on all connections, as they are. */
  drip(octets: string): void;
  close(): Promise<void>;
}

const TERMINATOR = Buffer.from("\r\n.\r\n");
const DEFAULT_EXTENSIONS = ["PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];

export async function startScriptedServer(options: ServerOptions = {}): Promise<ScriptedServer> {
  const messages: ReceivedMessage[] = [];
  const lines: string[] = [];
  const chunks: number[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const ask of waiting) ask();
  };
  let connections = 0;
  const onSocket = (socket: Socket): void => {
    const index = connections;
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      changed();
    });
    converse(socket, index, options, { messages, lines, chunks, changed });
    changed();
  };
  const server =
    options.tls === true && options.certificate !== undefined
      ? createTlsServer({ key: options.certificate.key, cert: options.certificate.cert }, onSocket)
      : createServer({ noDelay: true }, onSocket);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    lines,
    chunks,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    until(condition) {
      return new Promise((resolve) => {
        const ask = (): void => {
          if (!condition()) return;
          waiting.delete(ask);
          resolve();
        };
        waiting.add(ask);
        ask();
      });
    },
    resume() {
      for (const socket of sockets) socket.resume();
    },
    drip(octets) {
      for (const socket of sockets) socket.write(octets);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Records {
  readonly messages: ReceivedMessage[];
  readonly lines: string[];
  readonly chunks: number[];
  readonly changed: () => void;
}

function converse(first: Socket, connection: number, options: ServerOptions, records: Records): void {
  let socket = first;
  let encrypted = first instanceof TLSSocket;
  let pending: Buffer = Buffer.alloc(0);
  let inBody = false;
  let stalled = false;
  let transaction = -1;
  let mailLine = "";
  let mailAccepted = false;
  let recipients: string[] = [];
  let bodyParts: Buffer[] = [];
  let bodyOctets = 0;

  const moment = (phase: Phase, line = "", recipient = "", octets = 0): Moment => ({
    phase,
    line,
    connection,
    transaction: Math.max(transaction, 0),
    recipient,
    octets,
    encrypted,
  });
  const scripted = (now: Moment): Step | undefined => {
    const step = options.script?.(now);
    return typeof step === "string" ? { say: step } : step;
  };
  const say = (text: string, cut?: number): void => {
    const octets = Buffer.from(`${text}\r\n`, "latin1");
    if (cut === undefined) socket.write(octets);
    else
      for (let from = 0; from < octets.length; from += cut) socket.write(octets.subarray(from, from + cut));
  };
  const act = (step: Step): void => {
    if (step.say !== undefined) say(step.say, step.cut);
    if (step.and === "close") socket.end();
    if (step.and === "reset") first.resetAndDestroy();
    if (step.and === "stall") stalled = true;
    if (step.and === "pause") first.pause();
  };
  /** True: the well-behaved answer was given. */
  const answer = (now: Moment, normal: string): boolean => {
    const step = scripted(now);
    if (step === undefined) {
      say(normal);
      return true;
    }
    act(step);
    return step.say?.startsWith(normal.slice(0, 1)) === true;
  };

  const startTls = (): void => {
    const { certificate } = options;
    if (certificate === undefined) return;
    first.removeAllListeners("data");
    const secure = new TLSSocket(first, {
      isServer: true,
      key: certificate.key,
      cert: certificate.cert,
      ...(options.maxTls === undefined ? {} : { maxVersion: options.maxTls }),
    });
    secure.on("error", () => {});
    secure.on("data", onData);
    encrypted = true;
    pending = Buffer.alloc(0);
    socket = secure;
  };

  const onCommand = (line: string): void => {
    records.lines.push(line);
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case "EHLO": {
        const offered = [...(options.extensions ?? DEFAULT_EXTENSIONS)];
        if (options.certificate !== undefined && !encrypted) offered.push("STARTTLS");
        const rows = ["test.example", ...offered];
        answer(
          moment("ehlo", line),
          rows.map((row, index) => `250${index === rows.length - 1 ? " " : "-"}${row}`).join("\r\n"),
        );
        return;
      }
      case "HELO":
        answer(moment("helo", line), "250 test.example");
        return;
      case "STAR":
        if (options.certificate === undefined) answer(moment("starttls", line), "502 5.5.1 not here");
        else if (answer(moment("starttls", line), "220 go ahead")) startTls();
        return;
      case "AUTH":
        answer(moment("auth", line), "235 2.7.0 welcome");
        return;
      case "MAIL":
        transaction += 1;
        mailLine = line;
        recipients = [];
        mailAccepted = answer(moment("mail", line), "250 2.1.0 sender ok");
        return;
      case "RCPT": {
        const recipient = /<(.*)>/.exec(line)?.[1] ?? "";
        const normal = mailAccepted ? "250 2.1.5 recipient ok" : "503 5.5.1 need MAIL";
        if (answer(moment("rcpt", line, recipient), normal) && mailAccepted) recipients.push(recipient);
        return;
      }
      case "DATA": {
        const normal = recipients.length > 0 ? "354 go ahead" : "554 5.5.1 no valid recipients";
        if (answer(moment("data", line), normal) && normal.startsWith("354")) startBody();
        return;
      }
      case "RSET":
        answer(moment("rset", line), "250 2.0.0 reset");
        return;
      case "QUIT":
        act(scripted(moment("quit", line)) ?? { say: "221 2.0.0 bye", and: "close" });
        return;
      default:
        answer(moment("other", line), "500 5.5.2 what?");
    }
  };

  const startBody = (): void => {
    inBody = true;
    bodyParts = [];
    bodyOctets = 0;
  };

  const endBody = (wire: Buffer): void => {
    inBody = false;
    const sender = /<(.*)>/.exec(mailLine)?.[1] ?? "";
    records.messages.push({
      connection,
      sender,
      mailLine,
      recipients,
      wire,
      content: unstuffed(wire),
      encrypted,
    });
    const now = moment("final", "", "", wire.length);
    recipients = [];
    answer(now, "250 2.0.0 queued");
  };

  const onData = (chunk: Buffer): void => {
    records.chunks.push(chunk.length);
    if (!stalled) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (consume()) {
        // One command, or one message, at a time.
      }
    }
    records.changed();
  };

  const consume = (): boolean => {
    if (stalled || socket.destroyed) return false;
    if (inBody) {
      // The empty message: a dot right behind 354.
      if (bodyOctets === 0 && pending.subarray(0, 3).equals(TERMINATOR.subarray(2))) {
        pending = pending.subarray(3);
        endBody(Buffer.alloc(0));
        return true;
      }
      const end = pending.indexOf(TERMINATOR);
      if (end >= 0) {
        bodyParts.push(pending.subarray(0, end + 2));
        pending = pending.subarray(end + TERMINATOR.length);
        endBody(Buffer.concat(bodyParts));
        return true;
      }
      const safe = Math.max(0, pending.length - TERMINATOR.length + 1);
      bodyParts.push(pending.subarray(0, safe));
      bodyOctets += safe;
      pending = pending.subarray(safe);
      const step = bodyOctets > 0 ? scripted(moment("body", "", "", bodyOctets)) : undefined;
      if (step !== undefined) act(step);
      return false;
    }
    const end = pending.indexOf("\r\n");
    if (end < 0) return false;
    const line = pending.subarray(0, end).toString("latin1");
    pending = pending.subarray(end + 2);
    onCommand(line);
    return true;
  };

  first.on("error", () => {});
  first.on("data", onData);
  answer(moment("greeting"), "220 test.example ESMTP");
}

/** The dots of RFC 5321 4.5.2, undone. */
function unstuffed(wire: Buffer): Buffer {
  const text = wire.toString("latin1");
  return Buffer.from(text.replace(/(^|\r\n)\./g, "$1"), "latin1");
}

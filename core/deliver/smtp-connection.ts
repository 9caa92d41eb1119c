/**
 * nodemailer's SMTPConnection, with one exchange of commands and replies of our own over it. Connecting, TLS,
 * EHLO, login and the joining of reply lines are nodemailer's; its `send()` is not used, because
 *
 * 1. it believes a 250 that arrives before the final dot was sent, and takes 250 for 354. Here a reply that
 *    nobody waits for, or that comes early, ends the connection and is never a success.
 * 2. it cannot tell a loss before the final dot from one after it. Here the moment is recorded: over plain TCP
 *    when the system has taken the last octet, over TLS when the socket has (RFC 5321 4.5.3.2.6).
 * 3. it has one time limit for all. Here each reply has the limit of its phase (RFC 5321 4.5.3.2), counted
 *    from when it is the next one due, so that a server that drips octets gains nothing by it.
 * 4. it drops the replies to single recipients when the connection is lost later on.
 * 5. it takes anything for a reply whose first digit is the right one. Here what is none by RFC 5321 4.2 ends the
 *    connection, also while that is set up.
 *
 * Also: octets in plaintext behind the answer to STARTTLS end the connection (RFC 3207 6), secrets never
 * reach the transcript, and a lost connection is destroyed at once, with whatever was to be written.
 */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import SMTPConnection, { type SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import type { SmtpPhase } from "../model/failure.ts";
import type { limits } from "../model/limits.ts";
import type { Clock } from "../model/ports.ts";
import { parseReply, type SmtpReply } from "../model/reply.ts";
import type { TlsFacts } from "../model/tls-facts.ts";
import { readTlsFacts } from "../util/read-tls-facts.ts";
import type { Answer, Loss } from "./loss.ts";
import { maskCommand, SecretMask } from "./secret-mask.ts";
import { socketsRead } from "./sockets-read.ts";

export type SmtpLimits = { readonly [name in keyof typeof limits.smtp]: number };

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly limits: SmtpLimits;
  /** One line of the conversation, masked. */
  readonly line: (direction: "client" | "server" | "note", text: string) => void;
  /** A handshake was finished; the certificate is not judged yet. */
  readonly onSecured?: (facts: TlsFacts) => void;
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly helo: string;
  /** TLS from the first octet. */
  readonly secure: boolean;
  readonly startTls: "never" | "if-offered" | "required";
  /** Whether the certificate counts. */
  readonly verify: boolean;
  readonly acceptedCertificate: string | null;
}

/** What of nodemailer's inner life is used here; pinned with its version, watched over by this file's tests. */
interface Internals {
  _responseActions: ((line: string) => void)[];
  _responseQueue: string[];
  _remainder: string;
  _ehloLines?: string[];
  _supportedAuth: string[];
  _processResponse(): void;
  _sendCommand(line: string, logged?: string): void;
  _onConnect(): void;
  _upgradeConnection(done: (error: Error | null, secured?: boolean) => void): void;
  _onError(error: Error, type: string, data: string | false, command: string): void;
}

interface LibraryError {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly response?: string | undefined;
}

const Base = SMTPConnection as unknown as new (options: SMTPConnectionOptions) => SMTPConnection & Internals;

/** Its own timers are put out of the way. */
const NEVER = 2_147_483_647;
/** EHLO, HELO, STARTTLS, EHLO, a login's steps: more than this is a server that plays with us. */
const SETUP_COMMANDS = 12;
const TRANSCRIPT_LINE = 2_000;

interface Waiting {
  readonly phase: SmtpPhase;
  readonly milliseconds: number;
  readonly resolve: (answer: Answer) => void;
}

export interface CommandLine {
  readonly line: string;
  readonly phase: SmtpPhase;
}

export class SmtpConnection extends Base {
  readonly #ports: ConnectionPorts;
  readonly #options: ConnectionOptions;
  readonly #mask = new SecretMask();
  #stage: "setup" | "ready" = "setup";
  #phase: SmtpPhase = "greeting";
  #setupCommands = 0;
  #lost: Loss | null = null;
  #disarm: (() => void) | null = null;
  readonly #waiting: Waiting[] = [];
  /** Wakes whoever waits for set-up or for the socket to take octets. */
  #wake: (() => void) | null = null;
  #terminator: "none" | "handed" | "out" = "none";

  constructor(socket: Socket, options: ConnectionOptions, ports: ConnectionPorts) {
    super({
      connection: socket,
      host: options.host,
      port: options.port,
      name: options.helo,
      secure: options.secure,
      ignoreTLS: options.startTls === "never",
      requireTLS: options.startTls === "required",
      opportunisticTLS: options.startTls === "if-offered",
      connectionTimeout: NEVER,
      greetingTimeout: NEVER,
      socketTimeout: NEVER,
      socketCloseTimeout: 0,
      maxResponseSize: ports.limits.replyBytes,
      transactionLog: true,
      logger: {
        debug: (entry: unknown, text: unknown) => this.#logged(entry, text),
        trace() {},
        info() {},
        warn() {},
        error() {},
        fatal() {},
      } as never,
      tls: {
        // Judged in #upgraded, so that a pinned certificate can pass.
        rejectUnauthorized: false,
        ...(options.verify ? {} : { minVersion: "TLSv1" as const, ciphers: "DEFAULT@SECLEVEL=0" }),
      },
    });
    this.#ports = ports;
    this.#options = options;
    this.on("error", (error: LibraryError) => this.fail(this.#lossOf(error)));
    this.on("end", () => this.fail(this.#closedByServer()));
  }

  /** Greeting, EHLO or HELO, STARTTLS. `left`: milliseconds of the connect deadline for a handshake. */
  async open(left: number): Promise<Loss | null> {
    if (this.#options.secure) this.#arm("starttls", left);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.connect((error) => {
        if (error) this.fail(this.#lossOf(error));
        resolve();
      });
    });
    this.#wake = null;
    this.#disarm?.();
    return this.#lost;
  }

  /** After `open`. Any answer but success is a loss. */
  async logIn(username: string, password: string): Promise<Loss | null> {
    this.#mask.hide(username, password);
    this.#phase = "auth";
    const challenge = !this.encrypted && this._supportedAuth.includes("CRAM-MD5");
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      const auth = { user: username, pass: password, ...(challenge ? { method: "CRAM-MD5" } : {}) };
      this.login(auth, (error) => {
        if (error) {
          const reply = readReply(error.response ?? "");
          this.fail({ cause: "login", phase: "auth", code: null, reply: this.#maskedReply(reply) });
        }
        resolve();
      });
    });
    this.#wake = null;
    this.#disarm?.();
    return this.#lost;
  }

  /** Set-up is over; from now on every reply belongs to a command of ours. */
  ready(): void {
    this.#stage = "ready";
    // nodemailer's timer, out of the way already: each read and each write would set it anew.
    if (this._socket) this._socket.setTimeout(0);
  }

  get lost(): Loss | null {
    return this.#lost;
  }

  get encrypted(): boolean {
    return this._socket instanceof TLSSocket;
  }

  get tlsVersion(): string | null {
    return this._socket instanceof TLSSocket ? this._socket.getProtocol() : null;
  }

  get remoteAddress(): string {
    return this._socket ? (this._socket.remoteAddress ?? "") : "";
  }

  /** EHLO keywords in upper case with their parameters (RFC 5321 4.1.1.1); empty after HELO. */
  extensions(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const line of this._ehloLines ?? []) {
      const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =](.*))?$/.exec(line.trim());
      if (match?.[1] !== undefined) found.set(match[1].toUpperCase(), match[2] ?? "");
    }
    return found;
  }

  /** No octet of the server lies unread: what comes next answers what is sent next. */
  get quiet(): boolean {
    return this._responseQueue.length === 0 && this._remainder === "";
  }

  /** Whether the server may have seen the final dot of the current message. */
  get terminatorOut(): boolean {
    return this.#terminator === "out" || (this.#terminator === "handed" && this.encrypted);
  }

  /** Sends commands in one write; the answers come in the same order. */
  group(commands: readonly CommandLine[]): readonly Promise<Answer>[] {
    this.#refuseEarlyReply();
    const answers = commands.map(({ phase }) => this.#expect(phase));
    this.#send(commands.map(({ line }) => line));
    return answers;
  }

  command(line: string, phase: SmtpPhase): Promise<Answer> {
    const [answer] = this.group([{ line, phase }]);
    return answer as Promise<Answer>;
  }

  /**
   * After 354. A reply to the final dot that is there before the dot is none: the socket is read once more before
   * the message begins.
   */
  async beginBody(): Promise<void> {
    await socketsRead(1);
    this.#refuseEarlyReply();
  }

  /** Resolves when the system has taken the octets; false: the connection is lost. */
  async write(block: Buffer): Promise<boolean> {
    const socket = this._socket;
    if (this.#lost !== null || !socket) return false;
    if (block.length === 0) return true;
    this.#arm("body", this.#ports.limits.dataBlock);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      socket.write(block, () => resolve());
    });
    this.#wake = null;
    this.#disarm?.();
    return this.#lost === null;
  }

  /** The last octets with the final dot, in one write, and the server's answer to it. */
  async finish(block: Buffer): Promise<Answer> {
    this.#refuseEarlyReply();
    const socket = this._socket;
    if (this.#lost !== null || !socket) return this.#lost ?? this.#closedByServer();
    this.#phase = "final-reply";
    const answer = this.#expect("final-reply");
    this.#terminator = "handed";
    socket.write(block, (error) => {
      if (!error && this.#lost === null) this.#terminator = "out";
    });
    return answer;
  }

  /** Stops a transaction, unless the final dot is on its way: then the answer is waited for. */
  cancel(): void {
    if (this.#terminator === "none") {
      this.fail({ cause: "cancelled", phase: this.#phase, code: null, reply: null });
    }
  }

  /** Between two transactions nothing is past its final dot. */
  settle(): void {
    this.#terminator = "none";
  }

  /** A polite end: QUIT, a short wait, and the socket is gone. */
  async leave(wait: number): Promise<void> {
    if (this.#lost === null && this.quiet && this.#waiting.length === 0) {
      const socket = this._socket || null;
      if (socket?.writable) {
        const answer = this.#expect("mail", wait);
        this.#send(["QUIT"]);
        await answer;
      }
    }
    this.fail({ cause: "closed", phase: this.#phase, code: null, reply: null });
  }

  /** The connection is over: everybody who waits gets the loss, the socket is destroyed. First one counts. */
  fail(loss: Loss): void {
    if (this.#lost !== null) return;
    this.#lost = loss;
    this.#disarm?.();
    this.#disarm = null;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve({ ...loss, phase: waiting.phase });
    this.#wake?.();
    this.#wake = null;
    this.close();
    if (this._socket) this._socket.destroy();
  }

  // --- nodemailer's own steps, watched -----------------------------------------------------------------------

  override _onConnect(): void {
    super._onConnect();
    this.#phase = "greeting";
    this.#arm("greeting", this.#ports.limits.greeting);
  }

  /** Greeting, EHLO, STARTTLS and AUTH are the library's, which looks at the first digit alone. */
  override _processResponse(): void {
    if (this.#stage === "ready") {
      this.#answerAll();
      return;
    }
    const [next = ""] = this._responseQueue;
    const whole = next.trim() !== "" && !/(?:^|\n)\d+-[^\n]*$/.test(next);
    if (whole && readReply(next) === null) {
      const loss = { cause: "protocol", phase: this.#phase, code: null, reply: null } as const;
      this._responseActions = [() => this.fail(loss)];
    }
    super._processResponse();
  }

  override _sendCommand(line: string, logged?: string): void {
    if (this.#lost !== null) return;
    this.#setupCommands += 1;
    if (this.#setupCommands > SETUP_COMMANDS) {
      this.fail({ cause: "protocol", phase: this.#phase, code: null, reply: null });
      return;
    }
    if (/^(?:EHLO|HELO)\b/.test(line)) this.#phase = "ehlo";
    else if (line === "STARTTLS") this.#phase = "starttls";
    this.#arm(this.#phase, this.#ports.limits.mail);
    super._sendCommand(line, logged ?? line);
  }

  override _upgradeConnection(done: (error: Error | null, secured?: boolean) => void): void {
    if (!this.quiet) {
      this._onError(new Error("plaintext behind the answer to STARTTLS"), "EPROTOCOL", false, "STARTTLS");
      return;
    }
    this.#phase = "starttls";
    if (!this.#options.secure) this.#arm("starttls", this.#ports.limits.connect);
    super._upgradeConnection((error, secured) => {
      if (!error && !this.#trusted()) return;
      done(error, secured);
    });
  }

  #trusted(): boolean {
    const socket = this._socket;
    if (!(socket instanceof TLSSocket)) return false;
    this.#ports.line("note", `encrypted: ${socket.getProtocol() ?? "TLS"}, ${socket.getCipher().name}`);
    this.#ports.onSecured?.(readTlsFacts(socket));
    if (!this.#options.verify || socket.authorized) return true;
    const fingerprint = socket.getPeerCertificate().fingerprint256?.replaceAll(":", "").toLowerCase();
    if (fingerprint !== undefined && fingerprint === this.#options.acceptedCertificate) return true;
    // Typed as Error; it is the code as a string, or an error with one.
    const why: unknown = socket.authorizationError;
    const code = typeof why === "string" ? why : ((why as LibraryError | undefined)?.code ?? null);
    this.fail({ cause: "certificate", phase: "starttls", code, reply: null });
    return false;
  }

  // --- commands and replies, once set-up is over ---------------------------------------------------------------

  #send(lines: readonly string[]): void {
    const socket = this._socket;
    if (this.#lost !== null || !socket) return;
    for (const line of lines) this.#tell("client", line);
    socket.write(`${lines.join("\r\n")}\r\n`);
  }

  #expect(phase: SmtpPhase, milliseconds = this.#limitOf(phase)): Promise<Answer> {
    if (this.#lost !== null) return Promise.resolve({ ...this.#lost, phase });
    return new Promise((resolve) => {
      this.#waiting.push({ phase, milliseconds, resolve });
      if (this.#waiting.length === 1) this.#awaitFirst();
    });
  }

  /** All replies that are there; nodemailer calls when the last one is whole. */
  #answerAll(): void {
    const first = this.#waiting[0];
    for (const raw of this._responseQueue.splice(0)) {
      if (this.#lost !== null) return;
      if (raw.trim() !== "") this.#answered(decodeReply(raw));
    }
    if (this.#lost === null && this.#waiting[0] !== first) this.#awaitFirst();
  }

  #answered(text: string): void {
    this.#tell("server", text);
    // A server that gives the password back does not get it into logs and reports.
    const reply = this.#maskedReply(readReply(text));
    const waiting = this.#waiting[0];
    if (reply === null || waiting === undefined) {
      const cause = reply?.code === 421 ? "closed" : "protocol";
      this.fail({ cause, phase: this.#phase, code: null, reply });
      return;
    }
    this.#waiting.shift();
    waiting.resolve(reply);
    if (waiting.phase === "data" && reply.code === 354) this.#phase = "body";
    else this.#phase = this.#waiting[0]?.phase ?? this.#phase;
    if (reply.code === 421) this.fail({ cause: "closed", phase: this.#phase, code: null, reply });
  }

  #awaitFirst(): void {
    this.#disarm?.();
    this.#disarm = null;
    const first = this.#waiting[0];
    if (first === undefined) return;
    this.#phase = first.phase;
    this.#arm(first.phase, first.milliseconds);
  }

  #arm(phase: SmtpPhase, milliseconds: number): void {
    this.#disarm?.();
    this.#disarm = null;
    if (this.#lost !== null) return;
    this.#disarm = this.#ports.clock.after(milliseconds, () => {
      this.fail({ cause: "timeout", phase, code: null, reply: null });
    });
  }

  #limitOf(phase: SmtpPhase): number {
    const { limits } = this.#ports;
    switch (phase) {
      case "rcpt":
        return limits.recipient;
      case "data":
        return limits.dataInitiation;
      case "final-reply":
        return limits.final;
      default:
        return limits.mail;
    }
  }

  #refuseEarlyReply(): void {
    if (this.#lost !== null || this.quiet) return;
    this.fail({
      cause: "protocol",
      phase: this.#phase,
      code: null,
      reply: this.#maskedReply(readReply(this._responseQueue[0] ?? "")),
    });
  }

  // --- how it ended ------------------------------------------------------------------------------------------

  #closedByServer(): Loss {
    const last = readReply(this.lastServerResponse || "");
    return {
      cause: "closed",
      phase: this.#phase,
      code: null,
      reply: last?.code === 421 ? this.#maskedReply(last) : null,
    };
  }

  #lossOf(error: LibraryError): Loss {
    const reply = this.#maskedReply(readReply(error.response ?? ""));
    const phase = this.#phase;
    const code = error.originalCode ?? null;
    if (reply !== null && reply.code === 421) return { cause: "closed", phase, code, reply };
    if (this.#stage === "setup") {
      if (phase === "starttls") {
        if (error.code === "EPROTOCOL") return { cause: "protocol", phase, code, reply };
        if (this.encrypted || this.upgrading) return { cause: "handshake", phase, code, reply };
        if (reply !== null) return { cause: "no-tls", phase, code, reply };
      }
      if (reply !== null && error.code !== "ESOCKET") return { cause: "rejected", phase, code, reply };
    }
    if (error.code === "EPROTOCOL") return { cause: "protocol", phase, code, reply };
    if (error.code === "ETLS") return { cause: "handshake", phase, code, reply };
    if (error.code === "ESOCKET") {
      const closed = code === "ECONNRESET" || code === "EPIPE";
      return { cause: closed ? "closed" : "system", phase, code, reply };
    }
    return { cause: "closed", phase, code, reply };
  }

  #maskedReply(reply: SmtpReply | null): SmtpReply | null {
    if (reply === null) return null;
    const text = this.#mask.apply(reply.text);
    return text === reply.text ? reply : { ...reply, text };
  }

  #logged(entry: unknown, text: unknown): void {
    const kind = (entry as { tnx?: unknown } | null)?.tnx;
    if (typeof text === "string" && (kind === "client" || kind === "server")) this.#tell(kind, text);
  }

  /** Each line of it to the transcript, masked. */
  #tell(direction: "client" | "server", text: string): void {
    for (const line of text.split("\n")) {
      const masked =
        direction === "client" && this.#phase === "auth"
          ? maskCommand(line)
          : this.#mask.apply(line.replace(/\r$/, ""));
      const shown = masked.length > TRANSCRIPT_LINE ? `${masked.slice(0, TRANSCRIPT_LINE)}...` : masked;
      this.#ports.line(direction, shown);
    }
  }
}

/** From octets, one a character: UTF-8 where it is that. */
function decodeReply(octets: string): string {
  if (!/[\x80-\xff]/.test(octets)) return octets;
  const text = Buffer.from(octets, "latin1").toString("utf8");
  return text.includes("\ufffd") ? octets : text;
}

/** null: not an SMTP reply (RFC 5321 4.2), or one whose lines carry different codes (4.2.1). */
export function readReply(text: string): SmtpReply | null {
  const lines = text.includes("\n") ? text.split(/\r?\n/) : [text];
  const code = /^[2-5]\d\d(?= |$)/.exec(lines[lines.length - 1] ?? "")?.[0];
  if (code === undefined) return null;
  if (lines.length > 1 && !lines.slice(0, -1).every((line) => line.startsWith(`${code}-`))) return null;
  return parseReply(Number(code), lines);
}

/**
 * One POP3 connection (RFC 1939, 2449, 2595, 3206) and the only importer of node-pop3.
 *
 * node-pop3 opens the socket; its own reply reader is not used, because it loses octets (no dot-unstuffing, an
 * end of message wherever a network piece happens to be `.CRLF`), hangs on FIN and time-outs, and crashes the
 * process on RST. `pop3-dialogue` reads instead. That leans on private fields of exactly version 0.11.0: they
 * are asserted, so that another version fails at once.
 *
 * 1. Every failure is a rejection with `Pop3Error` (a `ProblemError`); nothing is thrown into the process.
 * 2. One deadline spans name look-up, connection, TLS or STLS and greeting; afterwards the account's time-out
 *    holds for every answer (see `pop3-dialogue`, which has the rules of the conversation).
 * 3. Where STLS is refused or the certificate is not trusted, no user name and no password is sent.
 * 4. Login is USER and PASS. Only where the server refuses USER itself, over an unencrypted connection and with
 *    a time stamp in its greeting, APOP (RFC 1939 7) follows: a second try after a refused *password* would
 *    count as two failures on servers that lock accounts. APOP first only where it is asked for.
 */
import { createHash } from "node:crypto";
import { isIP, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import Pop3Command from "node-pop3";
import { limits } from "../model/limits.ts";
import type { Clock, Tap } from "../model/ports.ts";
import type { TlsFacts } from "../model/tls-facts.ts";
import { readTlsFacts } from "../util/read-tls-facts.ts";
import { Pop3Dialogue, type Receive } from "./pop3-dialogue.ts";
import {
  type Column,
  LineCollector,
  type Listing,
  ListingReader,
  SizeColumn,
  UidColumn,
} from "./pop3-listing.ts";
import * as problems from "./pop3-problem.ts";
import {
  apopTimestamp,
  type MailboxStatus,
  type Pop3Capabilities,
  parseCapabilities,
  parseMailboxStatus,
} from "./pop3-reply.ts";
import { judgeCertificate, shownFingerprint, startTls } from "./pop3-tls.ts";
import { foldedListing, Pop3Transcript } from "./pop3-transcript.ts";

export interface Pop3ClientOptions {
  readonly accountId: string;
  /** For sentences; "" or left out: the id. */
  readonly accountName?: string;
  readonly host: string;
  readonly port: number;
  readonly security: "none" | "starttls" | "tls";
  readonly timeoutSeconds: number;
  /** SHA-256 fingerprint, hex. */
  readonly acceptedCertificate: string | null;
  readonly clock: Clock;
  readonly tap?: Tap;
  /** Ends the opening at once; an open connection is ended by `close`. */
  readonly signal?: AbortSignal;
  /** Called at each step of the opening: where a failure happened is the last one. */
  readonly onPhase?: (phase: problems.OpeningPhase) => void;
  /** A handshake was finished; the certificate is not judged yet. */
  readonly onSecured?: (facts: TlsFacts) => void;
}

export type LoginMethod = "automatic" | "user-pass" | "apop";

/**
 * node-pop3's command class, as far as it is used: it makes the socket. Its methods would read answers its own
 * way, so they cannot be reached through this class, and its `command` is closed.
 */
class LibrarySocket extends Pop3Command {
  constructor(host: string, port: number) {
    super({ user: "", password: "", host, port });
  }

  /** Looking up and connecting begin; the library's reader is taken off before the first octet can come. */
  open(): Socket {
    // It settles by its own reader only; a failed connection is learnt from the socket.
    super.connect().catch(() => {});
    const socket: unknown = this._socket;
    if (!(socket instanceof Socket) || socket.listenerCount("data") !== 1) throw unknownVersion();
    socket.removeAllListeners("data");
    return socket;
  }

  override _connect(): Promise<string> {
    return Promise.reject(unknownVersion());
  }

  override command(): Promise<never> {
    return Promise.reject(unknownVersion());
  }
}

function unknownVersion(): Error {
  return new Error(
    "node-pop3 is not as version 0.11.0: look at core/collect/pop3-client.ts before changing it",
  );
}

// Every inherited method goes through these two; what `open` leans on is asserted there.
for (const method of ["connect", "command", "_connect"] as const) {
  if (typeof Pop3Command.prototype[method] !== "function") throw unknownVersion();
}

export class Pop3Client {
  readonly place: problems.Pop3Place;
  readonly #options: Pop3ClientOptions;
  readonly #transcript: Pop3Transcript;
  readonly #dialogue: Pop3Dialogue;
  #socket: Socket | null = null;
  /** Below `#socket` when that is TLS. */
  #raw: Socket | null = null;
  /** null: open. */
  #phase: problems.OpeningPhase | null = "look-up";
  #rejectStep: ((error: problems.Pop3Error) => void) | null = null;
  #greeting = "";
  #encrypted = false;
  #capabilities: Pop3Capabilities | null = null;

  private constructor(options: Pop3ClientOptions) {
    const { accountId, accountName, clock, host, port, tap, timeoutSeconds } = options;
    this.#options = options;
    this.place = { account: accountName ? accountName : accountId, host, port };
    this.#transcript = new Pop3Transcript(accountId, tap ?? null);
    const { place } = this;
    this.#dialogue = new Pop3Dialogue({ place, transcript: this.#transcript, clock, timeoutSeconds });
    this.#dialogue.onFailure = () => this.#ended();
  }

  /** Connected, encrypted as asked for, greeted. Rejects with `Pop3Error`. */
  static async open(options: Pop3ClientOptions): Promise<Pop3Client> {
    const client = new Pop3Client(options);
    await client.#open();
    return client;
  }

  /** The greeting's text, behind +OK. */
  get greeting(): string {
    return this.#greeting;
  }

  get encrypted(): boolean {
    return this.#encrypted;
  }

  /** `pop3-3`, as in the transcript. */
  get session(): string {
    return this.#transcript.session;
  }

  /** What CAPA said; null: not asked yet, or the server has no CAPA. */
  get capabilities(): Pop3Capabilities | null {
    return this.#capabilities;
  }

  /** Why the connection has ended; null: it has not. */
  get failure(): problems.Pop3Error | null {
    return this.#dialogue.failure;
  }

  /** Whether several commands may be on their way at once. */
  get pipelining(): boolean {
    return this.#dialogue.pipelining;
  }

  /** null: the server has no CAPA. */
  async capa(): Promise<Pop3Capabilities | null> {
    const collector = new LineCollector();
    const reply = this.#dialogue.ask("CAPA", {
      receive: () => collector,
      fold: () => collector.lines(),
      octetLimit: limits.pop3.capabilitiesBytes,
      overflow: () => this.#endless("CAPA"),
    });
    if ((await unlessRefused(reply)) === null) return null;
    this.#capabilities = parseCapabilities(collector.lines());
    this.#dialogue.pipelining = this.#capabilities.pipelining;
    return this.#capabilities;
  }

  async login(username: string, password: string, method: LoginMethod = "automatic"): Promise<void> {
    this.#transcript.hide(password);
    const refusal = (text: string, code: string | null): problems.Pop3Error =>
      problems.loginRefused(this.place, username, text, code);
    const timestamp = apopTimestamp(this.#greeting);
    const apop = async (stamp: string): Promise<void> => {
      const digest = createHash("md5").update(stamp).update(password).digest("hex");
      await this.#dialogue.ask(`APOP ${username} ${digest}`, { refusal });
    };
    if (method === "apop") {
      if (timestamp === null) throw problems.apopNotOffered(this.place, this.#greeting);
      return apop(timestamp);
    }
    try {
      await this.#dialogue.ask(`USER ${username}`, { refusal });
    } catch (error) {
      const refused =
        error instanceof problems.Pop3Error && !error.connectionLost && error.trouble === "login";
      if (!refused || method !== "automatic" || this.#encrypted || timestamp === null) throw error;
      return apop(timestamp);
    }
    await this.#dialogue.ask(`PASS ${password}`, { refusal });
  }

  async stat(): Promise<MailboxStatus> {
    const { text } = await this.#dialogue.ask("STAT");
    const status = parseMailboxStatus(text);
    if (status !== null) return status;
    throw this.#dialogue.fail(
      problems.protocolBroken(
        this.place,
        "its answer to STAT is not two numbers",
        this.#transcript.clean(text),
      ),
    );
  }

  /** Message number -> unique id; null: the server refused it (it is optional, RFC 1939 7). */
  uidl(): Promise<Listing<string, UidColumn> | null> {
    return this.#list("UIDL", new ListingReader<string, UidColumn>(new UidColumn()));
  }

  /** Message number -> octets; null: the server refused it. */
  list(): Promise<Listing<number, SizeColumn> | null> {
    return this.#list("LIST", new ListingReader<number, SizeColumn>(new SizeColumn()));
  }

  /**
   * The octets of a message, exactly; resolves with their number when the terminator was seen. Rejects with
   * what `receive` or the sink rejects with, and when more than `octetLimit` octets come.
   */
  async retrieve(number: number, receive: Receive, octetLimit = Number.POSITIVE_INFINITY): Promise<number> {
    return (await this.#dialogue.ask(`RETR ${number}`, { receive, octetLimit })).octets;
  }

  /** The header and the first lines of a message (RFC 1939 7, optional). More than `octetLimit` is a failure. */
  async top(
    number: number,
    lines: number,
    receive: Receive,
    octetLimit = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    return (await this.#dialogue.ask(`TOP ${number} ${lines}`, { receive, octetLimit })).octets;
  }

  async dele(number: number): Promise<void> {
    await this.#dialogue.ask(`DELE ${number}`);
  }

  async rset(): Promise<void> {
    await this.#dialogue.ask("RSET");
  }

  async noop(): Promise<void> {
    await this.#dialogue.ask("NOOP");
  }

  /** Resolves with the server's +OK: only then are the deletions done (RFC 1939 6). The connection is closed. */
  async quit(): Promise<void> {
    try {
      await this.#dialogue.ask("QUIT");
    } finally {
      this.close();
    }
  }

  /** Ends the connection without QUIT: the server deletes nothing. What is not answered rejects. */
  close(): void {
    this.#dialogue.fail(problems.connectionClosed(this.place));
  }

  async #list<Value, Values extends Column<Value>>(
    command: string,
    reader: ListingReader<Value, Values>,
  ): Promise<Listing<Value, Values> | null> {
    let listing = reader.finish();
    const fold = (octets: number): readonly string[] => {
      listing = reader.finish();
      return [foldedListing(listing.entries.size, octets)];
    };
    const answer = this.#dialogue.ask(command, {
      receive: () => reader,
      fold,
      octetLimit: limits.pop3.listingBytes,
      overflow: () => this.#endless(command),
    });
    if ((await unlessRefused(answer)) === null) return null;
    if (!listing.full) return listing;
    throw this.#dialogue.fail(this.#endless(command));
  }

  #endless(command: string): problems.Pop3Error {
    return problems.protocolBroken(this.place, `its answer to ${command} does not end`);
  }

  // --- opening -----------------------------------------------------------------------------------------------

  async #open(): Promise<void> {
    const { clock, security, signal, timeoutSeconds } = this.#options;
    const seconds = Math.min(timeoutSeconds, limits.pop3.connect / 1_000);
    const disarm = clock.after(seconds * 1_000, () => {
      this.#dialogue.fail(problems.openingTimeout(this.place, this.#phase ?? "greeting", seconds));
    });
    const abort = (): void => this.close();
    signal?.addEventListener("abort", abort);
    try {
      if (signal?.aborted) throw problems.connectionClosed(this.place);
      this.#enter("look-up");
      const raw = await this.#connect();
      if (security === "tls") await this.#secure(raw, "tls");
      this.#enter("greeting");
      const greeted = this.#dialogue.greeting((text, code) =>
        problems.greetingRefused(this.place, text, code),
      );
      this.#dialogue.attach(this.#socket ?? raw);
      this.#greeting = (await greeted).text;
      if (security === "starttls") {
        this.#enter("starttls");
        const refusal = (text: string): problems.Pop3Error => problems.starttlsNotOffered(this.place, text);
        await this.#dialogue.ask("STLS", { refusal, upgrade: true });
        const socket = await this.#secure(raw, "starttls");
        this.#dialogue.attach(socket);
      }
      this.#phase = null;
      this.#dialogue.watchful = true;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      disarm();
      signal?.removeEventListener("abort", abort);
    }
  }

  #connect(): Promise<Socket> {
    const { host, port } = this.#options;
    this.#transcript.note(`connecting to ${host} port ${port}`);
    if (isIP(host) !== 0) this.#enter("connect");
    const socket = new LibrarySocket(host, port).open();
    socket.pause();
    socket.setNoDelay(true);
    socket.once("lookup", () => {
      if (this.#phase === "look-up") this.#enter("connect");
    });
    this.#raw = socket;
    return this.#step(socket, "connect", (done) => {
      this.#transcript.note(`connected to ${socket.remoteAddress ?? host} port ${port}`);
      done();
    });
  }

  /** Resolves when TLS is up and the certificate accepted. */
  #secure(raw: Socket, phase: "tls" | "starttls"): Promise<TLSSocket> {
    const { acceptedCertificate, host, onSecured } = this.#options;
    this.#enter(phase);
    // From here on its errors come up through TLS; what comes up twice harms nobody.
    raw.off("error", this.#onError).off("end", this.#onEnd).off("close", this.#onEnd);
    raw.on("error", () => {});
    const socket = startTls(raw, host);
    return this.#step(socket, "secureConnect", (done) => {
      onSecured?.(readTlsFacts(socket));
      const verdict = judgeCertificate(socket, acceptedCertificate, this.place);
      const how = `${socket.getProtocol() ?? "TLS"}, ${socket.getCipher().standardName}`;
      const trust = socket.authorized ? "verified" : `not verified (${String(socket.authorizationError)})`;
      this.#transcript.note(
        `encrypted: ${how}; certificate ${trust}, SHA-256 ${shownFingerprint(socket) ?? "none"}`,
      );
      this.#encrypted = verdict === null;
      if (verdict === null) done();
      else this.#dialogue.fail(verdict);
    });
  }

  #enter(phase: problems.OpeningPhase): void {
    this.#phase = phase;
    this.#options.onPhase?.(phase);
  }

  /** Waits for an event of a new socket, or for the end of everything. */
  #step<S extends Socket>(socket: S, event: string, then: (done: () => void) => void): Promise<S> {
    this.#socket = socket;
    socket.on("error", this.#onError).on("end", this.#onEnd).on("close", this.#onEnd);
    return new Promise((resolve, reject) => {
      this.#rejectStep = reject;
      // The signal or the deadline may have ended it before it began.
      if (this.#dialogue.failure !== null) this.#ended();
      socket.once(event, () => {
        if (this.#dialogue.failure === null) then(() => resolve(socket));
      });
    });
  }

  // --- the end -------------------------------------------------------------------------------------------------

  readonly #onError = (error: Error): void => {
    this.#dialogue.fail(problems.socketError(this.place, error, this.#phase));
  };

  readonly #onEnd = (): void => {
    const { place } = this;
    const handshake = this.#socket !== this.#raw && !this.#encrypted;
    this.#dialogue.fail(
      handshake
        ? problems.tlsFailed(place, "the server closed the connection")
        : problems.connectionLost(place, this.#dialogue.awaited()),
    );
  };

  #ended(): void {
    const { failure } = this.#dialogue;
    this.#socket?.destroy();
    this.#raw?.destroy();
    if (failure === null) return;
    this.#transcript.note(failure.problem.what);
    this.#rejectStep?.(failure);
  }
}

/** null where the server answered -ERR and the connection goes on; a "not now" stays a failure. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof problems.Pop3Error && !error.connectionLost && error.trouble !== "busy") return null;
    throw error;
  }
}

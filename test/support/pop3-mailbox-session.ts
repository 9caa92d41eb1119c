/**
 * One session of the embedded POP3 server (RFC 1939, 2449, 2595).
 *
 * 1. Commands are answered strictly in order; pipelined ones wait in a bounded queue, then the socket is paused.
 * 2. A session sees the mailbox as it was at login. DELE only marks; QUIT deletes; anything else forgets the marks.
 * 3. The reader is never outrun: nothing more is made while the socket's buffer is full.
 */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { contentChunks } from "./message-content.ts";
import type {
  Capability,
  MailboxEvent,
  MailboxFault,
  MailboxMessage,
  Pop3Verb,
} from "./pop3-mailbox-model.ts";
import { servedSize } from "./pop3-mailbox-model.ts";
import { dotStuffed, topOf, withLastLineEnded } from "./pop3-wire.ts";
import type { TestCertificate } from "./test-certificate.ts";

/** What a session needs of its server. */
export interface MailboxHost {
  readonly user: string;
  readonly password: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly certificate: TestCertificate | null;
  readonly offersStartTls: boolean;
  /** The messages as they are now; null: another session holds the mailbox. */
  lock(session: number): readonly MailboxMessage[] | null;
  remove(uids: ReadonlySet<string>): void;
  record(event: MailboxEvent): void;
  countCommand(verb: string): void;
  faultFor(on: MailboxFault["on"], uid: string | null): MailboxFault["act"] | null;
}

const QUEUE_LIMIT = 512;
const LINE_LIMIT = 1_024;
const FLUSH_AT = 65_536;

/** Unwinds a session whose connection is gone. */
class SessionOver extends Error {}

export class MailboxSession {
  readonly #host: MailboxHost;
  readonly #id: number;
  #socket: Socket;
  #input = "";
  #queue: string[] = [];
  #working = false;
  #closed = false;
  #endedBy: "quit" | "lost" = "lost";
  #out: Buffer[] = [];
  #outSize = 0;
  #secured: boolean;
  #user: string | null = null;
  #messages: readonly MailboxMessage[] | null = null;
  #marked = new Set<number>();
  readonly #apopStamp: string;

  constructor(host: MailboxHost, id: number, socket: Socket, secured: boolean) {
    this.#host = host;
    this.#id = id;
    this.#socket = socket;
    this.#secured = secured;
    this.#apopStamp = `<${id}.${process.pid}@mailbox.test>`;
    this.#listen(socket);
    host.record({ kind: "connected", session: id });
    this.#run(async () => {
      const fault = host.faultFor("connect", null);
      if (fault !== null) return this.#misbehave("connect", fault);
      this.#ok(host.capabilities.has("APOP") ? `mailbox ready ${this.#apopStamp}` : "mailbox ready");
      await this.#flush();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    // After STLS the plain socket is only the TLS socket's carrier: its events are no longer ours.
    socket.on("data", (chunk: Buffer) => {
      if (socket === this.#socket) this.#receive(chunk);
    });
    socket.on("error", () => socket.destroy());
    socket.on("end", () => {
      if (socket === this.#socket) socket.destroy();
    });
    socket.on("close", () => {
      if (socket !== this.#socket || this.#closed) return;
      this.#closed = true;
      this.#host.record({ kind: "closed", session: this.#id, by: this.#endedBy });
    });
  }

  #receive(chunk: Buffer): void {
    this.#input += chunk.toString("latin1");
    const lines = this.#input.split("\n");
    this.#input = lines.pop() ?? "";
    if (this.#input.length > LINE_LIMIT) return void this.#socket.destroy();
    for (const line of lines) this.#queue.push(line.replace(/\r$/, ""));
    if (this.#queue.length > QUEUE_LIMIT) this.#socket.pause();
    this.#work();
  }

  #work(): void {
    if (this.#working || this.#queue.length === 0) return;
    this.#run(async () => {
      for (let line = this.#queue.shift(); line !== undefined; line = this.#queue.shift()) {
        await this.#command(line);
        if (this.#queue.length < QUEUE_LIMIT / 2 && this.#socket.isPaused()) this.#socket.resume();
      }
      await this.#flush();
    });
  }

  #run(task: () => Promise<void>): void {
    this.#working = true;
    task().then(
      () => {
        this.#working = false;
        this.#work();
      },
      (error: unknown) => {
        // From here on nothing is answered any more; the socket was ended by whoever threw.
        if (error instanceof SessionOver) return;
        this.#socket.destroy();
        throw error;
      },
    );
  }

  // --- answers ---------------------------------------------------------------------------------------------

  #put(octets: Buffer | string): void {
    const bytes = typeof octets === "string" ? Buffer.from(octets, "latin1") : octets;
    this.#out.push(bytes);
    this.#outSize += bytes.length;
  }

  #ok(text: string): void {
    this.#put(`+OK ${text}\r\n`);
  }

  #refuse(text: string): void {
    this.#put(`-ERR ${text}\r\n`);
  }

  /** Hands over what is collected and waits while the reader is behind. */
  async #flush(): Promise<void> {
    if (this.#outSize === 0) return;
    if (this.#closed || this.#socket.destroyed || this.#socket.writableEnded) throw new SessionOver();
    const bytes = this.#out.length === 1 ? (this.#out[0] as Buffer) : Buffer.concat(this.#out);
    this.#out = [];
    this.#outSize = 0;
    if (this.#socket.write(bytes)) return;
    const socket = this.#socket;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        socket.off("drain", done).off("close", over);
        resolve();
      };
      const over = (): void => {
        socket.off("drain", done);
        reject(new SessionOver());
      };
      socket.once("drain", done).once("close", over);
    });
  }

  async #stream(parts: Iterable<Buffer | string>): Promise<void> {
    for (const part of parts) {
      this.#put(part);
      if (this.#outSize >= FLUSH_AT) await this.#flush();
    }
  }

  async #multiLine(lines: Iterable<string>): Promise<void> {
    this.#put("+OK\r\n");
    await this.#stream(lines);
    this.#put(".\r\n");
  }

  async #misbehave(on: MailboxFault["on"], act: MailboxFault["act"]): Promise<void> {
    this.#host.record({ kind: "fault", session: this.#id, on });
    switch (act.kind) {
      case "refuse":
        this.#refuse(act.text);
        return;
      case "answer":
        this.#put(act.octets);
        return this.#flush();
      case "stall":
        await this.#flush();
        return this.#stall();
      case "drop":
        await this.#flush();
        return this.#drop(act.reset === true);
    }
  }

  #drop(reset: boolean): never {
    if (reset) this.#socket.resetAndDestroy();
    // What was written before has to arrive: destroy() would throw it away.
    else this.#socket.end();
    this.#queue = [];
    throw new SessionOver();
  }

  #stall(): Promise<void> {
    return new Promise((_resolve, reject) => this.#socket.once("close", () => reject(new SessionOver())));
  }

  // --- commands ----------------------------------------------------------------------------------------------

  async #command(line: string): Promise<void> {
    const [word = "", ...rest] = line.split(" ");
    const verb = word.toUpperCase();
    this.#host.countCommand(verb);
    const index = Number(rest[0] ?? "") - 1;
    const message = this.#messages !== null && !this.#marked.has(index) ? this.#messages[index] : undefined;
    const fault = this.#host.faultFor(verb as Pop3Verb, message?.uid ?? null);
    const cutsBody =
      (verb === "RETR" || verb === "TOP") && (fault?.kind === "drop" || fault?.kind === "stall");
    const isLate = fault?.kind === "drop" && fault.late === true;
    if (fault !== null && !cutsBody && !isLate) return this.#misbehave(verb as Pop3Verb, fault);
    switch (verb) {
      case "NOOP":
        return this.#ok("");
      case "CAPA":
        return this.#capabilities();
      case "QUIT":
        return this.#quit(isLate);
    }
    if (this.#messages === null) return this.#authorise(verb, rest);
    switch (verb) {
      case "STAT": {
        const live = [...this.#live()];
        return this.#ok(`${live.length} ${live.reduce((sum, [, each]) => sum + announced(each), 0)}`);
      }
      case "LIST":
        return this.#listing(rest[0], message, announced);
      case "UIDL":
        if (!this.#host.capabilities.has("UIDL")) return this.#refuse("unknown command");
        return this.#listing(rest[0], message, (each) => each.uid);
      case "RSET":
        this.#marked.clear();
        return this.#ok("nothing is marked");
      case "TOP":
        if (!this.#host.capabilities.has("TOP")) return this.#refuse("unknown command");
        break;
      case "RETR":
      case "DELE":
        break;
      default:
        return this.#refuse("unknown command");
    }
    if (message === undefined) return this.#refuse("no such message");
    if (verb === "DELE") {
      this.#marked.add(index);
      return this.#ok("marked");
    }
    const lines = verb === "TOP" ? Number(rest[1] ?? "") : null;
    if (lines !== null && !Number.isSafeInteger(lines)) return this.#refuse("how many lines?");
    await this.#body(message, lines, cutsBody ? fault : null);
  }

  async #capabilities(): Promise<void> {
    const { capabilities, offersStartTls } = this.#host;
    if (!capabilities.has("CAPA")) return this.#refuse("unknown command");
    const lines = ["USER", "RESP-CODES", "AUTH-RESP-CODE"];
    for (const name of ["TOP", "UIDL", "PIPELINING"] as const) if (capabilities.has(name)) lines.push(name);
    if (offersStartTls && !this.#secured && this.#messages === null) lines.push("STLS");
    await this.#multiLine(lines.map((each) => `${each}\r\n`));
  }

  async #authorise(verb: string, rest: readonly string[]): Promise<void> {
    const { user, password, capabilities } = this.#host;
    switch (verb) {
      case "STLS":
        return this.#startTls();
      case "USER":
        this.#user = rest.join(" ");
        return this.#ok("and the password?");
      case "PASS":
        return this.#login(this.#user === user && rest.join(" ") === password);
      case "APOP": {
        if (!capabilities.has("APOP")) return this.#refuse("unknown command");
        const digest = createHash("md5").update(`${this.#apopStamp}${password}`).digest("hex");
        return this.#login(rest[0] === user && rest[1] === digest);
      }
      default:
        return this.#refuse("log in first");
    }
  }

  #login(correct: boolean): void {
    if (!correct) {
      this.#host.record({ kind: "login-refused", session: this.#id });
      this.#refuse("[AUTH] user name or password is wrong");
      return;
    }
    this.#messages = this.#host.lock(this.#id);
    if (this.#messages === null) {
      this.#refuse("[IN-USE] another session has this mailbox");
      return;
    }
    const { length } = this.#messages;
    this.#host.record({ kind: "logged-in", session: this.#id, secured: this.#secured, messages: length });
    this.#ok(`${length} messages`);
  }

  async #startTls(): Promise<void> {
    const { certificate, offersStartTls } = this.#host;
    if (!offersStartTls || certificate === null || this.#secured)
      return this.#refuse("TLS cannot be started now");
    this.#ok("begin TLS");
    await this.#flush();
    // Commands sent along in plaintext are thrown away (RFC 2595 4; command injection).
    this.#queue = [];
    this.#input = "";
    const plain = this.#socket;
    this.#socket = new TLSSocket(plain, { isServer: true, key: certificate.key, cert: certificate.cert });
    plain.on("close", () => this.#socket.destroy());
    this.#listen(this.#socket);
    this.#secured = true;
  }

  *#live(): Iterable<readonly [number, MailboxMessage]> {
    for (const [index, message] of (this.#messages ?? []).entries()) {
      if (!this.#marked.has(index)) yield [index + 1, message];
    }
  }

  async #listing(
    argument: string | undefined,
    message: MailboxMessage | undefined,
    show: (message: MailboxMessage) => string | number,
  ): Promise<void> {
    if (argument !== undefined) {
      return message ? this.#ok(`${argument} ${show(message)}`) : this.#refuse("no such message");
    }
    const live = this.#live();
    await this.#multiLine(
      (function* () {
        for (const [number, each] of live) yield `${number} ${show(each)}\r\n`;
      })(),
    );
  }

  async #body(
    message: MailboxMessage,
    lines: number | null,
    fault: MailboxFault["act"] | null,
  ): Promise<void> {
    const whole = withLastLineEnded(contentChunks(message.content));
    const part = lines === null ? whole : topOf(whole, lines);
    this.#ok(`${announced(message)} octets`);
    if (fault?.kind === "drop" || fault?.kind === "stall") {
      const limit =
        fault.afterOctets ?? (fault.kind === "drop" ? Math.floor(servedSize(message.content) / 2) : 0);
      await this.#stream(firstOctets(dotStuffed(part), limit));
      return this.#misbehave(lines === null ? "RETR" : "TOP", fault);
    }
    await this.#stream(dotStuffed(part));
    this.#put(".\r\n");
    if (lines !== null) return;
    if (this.#queue.length === 0) await this.#flush();
    this.#host.record({ kind: "retrieved", session: this.#id, uid: message.uid });
  }

  async #quit(answerIsLost: boolean): Promise<void> {
    if (this.#messages !== null) {
      const gone = new Set<string>();
      for (const index of this.#marked) gone.add((this.#messages[index] as MailboxMessage).uid);
      this.#host.remove(gone);
      for (const uid of gone) this.#host.record({ kind: "deleted", session: this.#id, uid });
    }
    if (answerIsLost) return this.#misbehave("QUIT", { kind: "drop" });
    this.#ok("bye");
    this.#endedBy = "quit";
    await this.#flush();
    this.#queue = [];
    this.#socket.end();
  }
}

function announced(message: MailboxMessage): number {
  return message.announcedSize ?? servedSize(message.content);
}

function* firstOctets(chunks: Iterable<Buffer>, limit: number): Iterable<Buffer> {
  let left = limit;
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

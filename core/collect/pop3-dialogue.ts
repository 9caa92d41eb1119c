/**
 * Commands out, answers in, over one socket (RFC 1939 3, RFC 2449 6.6): the reply reader under `Pop3Client`.
 *
 * 1. Answers belong to commands in their order. An answer nobody asked for, one that is neither +OK nor -ERR and
 *    a line of more than `limits.pop3.replyLine` octets end the connection: nothing behind it can be trusted.
 * 2. -ERR fails its command only. A lost connection fails the command whose answer was due with the reason,
 *    those behind it with `Pop3NotAnswered`.
 * 3. Several commands are on their way only when `pipelining` is set; otherwise each waits for its predecessor's
 *    answer.
 * 4. A status line has to be there within the time-out after its predecessor, a body must not pause for longer
 *    than that, and has to bring `limits.pop3.paceOctets` in ten time-outs: a server that drips octets would hold
 *    the account for days. The time in which we keep the server waiting (back-pressure) does not count.
 * 5. A sink that fails fails its command at once; the rest of the body is read and dropped, so that the next
 *    answer is found.
 * 6. No CR, LF or NUL gets into a command.
 * 7. Unencrypted octets behind the answer to STLS end the connection (RFC 2595 4; response injection).
 * 8. Every failure is a rejection; nothing is thrown into the process.
 */
import type { Socket } from "node:net";
import { limits } from "../model/limits.ts";
import type { ByteSink, Clock } from "../model/ports.ts";
import { assertNever } from "../util/assert-never.ts";
import { joinSlices, MultiLineDecoder } from "../wire/multi-line-decoder.ts";
import * as problems from "./pop3-problem.ts";
import { parseStatusLine } from "./pop3-reply.ts";
import { foldedBody, maskCommand, type Pop3Transcript } from "./pop3-transcript.ts";

/** Gives the place for a body's octets once its +OK is there; the server waits meanwhile. */
export type Receive = () => ByteSink | Promise<ByteSink>;

export interface AskOptions {
  /** For multi-line answers. */
  readonly receive?: Receive;
  /** A body of more octets ends the connection. */
  readonly octetLimit?: number;
  /** What that means; default: the message is too large. */
  readonly overflow?: (octetLimit: number) => problems.Pop3Error;
  /** STLS: behind its answer the socket is given up, see `release`. */
  readonly upgrade?: boolean;
  /** What -ERR means; default: the command was refused. */
  readonly refusal?: (text: string, responseCode: string | null) => problems.Pop3Error;
  /** The body's lines in the transcript; default: its size. */
  readonly fold?: (octets: number) => readonly string[];
}

export interface Reply {
  readonly text: string;
  /** Of a multi-line answer, unstuffed. */
  readonly octets: number;
}

interface Exchange {
  /** As people may see it: masked. */
  readonly shown: string;
  readonly options: AskOptions;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface Body {
  readonly exchange: Exchange;
  readonly text: string;
  readonly decoder: MultiLineDecoder;
  /** null: what is left is read and dropped. */
  sink: ByteSink | null;
  octets: number;
  /** Where the pace is counted from: when that was, and the octets until then. */
  paceFrom: number;
  paceOctets: number;
}

export interface DialogueOptions {
  readonly place: problems.Pop3Place;
  readonly transcript: Pop3Transcript;
  readonly clock: Clock;
  readonly timeoutSeconds: number;
}

const NOTHING = Buffer.alloc(0);
const LINE_FEED = 10;
/** Some virus scanners trickle octets while they fetch the whole message: they have this many time-outs. */
const PACE_TIMEOUTS = 10;

export class Pop3Dialogue {
  /** Set when the server announced PIPELINING. */
  pipelining = false;
  /** Whether silence is watched; off while another deadline runs. */
  watchful = false;
  readonly #options: DialogueOptions;
  #socket: Socket | null = null;
  #failure: problems.Pop3Error | null = null;
  /** Written; the first one is being answered. */
  readonly #inFlight: Exchange[] = [];
  /** Not written yet. */
  readonly #waiting: { readonly exchange: Exchange; readonly line: string }[] = [];
  /** Commands of one turn leave together. */
  #outgoing = "";
  #body: Body | null = null;
  #input: Buffer = NOTHING;
  /** We keep the server waiting. */
  #blocked = false;
  #disarm: (() => void) | null = null;

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  get failure(): problems.Pop3Error | null {
    return this.#failure;
  }

  /** Reads from this socket from now on. Its errors and its end are the caller's to report, by `fail`. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("data", this.#onData);
    socket.resume();
  }

  /** The first answer comes without a command. */
  greeting(refusal: AskOptions["refusal"] & {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#inFlight.push({ shown: "greeting", options: { refusal }, resolve, reject });
    });
  }

  ask(line: string, options: AskOptions = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const shown = maskCommand(line);
      if (/[\r\n\0]/.test(line)) {
        const [name = ""] = line.split(/[ \r\n\0]/, 1);
        reject(problems.badArgument(this.#options.place, name));
      } else if (this.#failure !== null) {
        reject(new problems.Pop3NotAnswered(this.#failure));
      } else {
        this.#waiting.push({ exchange: { shown, options, resolve, reject }, line });
        this.#pump();
      }
    });
  }

  /** Ends everything, once; returns the failure that counts, the first. The caller closes the sockets. */
  fail(failure: problems.Pop3Error): problems.Pop3Error {
    if (this.#failure !== null) return this.#failure;
    this.#failure = failure;
    this.#disarm?.();
    this.#socket?.off("data", this.#onData);
    this.#input = NOTHING;
    this.#body = null;
    const [answered, ...behind] = this.#inFlight.splice(0);
    answered?.reject(failure);
    for (const { exchange } of this.#waiting.splice(0)) behind.push(exchange);
    for (const exchange of behind) exchange.reject(new problems.Pop3NotAnswered(failure));
    this.onFailure();
    return failure;
  }

  /** Called once, when the dialogue has ended. */
  onFailure: () => void = () => {};

  /** For sentences: what the server owes us. */
  awaited(): string | null {
    const [exchange] = this.#inFlight;
    if (exchange === undefined) return null;
    if (exchange.shown === "greeting") return "its greeting";
    return this.#body === null
      ? `the answer to ${exchange.shown}`
      : `the rest of the answer to ${exchange.shown}`;
  }

  // --- out ---------------------------------------------------------------------------------------------------

  #pump(): void {
    const socket = this.#socket;
    const window = this.pipelining ? limits.pop3.pipelineWindow : 1;
    if (socket === null || this.#waiting.length === 0 || this.#inFlight.length >= window) return;
    if (this.#inFlight.length === 0) this.#watch();
    if (this.#outgoing === "") process.nextTick(this.#send);
    while (this.#inFlight.length < window) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#inFlight.push(next.exchange);
      this.#options.transcript.client(next.exchange.shown);
      this.#outgoing += `${next.line}\r\n`;
    }
  }

  readonly #send = (): void => {
    const lines = this.#outgoing;
    this.#outgoing = "";
    if (this.#failure === null) this.#socket?.write(lines);
  };

  // --- in ------------------------------------------------------------------------------------------------------

  readonly #onData = (piece: Buffer): void => {
    this.#input = this.#input.length === 0 ? piece : Buffer.concat([this.#input, piece]);
    this.#consume();
  };

  #consume(): void {
    let heard = false;
    while (!this.#blocked && this.#failure === null && this.#input.length > 0) {
      if (this.#body !== null) this.#readBody(this.#body);
      else if (!this.#readStatus()) break;
      heard = true;
    }
    if (heard) this.#watch();
  }

  /** false: there is no whole line yet. */
  #readStatus(): boolean {
    const { place, transcript } = this.#options;
    const input = this.#input;
    const end = input.indexOf(LINE_FEED);
    const [exchange] = this.#inFlight;
    const line = input.toString("latin1", 0, end < 0 ? input.length : end).replace(/\r$/, "");
    if (line.length > limits.pop3.replyLine) {
      const why = `it sent a line of more than ${limits.pop3.replyLine.toLocaleString("en")} octets`;
      this.fail(problems.protocolBroken(place, why, transcript.clean(line.slice(0, 200))));
      return false;
    }
    if (exchange === undefined) {
      transcript.server(line);
      this.fail(problems.protocolBroken(place, "it spoke without being asked", transcript.clean(line)));
      return false;
    }
    if (end < 0) return false;
    this.#input = input.subarray(end + 1);
    transcript.server(line);
    const status = parseStatusLine(line);
    switch (status.kind) {
      case "ok":
        if (exchange.options.receive === undefined) this.#finish(exchange, { text: status.text, octets: 0 });
        else this.#startBody(exchange, exchange.options.receive, status.text);
        break;
      case "error": {
        const text = transcript.clean(status.text);
        const refusal = exchange.options.refusal?.(text, status.responseCode);
        const error = refusal ?? problems.commandRefused(place, exchange.shown, text, status.responseCode);
        if (error.connectionLost) this.fail(error);
        else this.#finish(exchange, error);
        break;
      }
      case "continue":
      case "odd":
        this.fail(
          problems.protocolBroken(place, `its answer to ${exchange.shown} is none`, transcript.clean(line)),
        );
        break;
      default:
        assertNever(status);
    }
    return true;
  }

  #startBody(exchange: Exchange, receive: Receive, text: string): void {
    const body: Body = {
      exchange,
      text,
      decoder: new MultiLineDecoder(),
      sink: null,
      octets: 0,
      paceFrom: this.#elapsed(),
      paceOctets: 0,
    };
    this.#body = body;
    const failed = (error: unknown): void => exchange.reject(error);
    try {
      const sink = receive();
      if (sink instanceof Promise) {
        this.#block(
          sink.then((opened) => {
            body.sink = opened;
          }, failed),
        );
      } else {
        body.sink = sink;
      }
    } catch (error) {
      failed(error);
    }
  }

  #readBody(body: Body): void {
    const slices: Buffer[] = [];
    const end = body.decoder.push(this.#input, slices);
    this.#input = end < 0 ? NOTHING : this.#input.subarray(end);
    const content = joinSlices(slices);
    body.octets += content.length;
    const { octetLimit, overflow } = body.exchange.options;
    if (octetLimit !== undefined && body.octets > octetLimit) {
      this.fail(overflow?.(octetLimit) ?? problems.messageTooLarge(this.#options.place, octetLimit));
      return;
    }
    if (end < 0 && this.#tooSlow(body)) return;
    const stored = this.#store(body, content);
    const finish = (): void => {
      if (end >= 0 && this.#failure === null) this.#endBody(body);
    };
    if (stored === undefined) finish();
    else this.#block(stored.then(finish));
  }

  /** Never rejects: a failed sink has failed its command. */
  #store(body: Body, content: Buffer): Promise<void> | undefined {
    if (body.sink === null || content.length === 0) return undefined;
    const failed = (error: unknown): void => {
      body.sink = null;
      body.exchange.reject(error);
    };
    try {
      return body.sink.write(content)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #endBody(body: Body): void {
    const { exchange, text, octets } = body;
    this.#body = null;
    for (const line of exchange.options.fold?.(octets) ?? [foldedBody(octets)])
      this.#options.transcript.server(line);
    this.#finish(exchange, { text, octets });
  }

  /** The first command in flight is answered. Its promise may have been rejected before, by its sink. */
  #finish(exchange: Exchange, outcome: Reply | problems.Pop3Error): void {
    this.#inFlight.shift();
    if (exchange.options.upgrade && !(outcome instanceof problems.Pop3Error)) {
      if (this.#input.length > 0) {
        exchange.reject(this.fail(problems.plaintextAfterStarttls(this.#options.place)));
        return;
      }
      this.#socket?.pause();
      this.#socket?.off("data", this.#onData);
    }
    if (outcome instanceof problems.Pop3Error) exchange.reject(outcome);
    else exchange.resolve(outcome);
    this.#pump();
  }

  /** Ends the connection with a server that says little, though never nothing for as long as the time-out. */
  #tooSlow(body: Body): boolean {
    const { place, timeoutSeconds } = this.#options;
    const now = this.#elapsed();
    const octets = body.octets - body.paceOctets;
    if (octets >= limits.pop3.paceOctets) {
      body.paceFrom = now;
      body.paceOctets = body.octets;
      return false;
    }
    const seconds = PACE_TIMEOUTS * timeoutSeconds;
    if (!this.watchful || now - body.paceFrom < seconds * 1_000) return false;
    this.fail(problems.tooSlow(place, this.awaited() ?? "an answer", octets, seconds));
    return true;
  }

  #elapsed(): number {
    const { clock } = this.#options;
    return clock.elapsed?.() ?? clock.now();
  }

  /** Keeps the server waiting until `settled`, which never rejects. */
  #block(settled: Promise<void>): void {
    const from = this.#elapsed();
    this.#blocked = true;
    this.#disarm?.();
    this.#socket?.pause();
    void settled.then(() => {
      this.#blocked = false;
      if (this.#failure !== null) return;
      if (this.#body !== null) this.#body.paceFrom += this.#elapsed() - from;
      this.#watch();
      this.#consume();
      if (!this.#blocked && this.#failure === null) this.#socket?.resume();
    });
  }

  /** Starts the time-out anew, where an answer is due. */
  #watch(): void {
    this.#disarm?.();
    this.#disarm = null;
    if (!this.watchful || this.#blocked || this.#failure !== null) return;
    if (this.#inFlight.length === 0 && this.#waiting.length === 0) return;
    const { clock, place, timeoutSeconds } = this.#options;
    this.#disarm = clock.after(timeoutSeconds * 1_000, () => {
      this.fail(problems.silenceTimeout(place, this.awaited() ?? "an answer", timeoutSeconds));
    });
  }
}

/**
 * One message from the server into the intake; whatever happens is a value.
 *
 * 1. The intake is opened when the server's +OK is there, and completed only after the terminator was seen.
 * 2. Exactly one of `complete` and `abort` ends what was opened, and never while a write is under way.
 * 3. A `ProblemError` of the intake is trouble of our own (disk full, folder unwritable): the pass ends, the
 *    message is not to blame. Any other error of the intake counts against the message.
 * 4. Against the message count also -ERR to its RETR and a connection that ended while its answer was due. A
 *    "not now" (`busy`), an end that was meant for another message or that we made ourselves do not.
 * 5. A disk that does not answer (a hung mount, a filter of other software) is trouble of our own after
 *    `limits.pop3.storing`. Its place in the window is given back; what was begun there ends when it answers.
 * 6. Nothing at all where LIST announced something is no message: Dovecot 2.3 sends a first line that is a dot
 *    unstuffed, and so the end comes before the beginning.
 */
import { limits } from "../model/limits.ts";
import type { Accepted, MessageSource } from "../model/message.ts";
import type { ByteSink, Clock, IncomingMessage, Intake } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import type { IntakeWindow } from "./intake-window.ts";
import type { Pop3Client } from "./pop3-client.ts";
import { Pop3Error, Pop3NotAnswered } from "./pop3-problem.ts";

export type RetrieveResult =
  | { readonly kind: "accepted"; readonly accepted: Accepted; readonly octets: number }
  /** Its own fault, or taken for it. */
  | { readonly kind: "failed"; readonly problem: Problem; readonly refused: boolean }
  | { readonly kind: "too-large" }
  /** Nothing was learnt about it. */
  | { readonly kind: "untouched" }
  /** Our own disk: nothing more is to be collected now. */
  | { readonly kind: "local"; readonly problem: Problem };

export interface RetrieveOptions {
  readonly client: Pop3Client;
  readonly number: number;
  readonly source: MessageSource;
  readonly intake: Intake;
  readonly window: IntakeWindow;
  readonly clock: Clock;
  readonly octetLimit: number;
  /** The last octet was received; the disk may still be at work. */
  readonly onReceived: () => void;
}

/** A server may count the end of a line that is not there. */
const EMPTY = 2;

export async function retrieveMessage(options: RetrieveOptions): Promise<RetrieveResult> {
  const { client, number, octetLimit, onReceived, source } = options;
  const door = new Door(options);
  try {
    let octets: number;
    try {
      octets = await client.retrieve(number, () => door.open(), octetLimit);
    } catch (error) {
      await door.abort();
      return judge(error);
    } finally {
      onReceived();
    }
    if (octets === 0 && (source.announcedSize ?? 0) > EMPTY) {
      await door.abort();
      return { kind: "failed", problem: cameEmpty(number, source.announcedSize), refused: false };
    }
    try {
      return { kind: "accepted", accepted: await door.complete(), octets };
    } catch (error) {
      return judge(error);
    }
  } finally {
    door.leave();
  }
}

/** The way of one message through the window into the intake. */
class Door implements ByteSink {
  readonly #options: RetrieveOptions;
  #entered: (() => void) | Promise<() => void> | null = null;
  #opening: IncomingMessage | Promise<IncomingMessage> | null = null;
  #incoming: IncomingMessage | null = null;
  #written: Promise<void> | undefined;
  #over = false;
  #hung = false;

  constructor(options: RetrieveOptions) {
    this.#options = options;
  }

  /** No promise where nothing has to be waited for: the server's next octets then are not held up either. */
  open(): ByteSink | Promise<ByteSink> {
    const { source, window } = this.#options;
    const entered = window.enter(source.announcedSize ?? limits.pop3.usualSize);
    this.#entered = entered;
    return entered instanceof Promise ? entered.then(() => this.#open()) : this.#open();
  }

  #open(): ByteSink | Promise<ByteSink> {
    if (this.#over) throw new Error("the connection ended while this message waited for a place");
    const { intake, source } = this.#options;
    const opening = intake.open(source);
    this.#opening = opening;
    if (opening instanceof Promise) return this.#opened(opening);
    this.#incoming = opening;
    return this;
  }

  async #opened(opening: Promise<IncomingMessage>): Promise<ByteSink> {
    this.#incoming = await this.#inTime(opening);
    return this;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    this.#written = this.#incoming?.write(chunk);
    return this.#written === undefined ? undefined : this.#inTime(this.#written);
  }

  async complete(): Promise<Accepted> {
    if (this.#incoming === null) throw new Error("a message was received without a place for it");
    return this.#inTime(this.#incoming.complete());
  }

  /** The connection may have ended while the intake was still opening or writing. */
  async abort(): Promise<void> {
    this.#over = true;
    const aborted = this.#abort();
    if (!this.#hung) await settled(this.#inTime(aborted));
  }

  /** Also while it waits for its place. */
  leave(): void {
    this.#over = true;
    const entered = this.#entered;
    if (entered instanceof Promise) void entered.then((leave) => leave());
    else entered?.();
  }

  async #abort(): Promise<void> {
    const incoming = await settled(this.#opening);
    await settled(this.#written);
    await incoming?.abort();
  }

  /** Rejects with ProblemError when the disk does not answer. */
  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const disarm = this.#options.clock.after(limits.pop3.storing, () => {
        this.#hung = true;
        reject(new ProblemError(diskHangs));
      });
      work.then(
        (value) => {
          disarm();
          resolve(value);
        },
        (error: unknown) => {
          disarm();
          reject(error);
        },
      );
    });
  }
}

const diskHangs: Problem = {
  code: "disk-not-answering",
  what: `The disk with the mail folders has not answered for ${limits.pop3.storing / 60_000} minutes, so collecting was ended; nothing was deleted from the server.`,
  cure: "Look whether the disk is in order, and whether antivirus or backup software holds the folder; it is tried again at the next check.",
};

function judge(error: unknown): RetrieveResult {
  if (error instanceof Pop3NotAnswered) return { kind: "untouched" };
  if (error instanceof Pop3Error) {
    const { problem } = error;
    if (problem.code === "pop3-message-too-large") return { kind: "too-large" };
    if (problem.code === "pop3-connection-closed" || error.trouble === "busy") return { kind: "untouched" };
    return { kind: "failed", problem, refused: !error.connectionLost };
  }
  if (error instanceof ProblemError) return { kind: "local", problem: error.problem };
  const quote = error instanceof Error ? error.message : String(error);
  const problem = {
    code: "message-not-stored",
    what: "A message could not be taken over because of an error in this program.",
    cure: "Report it with the message, which is still on the server.",
    quote,
  };
  return { kind: "failed", problem, refused: false };
}

function cameEmpty(number: number, announced: number | null): Problem {
  return {
    code: "pop3-message-empty",
    what: `Message ${number} has ${announced} octets by the server's own list, but the server sent nothing of it.`,
    cure: "It stays on the server and is tried again; look at it there with a mail program or the provider's web pages.",
  };
}

/** Waits for it; null where it rejected or was never begun. */
async function settled<T>(promise: T | Promise<T> | null | undefined): Promise<T | null> {
  try {
    return (await promise) ?? null;
  } catch {
    return null;
  }
}

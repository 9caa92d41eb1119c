/**
 * Reads UIDL's and LIST's answers (RFC 1939 5 and 7) while they arrive.
 *
 * 1. A line is `number value`, more on it is ignored (RFC 1939 allows it for LIST).
 * 2. A malformed line is skipped and counted, it never stops the rest: no number, a number of 0, a number that
 *    was there already, a size that is none, an id with control or other unprintable characters or of more
 *    than 512 octets (RFC 1939 has 70; servers write longer ones).
 * 3. A line is held up to 2,048 octets, a listing up to 1,000,000 entries: more is a `full` listing, which the
 *    caller treats as a failure.
 */
import type { ByteSink } from "../model/ports.ts";

const LONGEST_LINE = 2_048;
const MOST_ENTRIES = 1_000_000;
const LINE_FEED = 10;

export interface Listing<Value> {
  /** Message number -> value, in the server's order. */
  readonly entries: ReadonlyMap<number, Value>;
  readonly malformed: number;
  readonly full: boolean;
}

/** What is left of a line behind its number; null: malformed. */
type ReadValue<Value> = (text: string) => Value | null;

export function readUid(text: string): string | null {
  return /^[\x21-\x7e]{1,512}$/.test(text) ? text : null;
}

export function readSize(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export class ListingReader<Value> implements ByteSink {
  readonly #read: ReadValue<Value>;
  readonly #entries = new Map<number, Value>();
  #malformed = 0;
  #full = false;
  /** The beginning of a line that the last piece did not end. */
  #open = "";
  #openTooLong = false;

  constructor(read: ReadValue<Value>) {
    this.#read = read;
  }

  write(piece: Buffer): undefined {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(LINE_FEED, from);
      const stop = end < 0 ? piece.length : end;
      if (this.#open.length + stop - from > LONGEST_LINE) this.#openTooLong = true;
      else this.#open += piece.toString("latin1", from, stop);
      if (end < 0) return undefined;
      this.#endLine();
      from = end + 1;
    }
  }

  /** Call once, behind the terminator. */
  finish(): Listing<Value> {
    if (this.#open !== "" || this.#openTooLong) this.#endLine();
    return { entries: this.#entries, malformed: this.#malformed, full: this.#full };
  }

  #endLine(): void {
    const line = this.#open;
    const tooLong = this.#openTooLong;
    this.#open = "";
    this.#openTooLong = false;
    if (this.#full) return;
    const found = tooLong ? null : /^[ \t]*(\d{1,10})[ \t]+([^ \t\r]+)(?:[ \t][^\r]*)?\r?$/.exec(line);
    const number = Number(found?.[1] ?? 0);
    const value = found?.[2] === undefined ? null : this.#read(found[2]);
    if (number === 0 || value === null || this.#entries.has(number)) {
      if (line.trim() !== "" || tooLong) this.#malformed += 1;
      return;
    }
    if (this.#entries.size >= MOST_ENTRIES) this.#full = true;
    else this.#entries.set(number, value);
  }
}

/** Collects a short multi-line answer (CAPA) as lines; what is beyond 65,536 octets is dropped. */
export class LineCollector implements ByteSink {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  write(piece: Buffer): undefined {
    if (this.#length + piece.length > 65_536) return undefined;
    this.#length += piece.length;
    this.#pieces.push(piece);
    return undefined;
  }

  lines(): string[] {
    return Buffer.concat(this.#pieces)
      .toString("latin1")
      .split(/\r?\n/)
      .filter((line) => line !== "");
  }
}

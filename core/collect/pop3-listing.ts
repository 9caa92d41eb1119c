/**
 * Reads UIDL's and LIST's answers (RFC 1939 5 and 7) while they arrive.
 *
 * 1. A line is `number value`, more on it is ignored (RFC 1939 allows it for LIST).
 * 2. A malformed line is skipped and counted, it never stops the rest: no number, a number of 0, a number that
 *    was there already, a size that is none, an id with control or other unprintable characters or of more
 *    than 512 octets (RFC 1939 has 70; servers write longer ones).
 * 3. A line is held up to 2,048 octets, a listing up to 1,000,000 entries: more is a `full` listing, which the
 *    caller treats as a failure.
 * 4. A mailbox may hold 100,000 messages, for as long as they are collected: ids are kept as octets, one behind the
 *    other, and nothing is kept as an object of its own.
 */
import type { ByteSink } from "../model/ports.ts";

const LONGEST_LINE = 2_048;
const MOST_ENTRIES = 1_000_000;
const LINE_FEED = 10;

/** The values of a listing, in the server's order. */
export interface Column<Value> {
  /** false: malformed, nothing was added. */
  add(text: string): boolean;
  at(place: number): Value;
}

export class SizeColumn implements Column<number> {
  readonly #sizes: number[] = [];

  add(text: string): boolean {
    if (!/^\d{1,15}$/.test(text)) return false;
    this.#sizes.push(Number(text));
    return true;
  }

  at(place: number): number {
    return this.#sizes[place] as number;
  }
}

export class UidColumn implements Column<string> {
  #octets = Buffer.alloc(1_024);
  readonly #ends: number[] = [];

  add(text: string): boolean {
    if (!/^[\x21-\x7e]{1,512}$/.test(text)) return false;
    const from = this.#ends.at(-1) ?? 0;
    const end = from + text.length;
    if (end > this.#octets.length) this.#octets = Buffer.concat([this.#octets], 2 * end);
    this.#octets.write(text, from, "latin1");
    this.#ends.push(end);
    return true;
  }

  at(place: number): string {
    return this.#octets.toString("latin1", this.#ends[place - 1] ?? 0, this.#ends[place]);
  }

  /** 32 bits of its octets, for look-ups: equal ids have equal ones. */
  hashAt(place: number): number {
    const end = this.#ends[place] as number;
    let hash = 0x811c9dc5;
    for (let at = this.#ends[place - 1] ?? 0; at < end; at += 1)
      hash = Math.imul(hash ^ (this.#octets[at] as number), 0x01000193);
    return hash >>> 0;
  }
}

/** By message number. */
export class ListingEntries<Value, Values extends Column<Value> = Column<Value>> {
  readonly values: Values;
  readonly #numbers: readonly number[];
  /** Places in the columns by number; null: the server listed them that way. */
  readonly #order: readonly number[] | null;

  constructor(numbers: readonly number[], values: Values) {
    const ascending = numbers.every((number, place) => place === 0 || number > (numbers[place - 1] ?? 0));
    this.#numbers = numbers;
    this.values = values;
    this.#order = ascending
      ? null
      : numbers.map((_number, place) => place).sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  }

  get size(): number {
    return this.#numbers.length;
  }

  /** The place in `values` of the entry that comes so many behind the first. */
  placeAt(index: number): number {
    return this.#order === null ? index : (this.#order[index] as number);
  }

  numberAt(index: number): number {
    return this.#numbers[this.placeAt(index)] as number;
  }

  get(number: number): Value | undefined {
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numberAt(middle) < number) low = middle + 1;
      else high = middle;
    }
    if (low === this.size || this.numberAt(low) !== number) return undefined;
    return this.values.at(this.placeAt(low));
  }

  *[Symbol.iterator](): Generator<[number, Value]> {
    for (let index = 0; index < this.size; index += 1)
      yield [this.numberAt(index), this.values.at(this.placeAt(index))];
  }
}

export interface Listing<Value, Values extends Column<Value> = Column<Value>> {
  readonly entries: ListingEntries<Value, Values>;
  readonly malformed: number;
  readonly full: boolean;
}

export class ListingReader<Value, Values extends Column<Value> = Column<Value>> implements ByteSink {
  readonly #values: Values;
  readonly #numbers: number[] = [];
  #highest = 0;
  /** Only for a server that does not list in ascending order. */
  #listed: Set<number> | null = null;
  #malformed = 0;
  #full = false;
  /** The beginning of a line that the last piece did not end. */
  #open = "";
  #openTooLong = false;

  constructor(values: Values) {
    this.#values = values;
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
  finish(): Listing<Value, Values> {
    if (this.#open !== "" || this.#openTooLong) this.#endLine();
    const entries = new ListingEntries<Value, Values>(this.#numbers, this.#values);
    return { entries, malformed: this.#malformed, full: this.#full };
  }

  #endLine(): void {
    const line = this.#open;
    const tooLong = this.#openTooLong;
    this.#open = "";
    this.#openTooLong = false;
    if (this.#full) return;
    const found = tooLong ? null : /^[ \t]*(\d{1,10})[ \t]+([^ \t\r]+)(?:[ \t][^\r]*)?\r?$/.exec(line);
    const number = Number(found?.[1] ?? 0);
    const text = found?.[2] ?? "";
    if (number === 0 || this.#isListed(number) || !this.#values.add(text)) {
      if (line.trim() !== "" || tooLong) this.#malformed += 1;
      return;
    }
    if (this.#numbers.length >= MOST_ENTRIES) this.#full = true;
    else {
      this.#numbers.push(number);
      this.#highest = Math.max(this.#highest, number);
      this.#listed?.add(number);
    }
  }

  #isListed(number: number): boolean {
    if (number > this.#highest) return false;
    this.#listed ??= new Set(this.#numbers);
    return this.#listed.has(number);
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

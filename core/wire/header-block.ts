/**
 * The header of a message as it came, tolerant of everything (RFC 5322 2.2 is the rule, mail is the practice).
 *
 * 1. Nothing throws and nothing is dropped: a line that is no field is kept as junk and parsing goes on.
 * 2. CRLF, bare LF, bare CR and CR CR LF all end a line: on the wire each of them becomes one (RFC 5321 2.3.8).
 * 3. An empty line ends the header; a line of blanks alone continues a field (RFC 5322 4.2, obs-FWS).
 * 4. `Name : value` is a field (RFC 5322 4.5, obs-optional).
 * 5. Time and memory grow with the octets, whatever they are.
 */

export interface HeaderField {
  readonly name: string;
  readonly lowerName: string;
  /** Everything after the colon, folds included, without the last line end; one character an octet (latin1). */
  readonly value: string;
  /** The value with its line ends taken out and blanks around it cut (RFC 5322 2.2.3). */
  readonly unfolded: string;
  /** Place among the fields; 0 is the topmost. */
  readonly index: number;
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Lines that are no field, in order, with their continuation lines. */
  readonly junk: readonly string[];
  /** The mbox separator `From sender date` or `>From ...`, when the block begins with one. */
  readonly mboxLine: string | null;
  /** The topmost field of that name, whatever its case. */
  get(name: string): HeaderField | null;
  all(name: string): readonly HeaderField[];
}

const CR = 13;
const LF = 10;
const FIELD = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/;
const MBOX = /^>?From /;

class ParsedField implements HeaderField {
  readonly name: string;
  readonly lowerName: string;
  readonly value: string;
  readonly index: number;
  #unfolded: string | null = null;

  constructor(name: string, value: string, index: number) {
    this.name = name;
    this.lowerName = name.toLowerCase();
    this.value = value;
    this.index = index;
  }

  get unfolded(): string {
    this.#unfolded ??= this.value.replace(/[\r\n]+/g, "").trim();
    return this.#unfolded;
  }
}

class ParsedHeader implements HeaderBlock {
  readonly fields: readonly HeaderField[];
  readonly junk: readonly string[];
  readonly mboxLine: string | null;
  #byName: Map<string, HeaderField[]> | null = null;

  constructor(fields: readonly HeaderField[], junk: readonly string[], mboxLine: string | null) {
    this.fields = fields;
    this.junk = junk;
    this.mboxLine = mboxLine;
  }

  get(name: string): HeaderField | null {
    return this.all(name)[0] ?? null;
  }

  all(name: string): readonly HeaderField[] {
    if (this.#byName === null) {
      this.#byName = new Map();
      for (const field of this.fields) {
        const same = this.#byName.get(field.lowerName);
        if (same === undefined) this.#byName.set(field.lowerName, [field]);
        else same.push(field);
      }
    }
    return this.#byName.get(name.toLowerCase()) ?? [];
  }
}

/** Reads a header block, or the header of a whole message: it stops at the first empty line. */
export function parseHeaderBlock(bytes: Buffer): HeaderBlock {
  const text = bytes.toString("latin1");
  const fields: HeaderField[] = [];
  const junk: string[] = [];
  let mboxLine: string | null = null;

  // A logical line is a line with its continuation lines: `start` to `end`, without the last line end.
  let start = -1;
  let end = 0;
  const take = (): void => {
    if (start < 0) return;
    const line = text.slice(start, end);
    const name = FIELD.exec(line)?.[1];
    if (name !== undefined) {
      fields.push(new ParsedField(name, line.slice(line.indexOf(":") + 1), fields.length));
    } else if (start === 0 && MBOX.test(line)) {
      mboxLine = line;
    } else {
      junk.push(line);
    }
    start = -1;
  };

  let at = 0;
  while (at < text.length) {
    const lineEnd = findLineEnd(text, at);
    if (lineEnd === at) break;
    const first = text.charCodeAt(at);
    if (start < 0 || (first !== 32 && first !== 9)) {
      take();
      start = at;
    }
    end = lineEnd;
    at = skipLineEnd(text, lineEnd);
  }
  take();
  return new ParsedHeader(fields, junk, mboxLine);
}

function findLineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) return at;
    at += 1;
  }
  return at;
}

function skipLineEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== CR) return at + 1;
  if (text.charCodeAt(at + 1) === LF) return at + 2;
  if (text.charCodeAt(at + 1) === CR && text.charCodeAt(at + 2) === LF) return at + 3;
  return at + 1;
}

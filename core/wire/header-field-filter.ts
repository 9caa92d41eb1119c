/**
 * Leaves header fields out of a message that is passing by, as bytes, however it is cut into chunks.
 *
 * 1. Only the message's own header, up to its first empty line: what a message carries inside stays as it is.
 * 2. A field goes with its continuation lines (RFC 5322 2.2.3); names are compared without case, blanks before
 *    the colon allowed (4.5). What ends a line is what ends it in wire/header-block.
 * 3. All else is passed on exactly. One octet may be added: behind a bare CR, where what followed it was left
 *    out, the LF that it gets on the wire anyway; it would otherwise swallow the line end that follows.
 */
const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const COLON = 0x3a;
/** Nobody writes more between a name and its colon; such a line is no field to us. */
const NAME_LINE = 1_000;

const NOTHING = Buffer.alloc(0);
const LINE_FEED = Buffer.from("\n");

export class HeaderFieldFilter {
  readonly #names: ReadonlySet<string>;
  readonly #longest: number;
  #where: "line-start" | "line" | "body" = "line-start";
  /** The field that we are in is left out. */
  #dropping = false;
  /** Not decided yet: the beginning of a line, or the CRs at its end. */
  #held = NOTHING;
  /** The last octet that was passed on. */
  #last = LF;
  #dropped = false;

  /** Names of the fields to leave out. */
  constructor(names: readonly string[]) {
    this.#names = new Set(names.map((name) => name.toLowerCase()));
    this.#longest = Math.max(0, ...names.map(({ length }) => length));
  }

  /** What is to be passed on of the next octets; may be empty. Keeps nothing of the chunk's memory. */
  pass(chunk: Buffer): Buffer {
    if (this.#where === "body" || chunk.length === 0) return chunk;
    return this.#work(this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]), false);
  }

  /** The rest, when the message has ended. */
  end(): Buffer {
    const held = this.#held;
    return held.length === 0 ? NOTHING : this.#work(held, true);
  }

  #work(data: Buffer, ended: boolean): Buffer {
    this.#held = NOTHING;
    const pieces: Buffer[] = [];
    let at = 0;
    // Begins of a run that is passed on as one piece; -1: none.
    let from = -1;
    const take = (end: number): void => {
      if (this.#dropping) {
        if (from >= 0) pieces.push(data.subarray(from, at));
        from = -1;
        if (end > at) this.#dropped = true;
      } else if (end > at) {
        if (from < 0) {
          if (this.#dropped && this.#last === CR) pieces.push(LINE_FEED);
          from = at;
        }
        this.#dropped = false;
        this.#last = data[end - 1] ?? LF;
      }
      at = end;
    };
    while (at < data.length) {
      if (this.#where === "line-start") {
        const first = data[at];
        if (first === CR || first === LF) {
          this.#where = "body";
          this.#dropping = false;
          take(data.length);
          break;
        }
        if (first !== SPACE && first !== TAB) {
          const listed = this.#isListed(data.subarray(at, at + this.#longest + NAME_LINE), ended);
          if (listed === null) break;
          this.#dropping = listed;
        }
        this.#where = "line";
      }
      const { text, end } = lineEnd(data, at, ended);
      take(text);
      if (end === null) break;
      if (end > text) {
        take(end);
        this.#where = "line-start";
      }
    }
    if (at < data.length) this.#held = Buffer.from(data.subarray(at));
    if (from >= 0) pieces.push(data.subarray(from, at));
    const [only = NOTHING] = pieces;
    return pieces.length <= 1 ? only : Buffer.concat(pieces);
  }

  /** Whether the line that begins here is of such a field; null: more of it has to be seen. */
  #isListed(line: Buffer, ended: boolean): boolean | null {
    let end = 0;
    while (end < line.length && end <= this.#longest && isNameOctet(line[end] as number)) end += 1;
    if (end > this.#longest) return false;
    let colon = end;
    while (colon < line.length && (line[colon] === SPACE || line[colon] === TAB)) colon += 1;
    const name = line.toString("latin1", 0, end).toLowerCase();
    if (colon === line.length && !ended && line.length < this.#longest + NAME_LINE) {
      const possible = end < line.length ? this.#names.has(name) : this.#beginsName(name);
      return possible ? null : false;
    }
    return line[colon] === COLON && this.#names.has(name);
  }

  #beginsName(text: string): boolean {
    for (const name of this.#names) if (name.startsWith(text)) return true;
    return false;
  }
}

function isNameOctet(octet: number): boolean {
  return octet > SPACE && octet < 0x7f && octet !== COLON;
}

/**
 * Where the line's text ends, and its line end behind it; `end` is `text` where the line goes on behind the
 * data, null where only the next octets tell.
 */
function lineEnd(
  data: Buffer,
  from: number,
  ended: boolean,
): { readonly text: number; readonly end: number | null } {
  for (let text = from; text < data.length; text += 1) {
    const octet = data[text];
    if (octet === LF) return { text, end: text + 1 };
    if (octet !== CR) continue;
    const next = data[text + 1];
    if (next === LF) return { text, end: text + 2 };
    if (next === CR && data[text + 2] === LF) return { text, end: text + 3 };
    const certain = ended || (next !== undefined && (next !== CR || data[text + 2] !== undefined));
    return { text, end: certain ? text + 1 : null };
  }
  return { text: data.length, end: data.length };
}

/**
 * One pass over a message's octets, in whatever pieces they come.
 *
 * 1. The header ends at the first empty line: a line end (LF) followed by LF or CR LF, also where a message
 *    mixes both. A message that begins with an empty line has an empty header; one without an empty line is
 *    all header (RFC 5322 2.1).
 * 2. A bare CR does not end a line here: broken programs write CR CR LF, and the header would end after its
 *    first line.
 * 3. The size on the wire is what is sent after every bare CR and bare LF has become CR LF and a missing
 *    last CR LF was added (PRODUCT section 2, rule 8; RFC 5321 2.3.8).
 */
import { isAscii } from "node:buffer";
import { createHash, hash } from "node:crypto";

const CR = 13;
const LF = 10;

export interface MessageScan {
  readonly size: number;
  readonly wireSize: number;
  /** With its last line end, without the empty line; no more than the limit. */
  readonly header: Buffer;
  readonly headerHash: string;
  readonly bodyHash: string;
  readonly wholeHash: string;
  readonly eightBitHeader: boolean;
  readonly eightBitBody: boolean;
}

/** All of a message that is there in one piece; the header is a view of it. */
export function scanMessage(octets: Buffer, headerLimit: number): MessageScan {
  const { length } = octets;
  // Where a line begins.
  let headerLength = 0;
  let bodyFrom = -1;
  while (bodyFrom < 0) {
    const empty = octets[headerLength] === CR ? headerLength + 1 : headerLength;
    if (octets[empty] === LF) bodyFrom = empty + 1;
    else {
      headerLength = octets.indexOf(LF, headerLength) + 1;
      if (headerLength === 0) bodyFrom = headerLength = length;
    }
  }
  const header = octets.subarray(0, bodyFrom);
  const body = octets.subarray(bodyFrom);
  const headerHash = hash("sha256", header);
  const bodyHash = hash("sha256", body);
  return {
    size: length,
    wireSize: length + countMissing(octets),
    header: octets.subarray(0, Math.min(headerLength, headerLimit)),
    headerHash,
    bodyHash,
    wholeHash: hash("sha256", headerHash + bodyHash),
    eightBitHeader: hasEightBit(header),
    eightBitBody: hasEightBit(body),
  };
}

/** Octets that the wire needs besides (rule 3). */
function countMissing(octets: Buffer): number {
  let bare = 0;
  let last = -1;
  for (let index = 0; index < octets.length; index += 1) {
    const octet = octets[index] as number;
    if ((octet === LF) !== (last === CR)) bare += 1;
    last = octet;
  }
  if (last === CR) return bare + 1;
  return last === LF ? bare : bare + 2;
}

/** Where in a line of the header the next octet stands. */
type Place = "line-start" | "after-cr" | "in-line";

export class MessageScanner {
  readonly #headerLimit: number;
  readonly #headerParts: Buffer[] = [];
  readonly #headerHash = createHash("sha256");
  readonly #bodyHash = createHash("sha256");
  #kept = 0;
  /** Octets of the header without the empty line. */
  #headerLength = 0;
  #place: Place = "line-start";
  #inBody = false;
  #eightBitHeader = false;
  #eightBitBody = false;
  #size = 0;
  #bare = 0;
  #last = -1;

  constructor(headerLimit: number) {
    this.#headerLimit = headerLimit;
  }

  /** The chunk is not kept: what of it belongs to the header is copied. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#countLineEnds(chunk);
    this.#size += chunk.length;
    const end = this.#inBody ? 0 : this.#headerEnd(chunk);
    if (end > 0) this.#pushHeader(chunk.subarray(0, end));
    if (this.#inBody && end < chunk.length) {
      const body = chunk.subarray(end);
      this.#eightBitBody ||= hasEightBit(body);
      this.#bodyHash.update(body);
    }
  }

  /** Nothing more will belong to the header, or be kept of it. */
  get headerComplete(): boolean {
    return this.#inBody || this.#kept >= this.#headerLimit;
  }

  end(): MessageScan {
    const headerHash = this.#headerHash.digest("hex");
    const bodyHash = this.#bodyHash.digest("hex");
    const missing = this.#last === LF || this.#last === CR ? 0 : 2;
    // A last bare CR has been seen by nobody yet.
    const bare = this.#bare + (this.#last === CR ? 1 : 0);
    if (!this.#inBody) this.#headerLength = this.#size;
    const header = Buffer.concat(this.#headerParts);
    return {
      size: this.#size,
      wireSize: this.#size + bare + missing,
      header: header.subarray(0, Math.min(this.#headerLength, header.length)),
      headerHash,
      bodyHash,
      wholeHash: hash("sha256", headerHash + bodyHash),
      eightBitHeader: this.#eightBitHeader,
      eightBitBody: this.#eightBitBody,
    };
  }

  #pushHeader(part: Buffer): void {
    this.#eightBitHeader ||= hasEightBit(part);
    this.#headerHash.update(part);
    const room = this.#headerLimit - this.#kept;
    if (room > 0) {
      const copy = Buffer.from(part.subarray(0, room));
      this.#headerParts.push(copy);
      this.#kept += copy.length;
    }
  }

  /** How many octets of the chunk belong to the header with its empty line; sets `#inBody` at its end. */
  #headerEnd(chunk: Buffer): number {
    let index = 0;
    while (index < chunk.length) {
      if (this.#place === "in-line") {
        const next = chunk.indexOf(LF, index);
        if (next < 0) break;
        index = next + 1;
        this.#place = "line-start";
        this.#headerLength = this.#size - chunk.length + index;
        continue;
      }
      const octet = chunk[index];
      index += 1;
      if (octet === LF) {
        this.#inBody = true;
        return index;
      }
      this.#place = octet === CR && this.#place === "line-start" ? "after-cr" : "in-line";
    }
    return chunk.length;
  }

  #countLineEnds(chunk: Buffer): void {
    let bare = 0;
    let last = this.#last;
    for (let index = 0; index < chunk.length; index += 1) {
      const octet = chunk[index] as number;
      if (octet === LF) {
        if (last !== CR) bare += 1;
      } else if (last === CR) bare += 1;
      last = octet;
    }
    this.#bare += bare;
    this.#last = last;
  }
}

function hasEightBit(part: Buffer): boolean {
  return !isAscii(part);
}

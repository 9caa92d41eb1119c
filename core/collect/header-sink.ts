import type { ByteSink } from "../model/ports.ts";

const HEADER_OCTETS = 262_144;

/** Keeps the header block that TOP gives, or the first 256 KB of it. */
export class HeaderSink implements ByteSink {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  write(piece: Buffer): undefined {
    const kept = piece.subarray(0, HEADER_OCTETS - this.#length);
    if (kept.length === 0) return undefined;
    // A copy: the piece is a part of what the socket gave, which would be held whole.
    this.#pieces.push(Buffer.from(kept));
    this.#length += kept.length;
    return undefined;
  }

  header(): Buffer {
    return Buffer.concat(this.#pieces, this.#length);
  }
}

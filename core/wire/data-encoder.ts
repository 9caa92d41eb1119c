/**
 * The body of a DATA command (RFC 5321 4.5.2, 2.3.8), as bytes.
 *
 * 1. A line that starts with a dot gets a second one. "Line" is what we put on the wire: behind our CRLF, and
 *    at the very beginning.
 * 2. A bare CR or bare LF becomes CRLF. Nothing else changes: what holds only CRLF is passed on exactly.
 * 3. So `CRLF . CRLF` occurs once, at the end, whatever the message holds and however it is cut into chunks:
 *    `LF . LF`, `CR . CR`, `LF . CRLF` and their like cannot end the message early (SMTP smuggling).
 * 4. A message without a final line end gets one; SMTP cannot carry it otherwise.
 */
const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;

export class DataEncoder {
  /** The last octet of what was encoded; LF at the start, which is the start of a line too. */
  #last = LF;
  #octets = 0;

  /** Octets of the message as they count for SIZE: with our line ends, without the doubled dots. */
  get octets(): number {
    return this.#octets;
  }

  /**
   * The chunk for the wire. Returns the chunk itself when nothing had to be changed. A CR at the end of a
   * chunk is decided by the next one.
   */
  encode(chunk: Buffer): Buffer {
    const length = chunk.length;
    if (length === 0) return chunk;
    let pieces: Buffer[] | null = null;
    let from = 0;
    let last = this.#last;
    this.#octets += length;
    for (let index = 0; index < length; index += 1) {
      const octet = chunk[index] as number;
      // Nearly every octet is a letter behind a letter; only these three, or what follows a CR, matter.
      if (octet > DOT && last !== CR) {
        last = octet;
        continue;
      }
      let insert: Buffer | null = null;
      if (last === CR && octet !== LF) {
        insert = octet === DOT ? LF_DOT : ONLY_LF;
        this.#octets += 1;
      } else if (octet === LF && last !== CR) {
        insert = ONLY_CR;
        this.#octets += 1;
      } else if (octet === DOT && last === LF) {
        insert = ONLY_DOT;
      }
      if (insert !== null) {
        pieces ??= [];
        if (index > from) pieces.push(chunk.subarray(from, index));
        pieces.push(insert);
        from = index;
      }
      last = octet;
    }
    this.#last = last;
    if (pieces === null) return chunk;
    pieces.push(chunk.subarray(from));
    return Buffer.concat(pieces);
  }

  /** What ends the message: the missing part of its last line end, and the final dot. */
  end(): Buffer {
    const missing = this.#last === LF ? "" : this.#last === CR ? "\n" : "\r\n";
    this.#octets += missing.length;
    return Buffer.from(`${missing}.\r\n`, "latin1");
  }
}

const ONLY_LF = Buffer.from("\n");
const LF_DOT = Buffer.from("\n.");
const ONLY_CR = Buffer.from("\r");
const ONLY_DOT = Buffer.from(".");

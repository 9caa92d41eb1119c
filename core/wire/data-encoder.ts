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
import { buffersPassed } from "../util/dead-buffers.ts";

const CR = 0x0d;
const LF = 0x0a;

/** So much is looked at as text at once; more would be many large strings. */
const PIECE = 32_768;
const END = Buffer.from(".\r\n");

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
    if (chunk.length <= PIECE) return this.#encode(chunk);
    const pieces: Buffer[] = [];
    let octets = 0;
    for (let from = 0; from < chunk.length; from += PIECE) {
      const piece = this.#encode(chunk.subarray(from, from + PIECE));
      pieces.push(piece);
      octets += piece.length;
    }
    if (octets === chunk.length) return chunk;
    buffersPassed(chunk.length);
    return Buffer.concat(pieces, octets);
  }

  /** As text of one octet a character, behind the line end that it follows: the engine's own search is the fastest. */
  #encode(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk;
    const before = this.#last === LF ? "\r\n" : this.#last === CR ? "\r" : "";
    const text = before + chunk.toString("latin1");
    const whole = text.replace(/\r(?=[^\n])|(?<!\r)\n/g, "\r\n");
    const stuffed = whole.replaceAll("\n.", "\n..");
    this.#last = chunk[chunk.length - 1] ?? LF;
    this.#octets += whole.length - before.length;
    return stuffed.length === text.length ? chunk : Buffer.from(stuffed.slice(before.length), "latin1");
  }

  /** What ends the message: the missing part of its last line end, and the final dot. */
  end(): Buffer {
    if (this.#last === LF) return END;
    const missing = this.#last === CR ? "\n" : "\r\n";
    this.#octets += missing.length;
    return Buffer.from(`${missing}.\r\n`, "latin1");
  }
}

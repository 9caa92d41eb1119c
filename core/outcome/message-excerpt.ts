import { Transform, type TransformCallback } from "node:stream";

/** Nothing that a person would still read; keeps a report small whatever the original holds. */
const EXCERPT_OCTETS = 1_048_576;

/**
 * Passes on the first lines of a message, byte for byte, and notes when something was left out.
 * A line ends with LF, with or without CR; a message of one endless line is cut by size.
 */
export class MessageExcerpt extends Transform {
  #lines: number;
  #octets = EXCERPT_OCTETS;
  #cut = false;

  constructor(lines: number) {
    super();
    this.#lines = lines;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#cut) {
      done();
      return;
    }
    let end = 0;
    while (end < chunk.length && this.#lines > 0) {
      const newline = chunk.indexOf(0x0a, end);
      if (newline < 0) {
        end = chunk.length;
      } else {
        end = newline + 1;
        this.#lines -= 1;
      }
    }
    if (end > this.#octets) end = this.#octets;
    this.#octets -= end;
    const passed = chunk.subarray(0, end);
    if (passed.length > 0) this.push(passed);
    if (end < chunk.length) {
      this.#cut = true;
      this.push(Buffer.from("\r\n[The rest of the message was left out here.]\r\n", "latin1"));
    }
    done();
  }
}

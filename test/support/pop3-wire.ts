/**
 * A message as a POP3 server puts it on the wire (RFC 1939 3).
 *
 * 1. Every octet as stored, except: the line end of the last line is completed, a dot after CRLF (or first of
 *    all) is doubled. A dot after a bare LF is not: bare line ends are content here.
 * 2. An empty message has no octets; the terminator follows the status line.
 */
import { completeLastLine } from "./line-ends.ts";

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const ONE_DOT = Buffer.from(".");

/** Completes the last line, whatever the chunks' borders. */
export function* withLastLineEnded(chunks: Iterable<Buffer>): Iterable<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    if (chunk.length < 2) {
      tail = Buffer.concat([tail, chunk]);
      if (tail.length <= 2) continue;
      yield tail.subarray(0, -2);
      tail = tail.subarray(-2);
      continue;
    }
    if (tail.length > 0) yield tail;
    yield chunk.subarray(0, -2);
    tail = chunk.subarray(-2);
  }
  if (tail.length > 0) yield completeLastLine(tail);
}

/** Doubles the dots that begin a line. The chunks must be non-empty or are passed over. */
export function* dotStuffed(chunks: Iterable<Buffer>): Iterable<Buffer> {
  let lineStart = true;
  let afterCr = false;
  for (const chunk of chunks) {
    if (chunk.length === 0) continue;
    let from = 0;
    if (lineStart && chunk[0] === DOT) yield ONE_DOT;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      const ended = at === 0 ? afterCr : chunk[at - 1] === CR;
      if (ended && chunk[at + 1] === DOT) {
        yield chunk.subarray(from, at + 1);
        yield ONE_DOT;
        from = at + 1;
      }
    }
    yield chunk.subarray(from);
    const last = chunk.length - 1;
    lineStart = chunk[last] === LF && (last === 0 ? afterCr : chunk[last - 1] === CR);
    afterCr = chunk[last] === CR;
  }
}

/** The header, the empty line and the first `lines` lines of the body (TOP, RFC 1939 7). */
export function* topOf(chunks: Iterable<Buffer>, lines: number): Iterable<Buffer> {
  let lineIsEmpty = true;
  let inHeader = true;
  let left = lines;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += 1) {
      if (!inHeader && left === 0) {
        yield chunk.subarray(0, at);
        return;
      }
      const byte = chunk[at];
      if (byte !== LF) {
        if (byte !== CR) lineIsEmpty = false;
        continue;
      }
      if (!inHeader) left -= 1;
      else if (lineIsEmpty) inHeader = false;
      lineIsEmpty = true;
    }
    yield chunk;
  }
}

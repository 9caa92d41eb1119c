/**
 * The byte machine under every multi-line POP3 answer (RFC 1939 3): finds the terminator and takes the
 * stuffed dots out, whatever pieces the network cuts the answer into.
 *
 * 1. Only CR LF . CR LF ends the content; at the very start . CR LF alone (an empty answer). A bare CR, a bare
 *    LF and a dot behind either are content.
 * 2. A line that begins with a dot and is not the terminator loses that one dot.
 * 3. The line end in front of the terminator belongs to the content.
 * 4. A dot, or a dot and a CR, at the end of a piece is held back until the next piece tells what it is.
 * 5. A server that leaves out the line end in front of its final dot (some old Exchange versions) sends
 *    something that cannot be told from a sentence's full stop. It is never guessed: the reader's idle
 *    time-out ends such an answer as a failure, and nothing is deleted because of it.
 */
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
const DOT = 46;
const LINE_START_WITH_DOT = Buffer.from("\r\n.");
const HELD_CARRIAGE_RETURN = Buffer.from("\r");

/** line-start; a dot there; a dot and a CR there; inside a line; inside a line, behind a CR. */
type State = "start" | "dot" | "dot-cr" | "inside" | "cr";

export class MultiLineDecoder {
  #state: State = "start";

  /**
   * Takes the next piece and appends its content to `slices` (views of the piece, not copies). Returns the
   * index behind the terminator, or -1 while the content goes on. Not to be called after the end was found.
   */
  push(piece: Buffer, slices: Buffer[]): number {
    const { length } = piece;
    let state = this.#state;
    let position = 0;
    // Where content that has not been handed out yet begins; -1: the octets at hand are held back.
    let from = state === "dot" || state === "dot-cr" ? -1 : 0;
    while (position < length) {
      switch (state) {
        case "start":
          if (piece[position] === DOT) {
            if (position > from) slices.push(piece.subarray(from, position));
            from = -1;
            position += 1;
            state = "dot";
          } else {
            state = "inside";
          }
          break;
        case "dot":
          if (piece[position] === CARRIAGE_RETURN) {
            position += 1;
            state = "dot-cr";
          } else {
            from = position;
            state = "inside";
          }
          break;
        case "dot-cr":
          if (piece[position] === LINE_FEED) {
            this.#state = "start";
            return position + 1;
          }
          // The dot was stuffing, the CR behind it content: it may lie in the piece before this one.
          if (position > 0) from = position - 1;
          else {
            slices.push(HELD_CARRIAGE_RETURN);
            from = 0;
          }
          state = "cr";
          break;
        case "cr":
          if (piece[position] === LINE_FEED) {
            position += 1;
            state = "start";
          } else if (piece[position] === CARRIAGE_RETURN) {
            position += 1;
          } else {
            state = "inside";
          }
          break;
        case "inside": {
          const found = piece.indexOf(LINE_START_WITH_DOT, position);
          if (found >= 0) {
            position = found + 2;
            state = "start";
          } else {
            const last = piece[length - 1];
            if (last === CARRIAGE_RETURN) state = "cr";
            else if (last === LINE_FEED && length - position >= 2 && piece[length - 2] === CARRIAGE_RETURN) {
              state = "start";
            }
            position = length;
          }
          break;
        }
      }
    }
    if (from >= 0 && length > from) slices.push(from === 0 ? piece : piece.subarray(from));
    this.#state = state;
    return -1;
  }
}

/** The content of one piece as one Buffer: the piece itself or a view of it wherever nothing was cut out. */
export function joinSlices(slices: readonly Buffer[]): Buffer {
  const [only] = slices;
  return slices.length === 1 && only !== undefined ? only : Buffer.concat(slices);
}

/** Long listings are worked off in pieces: little is held at once, and others have a turn in between. */

/** Messages that are recorded or deleted together; for each piece whole folders are read. */
export const PIECE = 20_000;
/** Looked up before others have a turn: a millisecond or two. */
export const LOOK_UP = 250;

export function* inPieces<T>(items: Iterable<T>, length: number): Generator<readonly T[]> {
  let piece: T[] = [];
  for (const item of items) {
    piece.push(item);
    if (piece.length < length) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** A long list in windows: which ones a part of it needs, and where the rows stand that are not shown. Pure. */
import type { ListedMessage } from "../../core/model/folder-list.ts";

export const WINDOW_ROWS = 100;

/** Rows of the windows that have come, by the window's offset. */
export type Windows = ReadonlyMap<number, readonly ListedMessage[]>;

/** Offsets of the windows that hold these positions (both inclusive); always the first, which says how many there are. */
export function windowsFor(first: number, last: number): readonly number[] {
  const offsets = new Set([0]);
  const start = Math.max(0, Math.floor(first / WINDOW_ROWS));
  for (let window = start; window * WINDOW_ROWS <= last; window += 1) offsets.add(window * WINDOW_ROWS);
  return [...offsets];
}

/** undefined: not here yet. */
export function rowAt(windows: Windows, position: number): ListedMessage | undefined {
  const offset = Math.floor(position / WINDOW_ROWS) * WINDOW_ROWS;
  return windows.get(offset)?.[position - offset];
}

/**
 * Positions of messages that are not shown, ascending. `order`: the ids of the whole list where they are known, else
 * the rows that have come decide.
 */
export function hiddenPositions(
  hidden: ReadonlySet<string>,
  order: readonly string[] | undefined,
  windows: Windows,
): readonly number[] {
  if (hidden.size === 0) return [];
  const positions: number[] = [];
  if (order !== undefined) {
    for (const [position, id] of order.entries()) if (hidden.has(id)) positions.push(position);
    return positions;
  }
  for (const [offset, rows] of windows) {
    for (const [index, { queueId }] of rows.entries())
      if (hidden.has(queueId)) positions.push(offset + index);
  }
  return positions.sort((a, b) => a - b);
}

/** The position in the whole list of the `index`th row that is shown. `hidden`: ascending. */
export function positionOf(index: number, hidden: readonly number[]): number {
  let low = 0;
  let high = hidden.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hidden[middle] ?? 0) - middle <= index) low = middle + 1;
    else high = middle;
  }
  return index + low;
}

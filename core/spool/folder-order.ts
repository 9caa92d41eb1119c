/** Messages in the order of something, however many: sorted and merged a little at a time (`Turns`). */
import type { Turns } from "../util/turns.ts";

export interface OrderEntry {
  /** All of an order are of one type. */
  readonly key: string | number;
  readonly id: number;
}

/** So many are sorted at once, or merged between two looks at the clock. */
const RUN = 1_024;

/** By key; what has the same key by id. */
function compare(one: OrderEntry, other: OrderEntry): number {
  if (one.key === other.key) return one.id - other.id;
  return one.key < other.key ? -1 : 1;
}

/** Ascending. */
export async function inOrder(entries: readonly OrderEntry[], turns: Turns): Promise<readonly OrderEntry[]> {
  let runs: (readonly OrderEntry[])[] = [];
  for (let start = 0; start < entries.length; start += RUN) {
    runs.push(entries.slice(start, start + RUN).sort(compare));
    if (turns.over) await turns.rest();
  }
  while (runs.length > 1) {
    const longer: (readonly OrderEntry[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      longer.push(await merged(runs[index] ?? [], runs[index + 1] ?? [], turns));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

/** Both ascending. */
export async function merged(
  one: readonly OrderEntry[],
  other: readonly OrderEntry[],
  turns: Turns,
): Promise<readonly OrderEntry[]> {
  if (other.length === 0) return one;
  const whole: OrderEntry[] = [];
  let first = 0;
  let second = 0;
  while (first < one.length || second < other.length) {
    const left = one[first];
    const right = other[second];
    if (right === undefined || (left !== undefined && compare(left, right) < 0)) {
      whole.push(left as OrderEntry);
      first += 1;
    } else {
      whole.push(right);
      second += 1;
    }
    if (whole.length % RUN === 0 && turns.over) await turns.rest();
  }
  return whole;
}

export async function without(
  entries: readonly OrderEntry[],
  ids: ReadonlySet<number>,
  turns: Turns,
): Promise<readonly OrderEntry[]> {
  const left: OrderEntry[] = [];
  for (let start = 0; start < entries.length; start += RUN) {
    for (const entry of entries.slice(start, start + RUN)) if (!ids.has(entry.id)) left.push(entry);
    if (turns.over) await turns.rest();
  }
  return left;
}

/** Pure arithmetic of a bench. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** In each round another one is first, so that the machine's other work hits all of them. */
export function rotate<T>(items: readonly T[], round: number): readonly T[] {
  const first = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

export interface InRound {
  readonly round: number;
  readonly value: number;
}

/** The median of the ratios round by round; null: they have no round in common. */
export function pairedRatio(of: readonly InRound[], to: readonly InRound[]): number | null {
  const base = new Map(to.map(({ round, value }) => [round, value]));
  const ratios = of.flatMap(({ round, value }) => {
    const other = base.get(round);
    return other === undefined ? [] : [value / other];
  });
  return ratios.length === 0 ? null : median(ratios);
}

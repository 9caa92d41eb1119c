/** From single runs to the rows of a table. Broken runs do not count. */
import type { Run } from "./moving.ts";
import { type InRound, median, pairedRatio, type Spread, spread } from "./statistics.ts";

export interface Measured {
  readonly what: string;
  readonly messages: number;
  readonly rounds: number;
  readonly messagesPerSecond: Spread;
  readonly megabytesPerSecond: Spread;
  readonly cpuPerThousand: Spread;
  /** Octets. */
  readonly peak: Spread;
}

const MEGABYTE = 1_000_000;

export const rate = ({ messages, wall }: Run): number => messages / wall;
export const cpuPerThousand = ({ messages, cpu }: Run): number => (1_000 * cpu) / messages;

/** In the order in which they are first met; one without a good run is left out. */
export function measuredOf(runs: readonly Run[]): Measured[] {
  const good = runs.filter(({ fault }) => fault === null);
  return [...Map.groupBy(good, ({ what }) => what)].map(([what, of]) => ({
    what,
    messages: of[0]?.messages ?? 0,
    rounds: of.length,
    messagesPerSecond: spread(of.map(rate)),
    megabytesPerSecond: spread(of.map(({ octets, wall }) => octets / wall / MEGABYTE)),
    cpuPerThousand: spread(of.map(cpuPerThousand)),
    peak: spread(of.map(({ peak }) => peak)),
  }));
}

/** The one of these with the most messages per second; null: none of them ran. */
export function fastest(measured: readonly Measured[], among: readonly string[]): string | null {
  const of = measured.filter(({ what }) => among.includes(what));
  const best = of.toSorted((a, b) => b.messagesPerSecond.median - a.messagesPerSecond.median)[0];
  return best?.what ?? null;
}

/** How many times `of` has what `to` has, round by round. */
export function ratioOf(
  runs: readonly Run[],
  of: string,
  to: string | null,
  value: (run: Run) => number,
): number | null {
  if (to === null) return null;
  const pick = (name: string): InRound[] =>
    runs
      .filter(({ what, fault }) => what === name && fault === null)
      .map((run) => ({ round: run.round, value: value(run) }));
  return pairedRatio(pick(of), pick(to));
}

export function medianPeak(runs: readonly Run[], of: string): number | null {
  const peaks = runs.filter(({ what, fault }) => what === of && fault === null).map(({ peak }) => peak);
  return peaks.length === 0 ? null : median(peaks);
}

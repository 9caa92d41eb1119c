/** How fast something grows, over its last seconds. Pure. */
export interface Sample {
  /** ms since 1970 */
  readonly at: number;
  readonly octets: number;
}

const WINDOW = 5_000;
/** Shorter ones say nothing. */
const LEAST = 500;

/** What got smaller has begun anew. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  if ((samples.at(-1)?.octets ?? 0) > sample.octets) return [sample];
  return [...samples.filter(({ at }) => sample.at - at <= WINDOW), sample];
}

/** Octets a second; null: not known yet. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < LEAST) return null;
  return ((last.octets - first.octets) * 1_000) / (last.at - first.at);
}

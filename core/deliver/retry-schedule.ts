import { limits } from "../model/limits.ts";

const MINUTE = 60_000;

/** Milliseconds until the next try after the `tries`-th one (1 = the first): 1, 2, 5, 10, 15, 30, 60 minutes, then hourly. */
export function retryDelay(tries: number, steps: readonly number[] = limits.backoffMinutes): number {
  const index = Math.min(Math.max(Math.trunc(tries), 1), steps.length) - 1;
  return (steps[index] ?? 60) * MINUTE;
}

/** May a page that failed be loaded again by itself? Three times a minute, no more. */
import type { Clock } from "../core/model/ports.ts";

const TIMES = 3;
const WITHIN = 60_000;

export function createCrashLimit(clock: Pick<Clock, "now">): () => boolean {
  let failures: number[] = [];
  return () => {
    const now = clock.now();
    failures = [...failures.filter((at) => now - at < WITHIN), now];
    return failures.length <= TIMES;
  };
}

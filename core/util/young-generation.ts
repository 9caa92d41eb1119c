/**
 * Keeps V8's young generation small.
 *
 * On a machine with much memory it doubles to 128 MB as soon as a few hundred messages have passed, though a
 * collection of 16 MB of it takes a millisecond or two: nothing is won by more. Its limit can only be given on a
 * command line that is not always ours; how fast it grows is asked at each growth.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const ENOUGH = 16 * 1_048_576;

let watched = false;

/** From now on, for this process. */
export function boundYoungGeneration(): void {
  if (watched) return;
  watched = true;
  let grows = true;
  const observer = new PerformanceObserver(() => {
    // Idle engines give it back; then it may grow again.
    const mayGrow = youngOctets() < ENOUGH;
    if (mayGrow === grows) return;
    grows = mayGrow;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  });
  observer.observe({ entryTypes: ["gc"] });
}

function youngOctets(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return space?.space_size ?? 0;
}

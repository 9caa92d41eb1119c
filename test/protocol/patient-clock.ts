/**
 * Lets a conversation over real sockets run out under a clock of its own: as long as octets move, time stands still;
 * when nothing moves any more, it goes on to the next timer. So an hour of waiting takes no time, and what waits for
 * ever is found at once.
 */
import type { FakeClock } from "../support/fake-clock.ts";

export interface Patience {
  readonly clock: FakeClock;
  /** Any number that changes while something moves. */
  readonly moved: () => number;
  /** Milliseconds of the clock that it may take. */
  readonly deadline: number;
  /** There are files in it: a silence counts only after so many milliseconds of ours. */
  readonly pause?: number;
}

/** Turns of the event loop without any movement that pass for silence; loopback needs one or two. */
const QUIET = 25;
/** And for a process that waits for nothing at all. */
const HUNG = 20_000;

/** What the work resolves with, and the milliseconds it took by the clock. Throws when it hangs or takes longer. */
export async function runOut<T>(
  work: Promise<T>,
  { clock, moved, deadline, pause }: Patience,
): Promise<{ readonly value: T; readonly took: number }> {
  const from = clock.elapsed();
  let over = false;
  void work.finally(() => (over = true)).catch(() => {});
  let seen = moved();
  let quiet = 0;
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = moved();
    quiet = now === seen ? quiet + 1 : 0;
    seen = now;
    if (over || quiet < QUIET) continue;
    if (pause !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (over || moved() !== seen) continue;
    }
    const next = clock.nextAt();
    if (next === null) {
      if (quiet > HUNG) throw new Error("nothing moves, and nothing is waited for");
      continue;
    }
    await clock.advance(Math.max(0, next - clock.now()));
    if (clock.elapsed() - from > deadline) throw new Error(`not over after ${deadline} ms`);
    quiet = 0;
  }
  return { value: await work, took: clock.elapsed() - from };
}

import { uptime } from "node:os";
import type { Clock } from "../model/ports.ts";

/** Longest delay that a timer of the platform can hold; longer waits are made of several. */
const LONGEST = 2_147_483_647;

/** The system's counter is a file that has to be read; for so long (ms) the clock tells what has passed since. */
const READ_AGAIN = 1_000;
let read = { at: Number.NaN, uptime: 0 };

function elapsed(): number {
  const now = Date.now();
  const since = now - read.at;
  // Also after any leap of the clock, a computer's sleep among them.
  if (!(since >= 0 && since < READ_AGAIN)) {
    read = { at: now, uptime: uptime() * 1_000 };
    return read.uptime;
  }
  return read.uptime + since;
}

/** The computer's clock. Its timers never hold the process open. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // What the system itself counts since it was started goes on while it sleeps; a process's own counter may not.
  elapsed,
  after(milliseconds, run) {
    if (milliseconds > LONGEST) return afterLong(milliseconds, run);
    const timer = setTimeout(run, Math.max(milliseconds, 0));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

function afterLong(milliseconds: number, run: () => void): () => void {
  let disarm = systemClock.after(LONGEST, () => {
    disarm = systemClock.after(milliseconds - LONGEST, run);
  });
  return () => disarm();
}

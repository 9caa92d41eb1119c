import type { Clock } from "../model/ports.ts";

/** Longest delay that a timer of the platform can hold; longer waits are made of several. */
const LONGEST = 2_147_483_647;

/** The computer's clock. Its timers never hold the process open. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const part = Math.min(Math.max(left, 0), LONGEST);
      timer = setTimeout(() => (left > part ? arm(left - part) : run()), part);
      timer.unref();
    };
    arm(milliseconds);
    return () => clearTimeout(timer);
  },
};

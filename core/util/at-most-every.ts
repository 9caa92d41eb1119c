import type { Clock } from "../model/ports.ts";

export interface AtMostEvery {
  request(): void;
  stop(): void;
}

/** Runs at once when it is asked to, then at most once in so many milliseconds; what is asked meanwhile is done at their end. */
export function atMostEvery(clock: Clock, milliseconds: number, run: () => void): AtMostEvery {
  let disarm: (() => void) | null = null;
  let wanted = false;
  const go = (): void => {
    wanted = false;
    disarm = clock.after(milliseconds, () => {
      disarm = null;
      if (wanted) go();
    });
    run();
  };
  return {
    request() {
      if (disarm === null) go();
      else wanted = true;
    },
    stop() {
      wanted = false;
      disarm?.();
      disarm = null;
    },
  };
}

import type { Alert } from "../model/event.ts";
import type { Clock, RaiseAlert } from "../model/ports.ts";

const HOUR = 3_600_000;
/** Some causes name a message. */
const MOST_CAUSES = 1_000;

/** At most one alert an hour for the same cause (PRODUCT section 6). */
export function createAlertFilter(clock: Clock, pass: (alert: Alert) => void): RaiseAlert {
  const last = new Map<string, number>();
  return ({ cause, problem }) => {
    const now = clock.now();
    const before = last.get(cause);
    // A clock that was set back must not silence a cause for longer than its hour.
    if (before !== undefined && before <= now && now - before < HOUR) return;
    // The oldest first.
    last.delete(cause);
    last.set(cause, now);
    const [oldest] = last.keys();
    if (last.size > MOST_CAUSES && oldest !== undefined) last.delete(oldest);
    pass({ at: now, cause, problem });
  };
}

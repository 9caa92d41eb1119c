/**
 * The gateway left to itself: checks by the schedule, and what waits for another try when it is due.
 *
 * 1. One timer, never longer than a minute: a clock that is set, or a machine that slept, is noticed by then.
 * 2. A check that was missed is made up for once.
 * 3. A run that fails for a fault is told and does not end the schedule.
 * 4. What was due when the last run began, and still is (a full disk), waits for a minute.
 * 5. The marker file is looked for every few seconds; it means a check of all accounts, whatever the windows say.
 */
import type { Clock } from "../model/ports.ts";
import type { Settings } from "../model/settings.ts";
import { nextCheckAt } from "../schedule/check-times.ts";
import type { MailRuns } from "./mail-runs.ts";

const LONGEST = 60_000;
const MARKER_EVERY = 5_000;

export interface ScheduleParts {
  readonly clock: Clock;
  readonly runs: Pick<MailRuns, "check" | "scheduled" | "nextDeliveryAt" | "nextCheckAt">;
  readonly settings: () => Settings;
  /** Nothing is begun, and the marker file stays. */
  readonly paused?: () => boolean;
  /** Takes the marker file away; true: it was there. */
  readonly takeMarker?: () => Promise<boolean>;
  readonly onFault: (error: unknown, doing: string) => void;
}

/** The returned function ends it; a run that is under way goes on. */
export function runSchedule({
  clock,
  runs,
  settings,
  paused,
  takeMarker,
  onFault,
}: ScheduleParts): () => void {
  const longest = takeMarker === undefined ? LONGEST : MARKER_EVERY;
  const startedAt = new Map<string, number>();
  let stopped = false;
  let lastRunAt = Number.NEGATIVE_INFINITY;
  let disarm = (): void => undefined;

  const checkAt = (account: Settings["accounts"][number], now: number): number | null =>
    nextCheckAt(settings().schedule, startedAt.get(account.id) ?? null, now, account.intervalMinutes);

  const deliveryAt = (now: number): number | null => {
    const due = runs.nextDeliveryAt();
    // A clock that was set back must not make it wait for longer.
    return due === null || due > lastRunAt || lastRunAt > now ? due : lastRunAt + LONGEST;
  };

  const enabled = () => settings().accounts.filter((account) => account.enabled);

  const tick = async (): Promise<void> => {
    if (paused?.() === true) return;
    const asked = (await takeMarker?.()) === true;
    if (stopped) return;
    const now = clock.now();
    if (asked) {
      for (const { id } of enabled()) startedAt.set(id, now);
      lastRunAt = now;
      await runs.check({});
      return;
    }
    const due = enabled().filter((account) => (checkAt(account, now) ?? Number.POSITIVE_INFINITY) <= now);
    const delivery = deliveryAt(now);
    if (due.length > 0 || (delivery !== null && delivery <= now)) {
      for (const { id } of due) startedAt.set(id, now);
      lastRunAt = now;
      await runs.scheduled(due.map(({ id }) => id));
    }
  };

  const waitFor = (now: number): number => {
    const checks = enabled().flatMap((account) => checkAt(account, now) ?? []);
    const nextCheck = checks.length === 0 ? null : Math.min(...checks);
    runs.nextCheckAt(nextCheck);
    if (paused?.() === true) return longest;
    const next = Math.min(nextCheck ?? Number.POSITIVE_INFINITY, deliveryAt(now) ?? Number.POSITIVE_INFINITY);
    return Math.min(longest, Math.max(250, next - now));
  };

  const go = async (): Promise<void> => {
    let wait = LONGEST;
    try {
      await tick();
      if (!stopped) wait = waitFor(clock.now());
    } catch (error) {
      if (!stopped) onFault(error, "a scheduled run");
    }
    if (!stopped) disarm = clock.after(wait, () => void go());
  };

  void go();
  return () => {
    stopped = true;
    disarm();
  };
}

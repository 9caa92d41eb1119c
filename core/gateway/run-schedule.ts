/**
 * The gateway left to itself: checks by the schedule, and what waits for another try when it is due.
 *
 * 1. One timer, never longer than a minute: a clock that is set, or a machine that slept, is noticed by then.
 * 2. A check that was missed is made up for once.
 * 3. A run that fails for a fault is told and does not end the schedule.
 */
import type { Clock } from "../model/ports.ts";
import type { Settings } from "../model/settings.ts";
import { nextCheckAt } from "../schedule/check-times.ts";
import type { MailRuns } from "./mail-runs.ts";

const LONGEST = 60_000;

export interface ScheduleParts {
  readonly clock: Clock;
  readonly runs: Pick<MailRuns, "scheduled" | "nextDeliveryAt" | "nextCheckAt">;
  readonly settings: () => Settings;
  readonly onFault: (error: unknown, doing: string) => void;
}

/** The returned function ends it; a run that is under way goes on. */
export function runSchedule({ clock, runs, settings, onFault }: ScheduleParts): () => void {
  const startedAt = new Map<string, number>();
  let stopped = false;
  let disarm = (): void => undefined;

  const checkAt = (account: Settings["accounts"][number], now: number): number | null =>
    nextCheckAt(settings().schedule, startedAt.get(account.id) ?? null, now, account.intervalMinutes);

  const enabled = () => settings().accounts.filter((account) => account.enabled);

  const tick = async (): Promise<void> => {
    const now = clock.now();
    const due = enabled().filter((account) => (checkAt(account, now) ?? Number.POSITIVE_INFINITY) <= now);
    const delivery = runs.nextDeliveryAt();
    if (due.length > 0 || (delivery !== null && delivery <= now)) {
      for (const { id } of due) startedAt.set(id, now);
      await runs.scheduled(due.map(({ id }) => id));
    }
  };

  const arm = (): void => {
    if (stopped) return;
    const now = clock.now();
    const checks = enabled().flatMap((account) => checkAt(account, now) ?? []);
    const nextCheck = checks.length === 0 ? null : Math.min(...checks);
    runs.nextCheckAt(nextCheck);
    const next = Math.min(
      nextCheck ?? Number.POSITIVE_INFINITY,
      runs.nextDeliveryAt() ?? Number.POSITIVE_INFINITY,
    );
    disarm = clock.after(Math.min(LONGEST, Math.max(250, next - now)), () => {
      tick()
        .catch((error: unknown) => {
          if (!stopped) onFault(error, "a scheduled run");
        })
        .finally(arm);
    });
  };

  tick()
    .catch((error: unknown) => onFault(error, "a scheduled run"))
    .finally(arm);
  return () => {
    stopped = true;
    disarm();
  };
}

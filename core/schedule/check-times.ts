/**
 * When the next check is due. Pure; all in the machine's local time.
 *
 * 1. The interval is the weekday's or the weekend's, by the day on which the check would fall.
 * 2. A day is open all day, never, or between two times (`to` may be 24:00; `to` before `from` runs over
 *    midnight into the next day).
 * 3. Elapsed time counts, not wall-clock minutes: an hour that daylight saving skips or repeats neither loses
 *    nor doubles a check.
 * 4. A check that was missed (machine asleep, window closed) is made up for once, not once per interval.
 */
import type { Settings } from "../model/settings.ts";

export type ScheduleSettings = Settings["schedule"];

const MINUTE = 60_000;
const DAYS_AHEAD = 8;

/** The time of the next check (ms since 1970), not before `now`; null when no day is open at all. */
export function nextCheckAt(
  schedule: ScheduleSettings,
  lastStartedAt: number | null,
  now: number,
  intervalMinutes: number | null = null,
): number | null {
  const interval = (at: number) => (intervalMinutes ?? intervalOf(schedule, at)) * MINUTE;
  const wanted =
    lastStartedAt === null || lastStartedAt > now ? now : Math.max(now, lastStartedAt + interval(now));
  return firstOpen(schedule, wanted);
}

function intervalOf(schedule: ScheduleSettings, at: number): number {
  const day = new Date(at).getDay();
  return day === 0 || day === 6 ? schedule.weekendMinutes : schedule.weekdayMinutes;
}

/** The first moment at or after `at` that lies in an open window. */
function firstOpen(schedule: ScheduleSettings, at: number): number | null {
  let first: number | null = null;
  // A window of the day before may still be open (over midnight).
  for (let offset = -1; offset <= DAYS_AHEAD; offset += 1) {
    const window = windowOf(schedule, at, offset);
    if (window === null || window.end <= at) continue;
    const open = Math.max(at, window.start);
    if (first === null || open < first) first = open;
  }
  return first;
}

function windowOf(
  schedule: ScheduleSettings,
  at: number,
  offset: number,
): { readonly start: number; readonly end: number } | null {
  const base = new Date(at);
  const year = base.getFullYear();
  const month = base.getMonth();
  const day = base.getDate() + offset;
  const weekday = (new Date(year, month, day, 12).getDay() + 6) % 7;
  const rule = schedule.days[weekday] ?? "all";
  if (rule === "never") return null;
  if (rule === "all") {
    return { start: new Date(year, month, day).getTime(), end: new Date(year, month, day + 1).getTime() };
  }
  const start = timeOn(year, month, day, rule.from);
  const end = timeOn(year, month, day, rule.to);
  return { start, end: end > start ? end : timeOn(year, month, day + 1, rule.to) };
}

function timeOn(year: number, month: number, day: number, time: string): number {
  const [hours = "0", minutes = "0"] = time.split(":");
  return new Date(year, month, day, Number(hours), Number(minutes)).getTime();
}

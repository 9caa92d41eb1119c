/**
 * When the next check is due. Pure; all in the machine's local time.
 *
 * 1. A check is due at the first moment at which the interval of *that* moment's day has passed since the last
 *    one: weekdays and weekends change over at midnight, in both directions.
 * 2. A day is open all day, never, or between two times (`to` may be 24:00; `to` at or before `from` runs over
 *    midnight into the next day).
 * 3. Elapsed time counts, not wall-clock minutes: an hour that daylight saving skips or repeats neither loses
 *    nor doubles a check. A time that a day does not have is the moment at which its clocks go on; a window
 *    that falls into the hour that is left out opens behind it, for as long as it is.
 * 4. A check that was missed (machine asleep, window closed) is made up for once, not once per interval.
 * 5. A clock that was set back starts afresh, unless it was by a trifle.
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
  const last = lastStartedAt === null || lastStartedAt > now + MINUTE ? null : Math.min(lastStartedAt, now);
  for (let offset = 0; offset <= DAYS_AHEAD; offset += 1) {
    const day = dayOf(now, offset);
    const interval = (intervalMinutes ?? intervalOf(schedule, day)) * MINUTE;
    const earliest = Math.max(now, day.start, last === null ? now : last + interval);
    const open = firstOpen(schedule, day, earliest);
    if (open !== null) return open;
  }
  return null;
}

interface Day {
  readonly year: number;
  readonly month: number;
  /** May lie outside the month; Date puts it right. */
  readonly date: number;
  /** Monday is 0. */
  readonly weekday: number;
  /** ms since 1970 */
  readonly start: number;
  readonly end: number;
}

/** The local day so many days after that of `at`. */
function dayOf(at: number, offset: number): Day {
  const base = new Date(at);
  const year = base.getFullYear();
  const month = base.getMonth();
  const date = base.getDate() + offset;
  return {
    year,
    month,
    date,
    weekday: (new Date(year, month, date, 12).getDay() + 6) % 7,
    start: new Date(year, month, date).getTime(),
    end: new Date(year, month, date + 1).getTime(),
  };
}

function intervalOf(schedule: ScheduleSettings, { weekday }: Day): number {
  return weekday >= 5 ? schedule.weekendMinutes : schedule.weekdayMinutes;
}

/** The first moment of the day, not before `earliest`, that lies in an open window: its own, or yesterday's. */
function firstOpen(schedule: ScheduleSettings, day: Day, earliest: number): number | null {
  const moments = [dayOf(day.start, -1), day].flatMap((from) => {
    const window = windowOf(schedule, from);
    if (window === null) return [];
    const open = Math.max(earliest, window.start);
    return open < Math.min(window.end, day.end) ? [open] : [];
  });
  return moments.length === 0 ? null : Math.min(...moments);
}

function windowOf(
  schedule: ScheduleSettings,
  day: Day,
): { readonly start: number; readonly end: number } | null {
  const rule = schedule.days[day.weekday] ?? "all";
  if (rule === "never") return null;
  if (rule === "all") return { start: day.start, end: day.end };
  const from = minutesOf(rule.from);
  const to = minutesOf(rule.to);
  const overMidnight = to <= from;
  const start = timeOn(day, 0, from);
  const end = timeOn(day, overMidnight ? 1 : 0, to);
  if (end > start) return { start, end };
  return { start, end: start + (to - from) * MINUTE };
}

function minutesOf(time: string): number {
  const [hours = "0", minutes = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** A wall-clock time; one that comes twice is its first, one that is left out the moment after the gap. */
function timeOn({ year, month, date }: Day, daysLater: number, minutes: number): number {
  const at = new Date(year, month, date + daysLater, 0, minutes);
  const shown = at.getHours() * 60 + at.getMinutes();
  if (shown === minutes % 1_440) return at.getTime();
  // Date goes on by the length of the gap; the last minute with the offset of before is found by halves.
  let before = at.getTime() - 3 * 60 * MINUTE;
  let behind = at.getTime();
  const offset = at.getTimezoneOffset();
  while (behind - before > MINUTE) {
    const middle = before + Math.floor((behind - before) / (2 * MINUTE)) * MINUTE;
    if (new Date(middle).getTimezoneOffset() === offset) behind = middle;
    else before = middle;
  }
  return behind;
}

/** The last hours and days in local time, from the history's quarters of an hour. Pure. */
import type { Activity, ActivityBucket, DayCounts } from "../model/activity.ts";
import { QUARTER, type QuarterCounts } from "../spool/activity.ts";

const HOURS = 24;
const DAYS = 30;

/** ms since 1970 at which the last hours begin, the last of them that of `now`; always as long as they really are. */
export function hourStarts(now: number, count = HOURS): readonly number[] {
  const starts: number[] = [];
  for (let start = hourOf(now); starts.length < count; start = hourOf(start - 1)) starts.unshift(start);
  return starts;
}

/** The same for local days. */
export function dayStarts(now: number, count = DAYS): readonly number[] {
  const today = new Date(now);
  return Array.from({ length: count }, (_, index) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - (count - 1 - index)).getTime(),
  );
}

/** `quarters`: from the first of `dayStarts` on. */
export function activityOf(quarters: ReadonlyMap<number, QuarterCounts>, now: number): Activity {
  const days = sums(quarters, dayStarts(now), now);
  const none: DayCounts = { collected: 0, delivered: 0, errors: 0, junk: 0 };
  const dayOf = (sum: Sum | undefined): DayCounts => (sum === undefined ? none : sum.counts);
  return {
    hours: sums(quarters, hourStarts(now), now).map(bucket),
    days: days.map(bucket),
    today: dayOf(days.at(-1)),
    yesterday: dayOf(days.at(-2)),
  };
}

interface Sum {
  readonly from: number;
  readonly counts: DayCounts;
}

function sums(
  quarters: ReadonlyMap<number, QuarterCounts>,
  starts: readonly number[],
  now: number,
): readonly Sum[] {
  const found = starts.map((from) => ({ from, counts: { collected: 0, delivered: 0, errors: 0, junk: 0 } }));
  for (const [quarter, { collected, delivered, errors, junk }] of quarters) {
    const at = quarter * QUARTER;
    // Entered by a clock that was ahead.
    if (at > now) continue;
    const counts = found.findLast(({ from }) => from <= at)?.counts;
    if (counts === undefined) continue;
    counts.collected += collected;
    counts.delivered += delivered;
    counts.errors += errors;
    counts.junk += junk;
  }
  return found;
}

function bucket({ from, counts }: Sum): ActivityBucket {
  const { collected, delivered, errors, junk } = counts;
  return { from, collected, delivered, failed: errors + junk };
}

/** The minutes of a local hour are those of the clock on the wall, whatever happened to its hours. */
function hourOf(at: number): number {
  const date = new Date(at);
  return at - (date.getMinutes() * 60_000 + date.getSeconds() * 1_000 + date.getMilliseconds());
}

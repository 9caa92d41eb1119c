/**
 * A year in three time zones, with both daylight-saving changes: what check-times says against a plain look at
 * the clock on the wall, minute by minute.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nextCheckAt, type ScheduleSettings } from "../../core/schedule/check-times.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Local dates of 2026 on which the clocks go on and back, and the hours that are left out and come twice. */
const zones = [
  { zone: "Europe/Berlin", on: [2, 29], back: [9, 25], twice: "02" },
  { zone: "America/New_York", on: [2, 8], back: [10, 1], twice: "01" },
  { zone: "Australia/Sydney", on: [9, 4], back: [3, 5], twice: "02" },
] as const;

const every = <T>(value: T): T[] => Array.from({ length: 7 }, () => value);
const office = { from: "08:00", to: "18:30" };
const night = { from: "22:00", to: "05:15" };
const schedules: readonly (readonly [string, ScheduleSettings, number | null])[] = [
  ["all day, every day", { weekdayMinutes: 10, weekendMinutes: 30, days: every("all") }, null],
  ["longer intervals on weekdays", { weekdayMinutes: 300, weekendMinutes: 7, days: every("all") }, null],
  [
    "office hours",
    {
      weekdayMinutes: 15,
      weekendMinutes: 120,
      days: [office, office, office, office, office, { from: "09:00", to: "12:00" }, "never"],
    },
    null,
  ],
  [
    "over midnight",
    { weekdayMinutes: 60, weekendMinutes: 90, days: [...every(night).slice(2), "never", "all"] },
    null,
  ],
  [
    "until 24:00",
    { weekdayMinutes: 45, weekendMinutes: 45, days: every({ from: "20:00", to: "24:00" }) },
    null,
  ],
  ["an account's own interval", { weekdayMinutes: 10, weekendMinutes: 30, days: every(office) }, 7],
];

/** Whether the clock on the wall is in a window; nothing of the code under test. */
function isOpen({ days }: ScheduleSettings, at: Date): boolean {
  const time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const day = (at.getDay() + 6) % 7;
  const today = days[day] ?? "never";
  if (today === "all") return true;
  if (
    today !== "never" &&
    (today.to > today.from ? time >= today.from && time < today.to : time >= today.from)
  )
    return true;
  const yesterday = days[(day + 6) % 7] ?? "never";
  return typeof yesterday === "object" && yesterday.to <= yesterday.from && time < yesterday.to;
}

function checksByTheWall(schedule: ScheduleSettings, own: number | null, from: number, to: number): number[] {
  const checks: number[] = [];
  let last: number | null = null;
  for (let at = from; at < to; at += MINUTE) {
    const date = new Date(at);
    const weekend = date.getDay() === 0 || date.getDay() === 6;
    const interval = (own ?? (weekend ? schedule.weekendMinutes : schedule.weekdayMinutes)) * MINUTE;
    if ((last === null || at - last >= interval) && isOpen(schedule, date)) {
      checks.push(at);
      last = at;
    }
  }
  return checks;
}

function checks(schedule: ScheduleSettings, own: number | null, from: number, to: number): number[] {
  const found: number[] = [];
  let last: number | null = null;
  let now = from;
  for (;;) {
    const next = nextCheckAt(schedule, last, now, own);
    if (next === null || next >= to) return found;
    found.push(next);
    last = next;
    now = next;
  }
}

const wall = (at: number) => new Date(at).toString().slice(0, 33);

describe.each(zones)("a year in $zone", ({ zone, on, back, twice }) => {
  const before = process.env["TZ"];
  beforeEach(() => {
    process.env["TZ"] = zone;
  });
  afterEach(() => {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  });

  it("has the two changes where the test believes them", () => {
    expect([dayLength(on), dayLength(back)]).toEqual([23 * HOUR, 25 * HOUR]);
  });

  it.each(schedules)("%s", (_name, schedule, own) => {
    const from = new Date(2026, 0, 1).getTime();
    const to = new Date(2027, 0, 1).getTime();
    expect(checks(schedule, own, from, to).map(wall)).toEqual(
      checksByTheWall(schedule, own, from, to).map(wall),
    );
  });

  it("says the same at every moment before the check", () => {
    for (const [, schedule, own] of schedules) {
      for (const [month, date] of [on, back]) {
        const from = new Date(2026, month, date - 2, 12).getTime();
        const expected = nextCheckAt(schedule, from, from, own);
        for (let now = from; expected !== null && now <= expected; now += 13 * MINUTE) {
          expect(nextCheckAt(schedule, from, now, own)).toBe(expected);
        }
      }
    }
  });

  it("neither leaves out nor repeats a window that lies in the hour of the change", () => {
    const once = { weekdayMinutes: 30, weekendMinutes: 30 };
    const in30 = { ...once, days: every({ from: "02:15", to: "02:45" }) };
    const in60 = { ...once, days: every({ from: "02:00", to: "03:00" }) };
    const through = { ...once, days: every({ from: "02:30", to: "04:00" }) };
    const times = (schedule: ScheduleSettings, [month, date]: readonly [number, number]) =>
      checks(
        schedule,
        null,
        new Date(2026, month, date).getTime(),
        new Date(2026, month, date + 1).getTime(),
      ).map((at) => new Date(at).toTimeString().slice(0, 5));
    expect(times(in30, on)).toEqual(["03:00"]);
    expect(times(in60, on)).toEqual(["03:00", "03:30"]);
    expect(times(through, on)).toEqual(["03:00", "03:30"]);
    const early = { ...once, days: every({ from: `${twice}:15`, to: `${twice}:45` }) };
    const around = { ...once, days: every({ from: `${twice}:30`, to: "03:30" }) };
    expect(times(early, back)).toEqual([`${twice}:15`]);
    const behind = twice === "01" ? ["02:00", "02:30", "03:00"] : ["03:00"];
    expect(times(around, back)).toEqual([`${twice}:30`, `${twice}:00`, `${twice}:30`, ...behind]);
  });

  it("makes up once for a night that the machine slept through, also over a change", () => {
    const schedule = { weekdayMinutes: 10, weekendMinutes: 10, days: every("all" as const) };
    for (const [month, date] of [on, back]) {
      const last = new Date(2026, month, date - 1, 22).getTime();
      const woken = new Date(2026, month, date, 7, 3).getTime();
      expect(nextCheckAt(schedule, last, woken)).toBe(woken);
      expect(nextCheckAt(schedule, woken, woken)).toBe(woken + 10 * MINUTE);
    }
  });

  function dayLength([month, date]: readonly [number, number]): number {
    return new Date(2026, month, date + 1).getTime() - new Date(2026, month, date).getTime();
  }
});

describe("midnight", () => {
  const schedule = { weekdayMinutes: 10, weekendMinutes: 300, days: every("all" as const) };
  const at = (day: number, hours: number, minutes: number) =>
    new Date(2026, 10, day, hours, minutes).getTime();

  it("is when the weekend's interval begins to count", () => {
    expect(nextCheckAt(schedule, at(20, 23, 55), at(20, 23, 56))).toBe(at(21, 4, 55));
  });

  it("is when the weekday's does", () => {
    expect(nextCheckAt(schedule, at(22, 22, 0), at(22, 23, 0))).toBe(at(23, 0, 0));
    expect(nextCheckAt(schedule, at(22, 23, 57), at(22, 23, 58))).toBe(at(23, 0, 7));
  });
});

describe("a clock that is set", () => {
  const schedule = { weekdayMinutes: 10, weekendMinutes: 10, days: every("all" as const) };
  const now = Date.UTC(2026, 10, 20, 12);

  it.each([
    ["back by a trifle: the interval goes on", now + 500, now + 10 * MINUTE],
    ["back by an hour: afresh", now + HOUR, now],
    ["on by a day: once", now - 24 * HOUR, now],
  ])("%s", (_name, last, expected) => {
    expect(nextCheckAt(schedule, last, now)).toBe(expected);
  });
});

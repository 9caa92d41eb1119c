import { describe, expect, it } from "vitest";
import { nextCheckAt, type ScheduleSettings } from "../../core/schedule/check-times.ts";

const always: ScheduleSettings = {
  weekdayMinutes: 10,
  weekendMinutes: 30,
  days: ["all", "all", "all", "all", "all", "all", "all"],
};
const at = (text: string) => new Date(text).getTime();
const text = (time: number | null) => (time === null ? null : new Date(time).toString().slice(0, 21));

describe("nextCheckAt", () => {
  it("is now when nothing was ever checked", () => {
    expect(nextCheckAt(always, null, at("2026-11-20T10:00:00"))).toBe(at("2026-11-20T10:00:00"));
  });

  it.each([
    ["a weekday", "2026-11-20T10:00:00", "2026-11-20T10:03:00", "Fri Nov 20 2026 10:10"],
    ["a weekend", "2026-11-21T10:00:00", "2026-11-21T10:03:00", "Sat Nov 21 2026 10:30"],
    [
      "a missed check is made up for once, at once",
      "2026-11-20T10:00:00",
      "2026-11-20T13:07:00",
      "Fri Nov 20 2026 13:07",
    ],
    ["a clock set back starts afresh", "2026-11-20T10:00:00", "2026-11-20T09:00:00", "Fri Nov 20 2026 09:00"],
  ])("%s", (_name, last, now, expected) => {
    expect(text(nextCheckAt(always, at(last), at(now)))).toBe(expected);
  });

  it("waits for the window of the day", () => {
    const office = { from: "08:00", to: "18:00" };
    const schedule: ScheduleSettings = {
      ...always,
      days: [office, office, office, office, office, "never", "never"],
    };
    expect(text(nextCheckAt(schedule, null, at("2026-11-20T07:00:00")))).toBe("Fri Nov 20 2026 08:00");
    expect(text(nextCheckAt(schedule, null, at("2026-11-20T18:00:00")))).toBe("Mon Nov 23 2026 08:00");
  });

  it("knows windows over midnight", () => {
    const night = { from: "22:00", to: "05:00" };
    const schedule: ScheduleSettings = { ...always, days: Array.from({ length: 7 }, () => night) };
    expect(text(nextCheckAt(schedule, null, at("2026-11-20T02:00:00")))).toBe("Fri Nov 20 2026 02:00");
    expect(text(nextCheckAt(schedule, null, at("2026-11-20T05:00:00")))).toBe("Fri Nov 20 2026 22:00");
  });

  it("is null when every day is closed", () => {
    const schedule: ScheduleSettings = { ...always, days: Array.from({ length: 7 }, () => "never" as const) };
    expect(nextCheckAt(schedule, null, at("2026-11-20T02:00:00"))).toBeNull();
  });

  it("an account's own interval wins", () => {
    expect(text(nextCheckAt(always, at("2026-11-20T10:00:00"), at("2026-11-20T10:00:30"), 2))).toBe(
      "Fri Nov 20 2026 10:02",
    );
  });
});

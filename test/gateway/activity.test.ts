import { afterEach, expect, test } from "vitest";
import { activityOf, dayStarts, hourStarts } from "../../core/gateway/activity.ts";
import { QUARTER, type QuarterCounts } from "../../core/spool/activity.ts";

const HOUR = 3_600_000;
const zone = process.env["TZ"];
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);

test.each<[string, string, readonly string[]]>([
  ["UTC", "2026-11-20T12:34:56Z", ["2026-11-20T11:00", "2026-11-20T12:00"]],
  ["Asia/Kolkata", "2026-11-20T12:34:56Z", ["2026-11-20T11:30", "2026-11-20T12:30"]],
  // The clock goes from 3:00 to 2:00 at 1:00 UTC: the hour that is there twice is two hours.
  ["Europe/Berlin", "2026-10-25T01:30:00Z", ["2026-10-25T00:00", "2026-10-25T01:00"]],
  ["Europe/Berlin", "2026-03-29T01:30:00Z", ["2026-03-29T00:00", "2026-03-29T01:00"]],
])("the hours in %s before %s", (name, now, starts) => {
  process.env["TZ"] = name;
  expect(hourStarts(Date.parse(now), 2).map(iso)).toEqual(starts);
});

test.each<[string, string, readonly number[]]>([
  ["Europe/Berlin", "2026-10-26T10:00:00Z", [24, 25, 24]],
  ["Europe/Berlin", "2026-03-30T10:00:00Z", [24, 23, 24]],
  ["UTC", "2026-03-01T10:00:00Z", [24, 24, 24]],
])("the days in %s before %s are as long as they were", (name, now, hours) => {
  process.env["TZ"] = name;
  const starts = dayStarts(Date.parse(now), 3);
  const ends = [...starts.slice(1), new Date(starts[2] ?? 0).setHours(24, 0, 0, 0)];
  expect(starts.map((start, index) => ((ends[index] ?? 0) - start) / HOUR)).toEqual(hours);
  expect(starts.map((start) => new Date(start).getHours())).toEqual([0, 0, 0]);
});

test("each quarter of an hour counts in its hour and its day, what is in the future nowhere", () => {
  process.env["TZ"] = "Europe/Berlin";
  const now = Date.parse("2026-11-20T10:20:00Z");
  const counts = (collected: number, delivered = 0, errors = 0, junk = 0): QuarterCounts => ({
    collected,
    delivered,
    errors,
    junk,
  });
  const at = (text: string): number => Date.parse(text) / QUARTER;
  const found = activityOf(
    new Map([
      [at("2026-10-01T10:00:00Z"), counts(1_000)],
      [at("2026-11-18T23:00:00Z"), counts(500)],
      [at("2026-11-19T22:45:00Z"), counts(7, 1, 1, 1)],
      [at("2026-11-19T23:00:00Z"), counts(20, 10)],
      [at("2026-11-20T09:45:00Z"), counts(3, 2, 4, 5)],
      [at("2026-11-20T10:15:00Z"), counts(1)],
      [at("2026-11-20T10:30:00Z"), counts(99)],
    ]),
    now,
  );
  expect([found.hours.length, found.days.length]).toEqual([24, 30]);
  expect(found.hours.slice(-2)).toEqual([
    { from: Date.parse("2026-11-20T09:00:00Z"), collected: 3, delivered: 2, failed: 9 },
    { from: Date.parse("2026-11-20T10:00:00Z"), collected: 1, delivered: 0, failed: 0 },
  ]);
  expect(found.days.slice(-2)).toEqual([
    { from: Date.parse("2026-11-18T23:00:00Z"), collected: 507, delivered: 1, failed: 2 },
    { from: Date.parse("2026-11-19T23:00:00Z"), collected: 24, delivered: 12, failed: 9 },
  ]);
  expect(found.today).toEqual({ collected: 24, delivered: 12, errors: 4, junk: 5 });
  expect(found.yesterday).toEqual({ collected: 507, delivered: 1, errors: 1, junk: 1 });
});

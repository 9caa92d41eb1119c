import { describe, expect, it } from "vitest";
import { parseMailDate } from "../../core/wire/date-time.ts";

describe("parseMailDate", () => {
  it.each([
    ["Fri, 20 Nov 2026 15:20:36 +0000", "2026-11-20T15:20:36Z"],
    ["Fri, 20 Nov 2026 15:20:36 +0130 (whatever)", "2026-11-20T13:50:36Z"],
    ["20 Nov 2026 15:20 -0500", "2026-11-20T20:20:00Z"],
    ["Fri, 20 Nov 26 15:20:36 EST", "2026-11-20T20:20:36Z"],
    ["20 Nov 99 15:20:36 GMT", "1999-11-20T15:20:36Z"],
    ["Fri,20 Nov 2026 15:20:36", "2026-11-20T15:20:36Z"],
    ["Fri Nov 20 15:20:36 2026", "2026-11-20T15:20:36Z"],
    ["Fri Nov  6 15:20:36 PST 2026", "2026-11-06T23:20:36Z"],
    ["Friday, 20-Nov-26 15.20.36 +0000", "2026-11-20T15:20:36Z"],
    ["Fri, 20 Nov 2026 15: 20: 36 +0000 (UTC)", "2026-11-20T15:20:36Z"],
    ["31 Dec 2026 23:59:60 +0000", "2026-12-31T23:59:59Z"],
  ])("%s", (text, expected) => {
    expect(new Date(parseMailDate(text) ?? Number.NaN).toISOString()).toBe(expected.replace("Z", ".000Z"));
  });

  it.each(["", "yesterday", "32 Nov 2026 10:00", "20 Foo 2026 10:00", "20 Nov 2026 25:00", "2026-11-20"])(
    "no date: %s",
    (text) => {
      expect(parseMailDate(text)).toBeNull();
    },
  );
});

import { expect, test } from "vitest";
import {
  kindOf,
  runsOverMidnight,
  shownEnd,
  storedEnd,
  windowOf,
} from "../../../../renderer/tabs/schedule/day-window.ts";

const morning = { from: "06:30", to: "12:00" };

test("the choice that a day shows", () => {
  expect(["all" as const, "never" as const, morning].map(kindOf)).toEqual(["all", "never", "between"]);
});

test("times come back when a day is open between two again", () => {
  expect(windowOf("all", morning)).toBe("all");
  expect(windowOf("never", morning)).toBe("never");
  expect(windowOf("between", morning)).toEqual(morning);
  expect(windowOf("between", "never")).toEqual({ from: "08:00", to: "18:00" });
  expect(windowOf("between", undefined)).toEqual({ from: "08:00", to: "18:00" });
});

test("the end of the day is midnight on a clock", () => {
  expect(["24:00", "18:00", "00:00"].map(shownEnd)).toEqual(["00:00", "18:00", "00:00"]);
  expect(["00:00", "18:00", ""].map(storedEnd)).toEqual(["24:00", "18:00", ""]);
});

test.each([
  [morning, false],
  [{ from: "22:00", to: "06:00" }, true],
  [{ from: "08:00", to: "08:00" }, true],
  [{ from: "00:00", to: "24:00" }, false],
  ["all" as const, false],
])("%o runs over midnight: %o", (window, over) => {
  expect(runsOverMidnight(window)).toBe(over);
});

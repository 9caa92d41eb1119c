import { expect, test } from "vitest";
import { median, pairedRatio, rotate, spread } from "./statistics.ts";

test("the median is the middle one, or lies between the two middle ones", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
  expect(median([])).toBeNaN();
  // As numbers, not as texts.
  expect(median([100, 9, 20])).toBe(20);
});

test("a spread has median, least and most", () => {
  expect(spread([5, 1, 3])).toEqual({ median: 3, least: 1, most: 5 });
});

test("the order rotates, so that each is first once", () => {
  const items = ["a", "b", "c"];
  expect([0, 1, 2, 3].map((round) => rotate(items, round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
  expect(rotate([], 3)).toEqual([]);
});

test("ratios are taken round by round, so that a slow moment of the machine falls out", () => {
  const ours = [
    { round: 0, value: 10 },
    { round: 1, value: 2 },
    { round: 2, value: 30 },
  ];
  const theirs = [
    { round: 0, value: 5 },
    { round: 1, value: 1 },
    { round: 3, value: 100 },
  ];
  expect(pairedRatio(ours, theirs)).toBe(2);
  expect(pairedRatio(ours, [])).toBe(null);
});

import { expect, test } from "vitest";
import { addSample, rateOf, type Sample } from "../../../renderer/state/rate.ts";

const after = (...samples: readonly (readonly [number, number])[]): readonly Sample[] =>
  samples.reduce<readonly Sample[]>((all, [at, octets]) => addSample(all, { at, octets }), []);

test("nothing is said of a moment", () => {
  expect(rateOf([])).toBeNull();
  expect(rateOf(after([0, 0]))).toBeNull();
  expect(rateOf(after([0, 0], [499, 1_000]))).toBeNull();
});

test("octets a second over the last five seconds", () => {
  expect(rateOf(after([0, 0], [500, 1_000]))).toBe(2_000);
  expect(rateOf(after([0, 0], [1_000, 9_000], [6_000, 19_000]))).toBe(2_000);
});

test("a new run begins anew", () => {
  expect(rateOf(after([0, 5_000], [1_000, 10_000], [1_100, 0]))).toBeNull();
  expect(rateOf(after([0, 5_000], [1_000, 0], [2_000, 300]))).toBe(300);
});

import { expect, test } from "vitest";
import { cpuShare, idleCost, idleSection, type Second } from "./idle.ts";

const quiet: Second = { cpu: 0.001, checks: 0 };

test("quiet seconds are those without a check in them or just before them", () => {
  const seconds = [quiet, { cpu: 0.101, checks: 10 }, { cpu: 0.051, checks: 0 }, quiet, quiet];
  const cost = idleCost(seconds);
  expect(cost.perQuietSecond).toBeCloseTo(0.001, 9);
  expect(cost.perCheck).toBeCloseTo(0.015, 9);
  // Ten accounts every five minutes: 0.15 s in 300 s, and what is needed all the time.
  expect(cpuShare(cost, 10, 5)).toBeCloseTo(0.0015, 9);
});

test("a time without a check proves nothing", () => {
  const { verdicts, faults } = idleSection([quiet, quiet], { now: 1, peak: 2 });
  expect([verdicts, faults.length]).toEqual([[], 1]);
});

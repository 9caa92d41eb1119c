import { expect, test } from "vitest";
import { atMostEvery } from "../../core/util/at-most-every.ts";
import { FakeClock } from "../support/fake-clock.ts";

test("at once, then not sooner than the pause; what is asked meanwhile is done once, at its end", async () => {
  const clock = new FakeClock(0);
  const runs: number[] = [];
  const throttle = atMostEvery(clock, 100, () => runs.push(clock.now()));
  throttle.request();
  throttle.request();
  await clock.advance(50);
  throttle.request();
  expect(runs).toEqual([0]);
  await clock.advance(50);
  expect(runs).toEqual([0, 100]);
  await clock.advance(1_000);
  expect([runs, clock.pending]).toEqual([[0, 100], 0]);
  throttle.request();
  throttle.request();
  throttle.stop();
  await clock.advance(1_000);
  expect([runs, clock.pending]).toEqual([[0, 100, 1_100], 0]);
});

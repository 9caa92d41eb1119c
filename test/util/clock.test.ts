import { expect, test } from "vitest";
import { systemClock } from "../../core/util/system-clock.ts";
import { FakeClock } from "../support/fake-clock.ts";

test("the fake clock runs what is due in order, also what is armed meanwhile", async () => {
  const clock = new FakeClock(1_000);
  const ran: string[] = [];
  const say = (name: string) => () => ran.push(`${name}@${clock.now()}`);
  clock.after(30, say("c"));
  clock.after(10, () => {
    say("a")();
    clock.after(10, say("b"));
  });
  const disarm = clock.after(15, say("never"));
  disarm();
  clock.after(31, say("later"));
  expect(clock.nextAt()).toBe(1_010);
  await clock.advance(30);
  expect([ran, clock.now(), clock.pending]).toEqual([["a@1010", "b@1020", "c@1030"], 1_030, 1]);
});

test("setting the wall clock runs no timer and moves none", async () => {
  const clock = new FakeClock(0);
  let ran = 0;
  const disarm = clock.after(10, () => {
    ran += 1;
  });
  clock.step(1_000_000);
  await clock.advance(9);
  expect([ran, clock.now(), clock.nextAt()]).toEqual([0, 1_000_009, 1_000_010]);
  disarm();
  await clock.advance(10);
  expect(ran).toBe(0);
});

test("the system's clock tells the time, runs a timer once and disarms another", async () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  let disarmed = true;
  systemClock.after(1, () => {
    disarmed = false;
  })();
  // A delay longer than any timer of the platform neither fires at once nor keeps the process.
  systemClock.after(10_000_000_000, () => {
    disarmed = false;
  });
  // Its timers are unref'd: this one holds the process open meanwhile.
  const hold = setInterval(() => undefined, 1_000);
  await new Promise<void>((resolve) => systemClock.after(5, resolve));
  clearInterval(hold);
  expect(disarmed).toBe(true);
});

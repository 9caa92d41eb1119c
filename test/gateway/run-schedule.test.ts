import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runSchedule } from "../../core/gateway/run-schedule.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { goodRun } from "../support/fake-gateway.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const MINUTE = 60_000;

async function setUp(accounts: readonly Record<string, unknown>[] = [{ id: "main" }]) {
  // A Friday, local time.
  const clock = new FakeClock(new Date(2026, 10, 20, 12).getTime());
  const start = clock.now();
  const done: string[] = [];
  const faults: unknown[] = [];
  let deliveryAt: number | null = null;
  let failing = false;
  let nextCheck: number | null = null;
  const settings = sampleSettings({
    accounts: accounts.map((account) => ({
      host: "pop.example.net",
      username: "u",
      password: { scheme: "x", value: "" },
      ...account,
    })),
  });
  const stop = runSchedule({
    clock,
    settings: () => settings,
    onFault: (error) => faults.push(error),
    runs: {
      async scheduled(ids) {
        done.push(`${(clock.now() - start) / MINUTE}: ${ids.join(",")}`);
        if (failing) throw new Error("bug");
        deliveryAt = null;
        return goodRun;
      },
      nextDeliveryAt: () => deliveryAt,
      nextCheckAt: (at) => {
        nextCheck = at === null ? null : (at - start) / MINUTE;
      },
    },
  });
  // The first run is at once; then the timer is armed.
  await setImmediate();
  return {
    clock,
    done,
    faults,
    stop,
    nextCheck: () => nextCheck,
    deliverIn: (minutes: number) => {
      deliveryAt = clock.now() + minutes * MINUTE;
    },
    fail: (value: boolean) => {
      failing = value;
    },
  };
}

describe("runSchedule", () => {
  it("checks at once and then by the interval", async () => {
    const { clock, done, nextCheck } = await setUp();
    await clock.advance(21 * MINUTE);
    expect(done).toEqual(["0: main", "10: main", "20: main"]);
    expect(nextCheck()).toBe(30);
  });

  it("gives each account its own interval and leaves out those that are switched off", async () => {
    const { clock, done } = await setUp([
      { id: "a" },
      { id: "b", intervalMinutes: 5 },
      { id: "c", enabled: false },
    ]);
    await clock.advance(11 * MINUTE);
    expect(done).toEqual(["0: a,b", "5: b", "10: a,b"]);
  });

  it("delivers what is due between checks, without collecting", async () => {
    const { clock, done, deliverIn } = await setUp();
    await clock.advance(MINUTE);
    deliverIn(2);
    await clock.advance(5 * MINUTE);
    expect(done).toEqual(["0: main", "3: "]);
  });

  it("goes on after a fault", async () => {
    const { clock, done, faults, fail } = await setUp();
    await clock.advance(MINUTE);
    fail(true);
    await clock.advance(10 * MINUTE);
    fail(false);
    await clock.advance(10 * MINUTE);
    expect(done).toEqual(["0: main", "10: main", "20: main"]);
    expect(faults).toEqual([new Error("bug")]);
  });

  it("leaves no timer behind", async () => {
    const { clock, done, stop } = await setUp();
    await clock.advance(MINUTE);
    stop();
    expect(clock.pending).toBe(0);
    await clock.advance(60 * MINUTE);
    expect(done).toEqual(["0: main"]);
  });
});

import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runSchedule } from "../../core/gateway/run-schedule.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { goodRun } from "../support/fake-gateway.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const MINUTE = 60_000;

async function setUp(
  accounts: readonly Record<string, unknown>[] = [{ id: "main" }],
  schedule: Record<string, unknown> = {},
  // A Friday, local time.
  from = new Date(2026, 10, 20, 12),
) {
  const clock = new FakeClock(from.getTime());
  const start = clock.now();
  const done: string[] = [];
  const faults: unknown[] = [];
  let deliveryAt: number | null = null;
  let failing = false;
  let stuck = false;
  let unreadable = false;
  let marker = false;
  let paused = false;
  let nextCheck: number | null = null;
  const settings = sampleSettings({
    accounts: accounts.map((account) => ({
      host: "pop.example.net",
      username: "u",
      password: { scheme: "x", value: "" },
      ...account,
    })),
    schedule,
  });
  const stop = runSchedule({
    clock,
    settings: () => settings,
    paused: () => paused,
    async takeMarker() {
      const was = marker;
      marker = false;
      return was;
    },
    onFault: (error) => faults.push(error),
    runs: {
      async check() {
        done.push(`${(clock.now() - start) / MINUTE}: all`);
        return goodRun;
      },
      async scheduled(ids) {
        done.push(`${(clock.now() - start) / MINUTE}: ${ids.join(",")}`);
        if (failing) throw new Error("bug");
        if (!stuck) deliveryAt = null;
        return goodRun;
      },
      nextDeliveryAt: () => {
        if (unreadable) throw new Error("journal");
        return deliveryAt;
      },
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
    /** What is due stays so. */
    fillDisk: () => {
      stuck = true;
    },
    breakJournal: (value: boolean) => {
      unreadable = value;
    },
    pause: (value: boolean) => {
      paused = value;
    },
    putMarker: () => {
      marker = true;
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

  it("does not run over and over for what stays due: once a minute", async () => {
    const { clock, done, deliverIn, fillDisk } = await setUp([]);
    fillDisk();
    deliverIn(1);
    await clock.advance(4.5 * MINUTE);
    expect(done).toEqual(["1: ", "2: ", "3: ", "4: "]);
  });

  it("goes on when the journal cannot be read for a while", async () => {
    const { clock, done, faults, breakJournal } = await setUp();
    breakJournal(true);
    await clock.advance(12 * MINUTE);
    expect(faults.length).toBeGreaterThan(0);
    breakJournal(false);
    await clock.advance(2 * MINUTE);
    expect(done).toEqual(["0: main", `${12 + 5 / 60}: main`]);
  });

  it("checks all accounts when the marker file appears, within seconds; their intervals begin anew", async () => {
    const { clock, done, putMarker } = await setUp([{ id: "a" }, { id: "b", intervalMinutes: 60 }]);
    await clock.advance(3 * MINUTE);
    putMarker();
    await clock.advance(5_000);
    expect(done).toEqual(["0: a,b", `${3 + 5 / 60}: all`]);
    await clock.advance(10 * MINUTE);
    expect(done.slice(2)).toEqual([`${13 + 5 / 60}: a`]);
  });

  it("checks for the marker file while every window is closed", async () => {
    const { clock, done, putMarker, nextCheck } = await setUp([{ id: "a" }], {
      days: Array.from({ length: 7 }, () => "never"),
    });
    await clock.advance(60 * MINUTE);
    expect([done, nextCheck()]).toEqual([[], null]);
    putMarker();
    await clock.advance(MINUTE);
    expect(done).toEqual(["60.083333333333336: all"]);
  });

  it("checks once after a sleep over several checks, and goes on from there", async () => {
    const { clock, done } = await setUp();
    await clock.advance(MINUTE);
    // The machine sleeps: the wall clock goes on, no timer does.
    clock.step(8 * 60 * MINUTE);
    await clock.advance(21 * MINUTE);
    expect(done).toEqual([
      "0: main",
      `${481 + 5 / 60}: main`,
      `${491 + 5 / 60}: main`,
      `${501 + 5 / 60}: main`,
    ]);
  });

  it("goes on by the new time when the clock is set back", async () => {
    const { clock, done } = await setUp();
    await clock.advance(5 * MINUTE);
    clock.step(-3 * 60 * MINUTE);
    await clock.advance(21 * MINUTE);
    expect(done).toEqual([
      "0: main",
      `${-175 + 5 / 60}: main`,
      `${-165 + 5 / 60}: main`,
      `${-155 + 5 / 60}: main`,
    ]);
  });

  it.each([
    ["on", new Date("2026-03-29T00:00:00+01:00"), 23],
    ["back", new Date("2026-10-25T00:00:00+02:00"), 25],
  ])("checks every hour of a day whose clocks go %s, once each", async (_name, from, hours) => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "Europe/Berlin";
    try {
      const { clock, done } = await setUp(undefined, { weekdayMinutes: 300, weekendMinutes: 60 }, from);
      await clock.advance(hours * 60 * MINUTE - 1);
      expect(done).toEqual(Array.from({ length: hours }, (_, hour) => `${hour * 60}: main`));
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  it("leaves no timer behind", async () => {
    const { clock, done, stop } = await setUp();
    await clock.advance(MINUTE);
    stop();
    expect(clock.pending).toBe(0);
    await clock.advance(60 * MINUTE);
    expect(done).toEqual(["0: main"]);
  });

  it("begins nothing while paused, leaves the marker file, and makes up for it afterwards", async () => {
    const { clock, done, deliverIn, pause, putMarker, nextCheck } = await setUp();
    await clock.advance(MINUTE);
    pause(true);
    deliverIn(1);
    putMarker();
    await clock.advance(30 * MINUTE);
    expect(done).toEqual(["0: main"]);
    pause(false);
    await clock.advance(MINUTE);
    const at = 31 + 5 / 60;
    expect(done).toEqual(["0: main", `${at}: all`]);
    expect(nextCheck()).toBe(41 + 5 / 60);
  });
});

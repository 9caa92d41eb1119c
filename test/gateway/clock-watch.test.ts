import { describe, expect, test } from "vitest";
import {
  ClockWatch,
  clockProblem,
  isPutRight,
  judgeStart,
  judgeStep,
} from "../../core/gateway/clock-watch.ts";
import type { Clock } from "../../core/model/ports.ts";
import { FakeClock } from "../support/fake-clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T = Date.UTC(2026, 10, 20, 12);

/** The watch of one computer over any number of starts. */
function office(clock: Clock = new FakeClock(T)) {
  const alerts: string[] = [];
  const kept: { note: unknown; writes: number } = { note: null, writes: 0 };
  const start = (on: Clock = clock): ClockWatch =>
    new ClockWatch({
      clock: on,
      read: () => kept.note,
      write: async (note) => {
        kept.note = JSON.parse(JSON.stringify(note));
        kept.writes += 1;
      },
      raiseAlert: ({ problem }) => alerts.push(problem.code),
    });
  return { alerts, kept, start };
}

describe("at a start", () => {
  test.each([
    ["never before", null, T, null],
    ["a minute later", T, T + 60_000, null],
    ["after the holidays", T, T + 29 * DAY, null],
    ["after very long, or set ahead", T, T + 31 * DAY, { kind: "forwards", before: T, after: T + 31 * DAY }],
    ["a summer time's worth back", T, T - 2 * HOUR, null],
    ["more than a day back", T, T - 25 * HOUR, { kind: "backwards", before: T, after: T - 25 * HOUR }],
  ] as const)("%s", (_, seenAt, now, doubt) => {
    expect(judgeStart(seenAt, now)).toEqual(doubt);
  });

  test("doubt is kept over restarts and told once, until it is confirmed", async () => {
    const { alerts, kept, start } = office();
    await start(new FakeClock(T)).look();
    const doubt = { kind: "forwards", before: T, after: T + 400 * DAY };
    const first = start(new FakeClock(T + 400 * DAY));
    for (let look = 0; look < 3; look += 1) await first.look();
    expect([first.doubt(), alerts, kept.note]).toEqual([doubt, ["clock-step"], { seenAt: T, doubt }]);
    const second = start(new FakeClock(T + 401 * DAY));
    await second.look();
    expect([second.doubt(), alerts.length]).toEqual([doubt, 1]);
    await second.confirm();
    expect([second.doubt(), kept.note]).toEqual([null, { seenAt: T + 401 * DAY, doubt: null }]);
    expect(start(new FakeClock(T + 402 * DAY)).doubt()).toBe(null);
  });

  test("a clock that was put right needs nobody", async () => {
    for (const wrong of [T + 400 * DAY, T - 400 * DAY]) {
      const { kept, start } = office();
      await start(new FakeClock(T)).look();
      const astray = start(new FakeClock(wrong));
      await astray.look();
      expect(astray.doubt()).not.toBe(null);
      const right = start(new FakeClock(T + 2 * DAY));
      await right.look();
      expect([right.doubt(), kept.note]).toEqual([null, { seenAt: T + 2 * DAY, doubt: null }]);
    }
  });

  test("a note that cannot be read is none", () => {
    const { kept, start } = office();
    kept.note = { seenAt: "yesterday" };
    expect(start().doubt()).toBe(null);
  });
});

describe("while it runs", () => {
  test.each([
    ["time passes", 300 * DAY, 0, null],
    ["the zone's hour, or a correction", HOUR, 23 * HOUR, null],
    ["set ahead", HOUR, 25 * HOUR, { kind: "forwards", before: T + HOUR, after: T + 26 * HOUR }],
    ["set back", HOUR, -25 * HOUR, { kind: "backwards", before: T + HOUR, after: T - 24 * HOUR }],
  ] as const)("%s", async (_, passed, stepped, doubt) => {
    const clock = new FakeClock(T);
    const watch = office(clock).start();
    await watch.look();
    await clock.advance(passed);
    clock.step(stepped);
    expect(watch.doubt()).toEqual(doubt);
  });

  test("many small steps are a large one", async () => {
    const clock = new FakeClock(T);
    const watch = office(clock).start();
    const seen: boolean[] = [];
    for (let step = 0; step < 3; step += 1) {
      clock.step(20 * HOUR);
      await watch.look();
      seen.push(watch.doubt() !== null);
    }
    expect(seen).toEqual([false, true, true]);
  });

  test("set and set back, days later: as if nothing had been", async () => {
    const clock = new FakeClock(T);
    const { alerts, kept, start } = office(clock);
    const watch = start();
    await watch.look();
    clock.step(5 * DAY);
    await watch.look();
    await clock.advance(6 * DAY);
    await watch.look();
    expect([watch.doubt()?.kind, kept.note]).toMatchObject(["forwards", { seenAt: T }]);
    clock.step(-5 * DAY);
    await watch.look();
    expect([watch.doubt(), alerts, kept.note]).toEqual([
      null,
      ["clock-step"],
      { seenAt: T + 6 * DAY, doubt: null },
    ]);
  });

  test("confirmed: the next step is measured from there", async () => {
    const clock = new FakeClock(T);
    const watch = office(clock).start();
    clock.step(5 * DAY);
    await watch.confirm();
    expect(watch.doubt()).toBe(null);
    clock.step(-5 * DAY);
    expect(watch.doubt()?.kind).toBe("backwards");
  });

  test("a clock of which nobody knows what really passed is believed", () => {
    let now = T;
    const watch = office({ now: () => now, after: () => () => undefined }).start();
    now += 400 * DAY;
    expect(watch.doubt()).toBe(null);
    expect(judgeStep({ now: T, elapsed: null }, { now, elapsed: 5 })).toBe(null);
  });

  test("the time is written down once a minute, not at each look", async () => {
    const clock = new FakeClock(T);
    const { kept, start } = office(clock);
    const watch = start();
    for (let second = 0; second < 180; second += 1) {
      await watch.look();
      await clock.advance(1_000);
    }
    expect(kept.writes).toBe(3);
  });
});

test("what counts as put right", () => {
  const ahead = { kind: "forwards", before: T, after: T + 10 * DAY } as const;
  const back = { kind: "backwards", before: T, after: T - 10 * DAY } as const;
  expect([0, 2, 6, 9, 11, -2].map((day) => isPutRight(ahead, T + day * DAY))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect([-10, -7, -2, 0, 20, 31].map((day) => isPutRight(back, T + day * DAY))).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
  ]);
});

test("it is told in plain words", () => {
  const { what, cure } = clockProblem({ kind: "backwards", before: T, after: T - 10 * DAY });
  expect(what).toMatch(/^This computer's clock went back, from .*2026.* to .*2026.*\.$/);
  expect(cure).toMatch(/^Nothing is deleted .*efs confirm-clock/);
});

import { expect, test } from "vitest";
import { DayTotals } from "../../core/gateway/day-totals.ts";
import { noTotals } from "../../core/gateway/run-totals.ts";
import { FakeClock } from "../support/fake-clock.ts";

const HOUR = 3_600_000;
/** Noon, so that no zone changes the day. */
const noon = new Date(2026, 10, 20, 12).getTime();
const run = { ...noTotals, collected: 3, delivered: 2, deferred: 1 };

function kept(note: unknown = null) {
  const clock = new FakeClock(noon);
  const notes = { last: note };
  const open = () =>
    new DayTotals({
      clock,
      read: () => notes.last,
      write: async (value) => {
        notes.last = JSON.parse(JSON.stringify(value));
      },
    });
  return { clock, notes, open };
}

test("runs are added up, over restarts too; what waits is what waits now", async () => {
  const { open } = kept();
  const first = open();
  await first.add(run);
  await first.add({ ...run, deferred: 0 });
  const sum = { ...noTotals, collected: 6, delivered: 4, deferred: 0 };
  expect(first.totals()).toEqual(sum);
  const second = open();
  expect(second.totals()).toEqual(sum);
  await second.add(run);
  expect(second.totals()).toEqual({ ...noTotals, collected: 9, delivered: 6, deferred: 1 });
});

test("a new day begins at nothing", async () => {
  const { clock, open } = kept();
  const totals = open();
  await totals.add(run);
  clock.step(13 * HOUR);
  expect([totals.totals(), open().totals()]).toEqual([noTotals, noTotals]);
  await totals.add(run);
  expect(totals.totals()).toEqual(run);
});

test.each([[{ day: new Date(noon).toDateString(), totals: { collected: -1 } }], ["nonsense"]])(
  "a damaged note is none: %j",
  (note) => {
    expect(kept(note).open().totals()).toEqual(noTotals);
  },
);

test("a note that cannot be written costs nothing but the note", async () => {
  const clock = new FakeClock(noon);
  const totals = new DayTotals({
    clock,
    read: () => null,
    write: () => Promise.reject(new Error("disk full")),
  });
  await totals.add(run);
  expect(totals.totals()).toEqual(run);
});

import { beforeEach, expect, test } from "vitest";
import type { Alert } from "../../core/model/event.ts";
import { type AlertGroups, type AlertNotice, createAlertGroups } from "../../electron/alert-groups.ts";
import { en } from "../../electron/texts/en.ts";
import { FakeClock } from "../support/fake-clock.ts";

let clock: FakeClock;
let shown: AlertNotice[];
let groups: AlertGroups;

beforeEach(() => {
  clock = new FakeClock();
  shown = [];
  groups = createAlertGroups(clock, en, (notice) => shown.push(notice));
});

const alert = (cause: string): Alert => ({
  at: 0,
  cause,
  problem: { code: cause, what: `The ${cause} is down.`, cure: "Mend it." },
});

test("one alert, with what to do", async () => {
  groups.add(alert("line"));
  expect(shown).toEqual([]);
  await clock.advance(2_000);
  expect(shown).toEqual([{ title: "EFS Mail Gateway", body: "The line is down. Mend it." }]);
});

test("those of one moment together", async () => {
  groups.add(alert("line"));
  await clock.advance(1_000);
  groups.add(alert("server"));
  groups.add(alert("line"));
  await clock.advance(1_000);
  expect(shown).toEqual([
    { title: "2 things need attention", body: "The line is down.\nThe server is down." },
  ]);
});

test("the same again after an hour, not before", async () => {
  groups.add(alert("line"));
  await clock.advance(2_000);
  await clock.advance(3_597_000);
  groups.add(alert("line"));
  await clock.advance(10_000);
  expect(shown).toHaveLength(1);
  groups.add(alert("line"));
  await clock.advance(2_000);
  expect(shown).toHaveLength(2);
});

test("nothing after the end", async () => {
  groups.add(alert("line"));
  groups.stop();
  await clock.advance(5_000);
  expect([shown, clock.pending]).toEqual([[], 0]);
});

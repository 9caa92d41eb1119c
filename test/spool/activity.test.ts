import { afterEach, beforeEach, expect, test } from "vitest";
import { QUARTER } from "../../core/spool/activity.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { type SpoolKit, spoolKit, take } from "../support/spool-kit.ts";

let kit: SpoolKit;
let spool: Spool;

beforeEach(async () => {
  kit = spoolKit();
  spool = await kit.open();
});
afterEach(async () => {
  await spool.close();
  kit.remove();
});

const quarter = (): number => Math.floor(kit.clock.now() / QUARTER);
const junk = { verdict: { kind: "junk", reason: "blocked", detail: "" } } as const;

test("collected and junked messages by their quarters; reports are none of them", async () => {
  const start = kit.clock.now();
  const first = quarter();
  await take(spool, "a");
  await take(spool, "b", undefined, undefined, junk);
  await take(spool, "r", undefined, undefined, { kind: "alert" });
  expect(await spool.activity.since(start)).toEqual(
    new Map([[first, { collected: 2, delivered: 0, errors: 0, junk: 1 }]]),
  );
  await kit.clock.advance(4 * QUARTER);
  await take(spool, "c");
  expect([...(await spool.activity.since(start))]).toEqual([
    [first, { collected: 2, delivered: 0, errors: 0, junk: 1 }],
    [first + 4, { collected: 1, delivered: 0, errors: 0, junk: 0 }],
  ]);
});

test("what is long over is kept, what is new is counted, and an earlier beginning counts anew", async () => {
  const start = kit.clock.now();
  const first = quarter();
  await take(spool, "a");
  const seen = [];
  for (const step of [0, 20, 3, 50]) {
    await kit.clock.advance(step * QUARTER);
    await take(spool, `m${step}`);
    seen.push([...(await spool.activity.since(start))].map(([at, { collected }]) => [at - first, collected]));
  }
  expect(seen).toEqual([
    [[0, 2]],
    [
      [0, 2],
      [20, 1],
    ],
    [
      [0, 2],
      [20, 1],
      [23, 1],
    ],
    [
      [0, 2],
      [20, 1],
      [23, 1],
      [73, 1],
    ],
  ]);
  const later = await spool.activity.since(start + 21 * QUARTER);
  expect([...later.keys()].map((at) => at - first)).toEqual([23, 73]);
  const again = await spool.activity.since(start);
  expect([...again.keys()].map((at) => at - first)).toEqual([0, 20, 23, 73]);
});

test("a clock that was put back: the quarters of the wrong time are counted anew", async () => {
  const start = kit.clock.now();
  const first = quarter();
  kit.clock.step(100 * QUARTER);
  await take(spool, "ahead");
  await spool.activity.since(start);
  await kit.clock.advance(20 * QUARTER);
  await spool.activity.since(start);
  kit.clock.step(-120 * QUARTER);
  await take(spool, "now");
  const found = await spool.activity.since(start);
  expect([...found].map(([at, { collected }]) => [at - first, collected]).sort()).toEqual([
    [0, 1],
    [100, 1],
  ]);
});

import { afterEach, beforeEach, expect, test } from "vitest";
import type { Spool } from "../../core/spool/spool.ts";
import { settlementAt } from "../support/settlements.ts";
import { claimAll, type SpoolKit, spoolKit, take } from "../support/spool-kit.ts";

const DAY = 86_400_000;
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

test("after the clock was put back all that waited for a day far ahead is due, however many; the others wait on", async () => {
  const deferAll = async (): Promise<void> => {
    for (const message of await claimAll(spool, kit.clock, 500)) {
      await spool.outcomes.apply(settlementAt(kit.clock.now(), message, ["deferred"], { kind: "stay" }));
    }
  };
  kit.clock.step(DAY);
  for (let number = 1; number <= 120; number += 1) await take(spool, `m${number}`);
  await deferAll();
  kit.clock.step(-DAY);
  const soon = await take(spool, "soon");
  await deferAll();
  expect((await claimAll(spool, kit.clock, 500)).map(({ id }) => id)).toEqual([]);
  expect(await spool.bringForward()).toBe(120);
  expect(await spool.bringForward()).toBe(0);
  const due = (await claimAll(spool, kit.clock, 500)).map(({ id }) => id);
  expect([due.length, due.includes(soon.id)]).toEqual([120, false]);
});

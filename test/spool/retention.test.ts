/** What is kept how long, and that nothing of it goes by a clock that is in doubt. */
import { existsSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Folder, JunkReason } from "../../core/model/message.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { type SpoolKit, spoolKit, take } from "../support/spool-kit.ts";

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

/** As a report that was refused leaves it: the original is in Junk. */
async function reportRefused(uid: string): Promise<number> {
  const accepted = await take(spool, uid, undefined, undefined, {
    verdict: { kind: "junk", reason: "blocked", detail: "" },
  });
  set(accepted.id, "junk_reason = 'report-refused', report_state = 'refused'");
  return accepted.id;
}

function set(id: number, change: string): void {
  const database = new DatabaseSync(join(kit.directory, "efs.db"));
  database.exec(`UPDATE message SET ${change} WHERE id = ${id}`);
  database.close();
}

async function junk(uid: string, reason: JunkReason): Promise<number> {
  const accepted = await take(spool, uid, undefined, undefined, {
    verdict: { kind: "junk", reason, detail: "" },
  });
  return accepted.id;
}

/** A file moved by hand, as settling would have done it. */
async function closedIn(uid: string, folder: Folder, change: string): Promise<number> {
  const id = await junk(uid, "blocked");
  const from = spool.message(id)?.path ?? "";
  renameSync(from, join(spool.directory.folder(folder), spool.message(id)?.file ?? ""));
  set(id, `folder = '${folder}', junk_reason = NULL, ${change}`);
  return id;
}

function kept(ids: readonly number[]): boolean[] {
  return ids.map((id) => existsSync(spool.message(id)?.path ?? ""));
}

test("reported originals 30 days, Junk 14, Backup its own days, history 365", async () => {
  const now = kit.clock.now();
  kit.policy = { ...kit.policy, backupDays: 10 };
  const ids = [
    await junk("junk", "blocked"),
    await closedIn("reported", "Errors", `report_state = 'reported', reported_at = ${now}`),
    await closedIn("waiting", "Errors", "report_state = 'waiting', report_due_at = 0"),
    await closedIn("off", "Errors", "report_state = 'off'"),
    await closedIn("backup", "Backup", "outcome = 'delivered'"),
  ];
  const after: boolean[][] = [];
  for (const day of [9.9, 10.1, 14.1, 29.9, 30.1, 364]) {
    await kit.clock.advance(day * DAY - (kit.clock.now() - now));
    await spool.tend();
    after.push(kept(ids));
  }
  expect(after).toEqual([
    [true, true, true, true, true],
    [true, true, true, true, false],
    [false, true, true, true, false],
    [false, true, true, true, false],
    [false, false, true, true, false],
    [false, false, true, true, false],
  ]);
  expect(ids.map((id) => spool.message(id)?.folder)).toEqual([null, null, "Errors", "Errors", null]);
  await kit.clock.advance(2 * DAY);
  expect((await spool.tend()).rows).toBe(3);
});

test("a reported original can still be opened until its days are over; 0 days keep it for ever", async () => {
  kit.policy = { ...kit.policy, reportedDays: 0, junkDays: 0, backupDays: 0, historyDays: 0 };
  const now = kit.clock.now();
  const ids = [
    await junk("junk", "blocked"),
    await closedIn("reported", "Errors", `report_state = 'reported', reported_at = ${now}`),
    await closedIn("backup", "Backup", "outcome = 'delivered'"),
  ];
  const gone = await junk("gone", "blocked");
  const path = spool.message(gone)?.path ?? "";
  set(gone, "folder = NULL, junk_reason = NULL, outcome = 'delivered'");
  unlinkSync(path);
  await kit.clock.advance(4_000 * DAY);
  expect([await spool.tend(), kept(ids)]).toEqual([{ files: 0, rows: 0 }, [true, true, true]]);
  kit.policy = { ...kit.policy, historyDays: 3_999 };
  expect(await spool.tend()).toEqual({ files: 0, rows: 1 });
});

test("Junk that was never reported is not aged before somebody has taken note of it", async () => {
  const ids = [await reportRefused("1"), await reportRefused("2"), await junk("3", "unknown-user")];
  await kit.clock.advance(100 * DAY);
  await spool.tend();
  expect(kept(ids)).toEqual([true, true, false]);
  expect(await spool.acknowledgeJunk([ids[0] ?? 0, ids[2] ?? 0, 99])).toBe(1);
  await kit.clock.advance(13 * DAY);
  // Once is enough: a second time does not begin anew.
  expect(await spool.acknowledgeJunk([ids[0] ?? 0])).toBe(0);
  await spool.tend();
  expect(kept(ids)).toEqual([true, true, false]);
  await kit.clock.advance(2 * DAY);
  await spool.tend();
  expect(kept(ids)).toEqual([false, true, false]);
  expect([await spool.acknowledgeJunk("all"), await spool.acknowledgeJunk("all")]).toEqual([1, 0]);
  await kit.clock.advance(15 * DAY);
  await spool.tend();
  expect([kept(ids), readdirSync(spool.directory.folder("Junk"))]).toEqual([[false, false, false], []]);
});

test("while the clock is in doubt nothing goes, nothing is forgotten, and no equal message passes", async () => {
  const key = { duplicateKey: "key" };
  const first = await take(spool, "1", undefined, undefined, key);
  set(first.id, "closed_at = received_at");
  const id = await junk("junk", "blocked");
  await spool.ledger.listed("main", ["1"], kit.clock.now());
  kit.clock.step(1_000 * DAY);
  kit.policy = { ...kit.policy, clockBelieved: false };
  expect(await spool.tend()).toEqual({ files: 0, rows: 0 });
  await spool.ledger.listed("main", ["1"], kit.clock.now());
  expect([kept([id]), spool.ledger.find("main", ["junk"]).size]).toEqual([[true], 1]);
  expect((await take(spool, "2", undefined, undefined, key)).kind).toBe("closed");
  kit.policy = { ...kit.policy, clockBelieved: true };
  expect((await spool.tend()).files).toBe(1);
  await spool.ledger.listed("main", ["1"], kit.clock.now());
  expect([kept([id]), spool.ledger.find("main", ["junk"]).size]).toEqual([[false], 0]);
  expect((await take(spool, "3", undefined, undefined, key)).kind).toBe("queued");
});

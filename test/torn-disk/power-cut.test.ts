/**
 * The power goes at any moment of taking messages over and settling them. Whatever a disk may then hold, the next start
 * has everything that was acknowledged, nothing twice, and folders and journal agree.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Spool } from "../../core/spool/spool.ts";
import { createRandom } from "../support/random.ts";
import { type SpoolKit, spoolKit } from "../support/spool-kit.ts";
import { brokenPromises, mailsWay } from "./mails-way.ts";
import { type JournalFiles, PowerCutDisk, type Unsynced } from "./power-cut-disk.ts";

const LONG = process.env["EFS_LONG"] === "1";
const UNSYNCED: readonly Unsynced[] = ["whole", "half", "zeros", "nothing"];
let kit: SpoolKit;
let after: SpoolKit;
let disk: PowerCutDisk;

beforeEach(() => {
  kit = spoolKit();
  after = spoolKit();
  disk = new PowerCutDisk(kit.directory);
});
afterEach(() => {
  kit.remove();
  after.remove();
});

/** What the mail is doing when the power goes. The journal as it was before it is the first step. */
async function live(): Promise<Spool> {
  const spool = await kit.open({ fileSystem: disk });
  disk.steps.length = 0;
  disk.steps.push({ kind: "commit", journal: disk.journalFiles() });
  for (const part of mailsWay(kit, spool, (text) => disk.promise(text))) await part();
  return spool;
}

async function check(what: string, promises: readonly string[]): Promise<void> {
  const broken = await brokenPromises(after, promises);
  expect([what, ...broken, ...after.alerts]).toEqual([what]);
}

test("at every step, whatever of the unfinished is there", { timeout: LONG ? 600_000 : 60_000 }, async () => {
  await (await live()).close();
  const last = disk.steps.findLastIndex(({ kind }) => kind === "promise") + 1;
  const random = createRandom("power-cut");
  let cuts = 0;
  for (let at = 1; at <= last; at += 1) {
    const names = LONG ? Array.from({ length: at + 1 }, (_, index) => index) : [0, random.integer(0, at), at];
    for (const namesUpTo of new Set(names)) {
      for (const unsynced of LONG ? UNSYNCED : [random.pick(UNSYNCED)]) {
        disk.restore({ at, namesUpTo, unsynced }, after.directory);
        await check(`step ${at}, names up to ${namesUpTo}, ${unsynced}`, disk.promisesAt(at));
        cuts += 1;
      }
    }
  }
  console.log(`${cuts} power cuts in ${last} steps`);
  expect(disk.promisesAt(last)).toHaveLength(11);
});

test("in the middle of a commit: all of it or nothing", { timeout: LONG ? 600_000 : 60_000 }, async () => {
  await (await live()).close();
  const random = createRandom("torn-wal");
  let cuts = 0;
  for (const [index, step] of disk.steps.entries()) {
    const before = disk.journalAt(index);
    if (step.kind !== "commit" || before === null) continue;
    for (const journal of tornCommits(before, step.journal, LONG ? 200 : 8, (from, to) =>
      random.integer(from, to),
    )) {
      disk.restore({ at: index, namesUpTo: index, unsynced: "whole", journal }, after.directory);
      await check(`commit at step ${index}, ${journal.wal.length} octets`, disk.promisesAt(index));
      cuts += 1;
    }
  }
  console.log(`${cuts} torn commits`);
  expect(cuts).toBeGreaterThan(50);
});

test("while the journal's log is written back into it", { timeout: LONG ? 600_000 : 60_000 }, async () => {
  const spool = await live();
  const before = disk.journalFiles();
  const { steps } = disk;
  await spool.close();
  // Closing has written everything back.
  const whole = readFileSync(join(kit.directory, "efs.db"));
  const at = steps.findLastIndex(({ kind }) => kind === "promise") + 1;
  const random = createRandom("torn-checkpoint");
  for (let number = 0; number < (LONG ? 200 : 12); number += 1) {
    // Pages are written in any order, and one of them by halves.
    const database = Buffer.alloc(whole.length);
    for (let page = 0; page < whole.length; page += 4_096) {
      const from = random.chance(0.5) || page >= before.database.length ? whole : before.database;
      from.copy(database, page, page, page + 4_096);
    }
    const torn = random.integer(0, whole.length / 4_096 - 1) * 4_096;
    database.fill(0xee, torn, torn + 2_048);
    const journal = { database, wal: before.wal };
    disk.restore({ at, namesUpTo: at, unsynced: "whole", journal }, after.directory);
    await check(`written back, try ${number}`, disk.promisesAt(at));
  }
});

/** Everything that can be on the disk between two commits: a prefix, then nothing, zeros or rubbish. */
function tornCommits(
  before: JournalFiles,
  next: JournalFiles,
  count: number,
  integer: (from: number, to: number) => number,
): readonly JournalFiles[] {
  const added = next.wal.length - before.wal.length;
  if (added <= 0 || !next.wal.subarray(0, before.wal.length).equals(before.wal)) return [];
  return Array.from({ length: count }, (_, index) => {
    const kept = before.wal.length + (index === 0 ? 0 : integer(0, added - 1));
    const prefix = next.wal.subarray(0, kept);
    const tail = Buffer.alloc(next.wal.length - kept, index % 3 === 1 ? 0 : 0xa5);
    return { database: next.database, wal: index % 3 === 0 ? prefix : Buffer.concat([prefix, tail]) };
  });
}

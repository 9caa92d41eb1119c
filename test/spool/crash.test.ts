import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Folder } from "../../core/model/message.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { createRandom } from "../support/random.ts";
import { order, type SpoolKit, spoolKit, testMail } from "../support/spool-kit.ts";

const FOLDERS: readonly Folder[] = ["Inbox", "Errors", "Junk", "Backup"];

/** Runs the load and kills it; gives what it had said. */
async function killed(kit: SpoolKit, round: string, after: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "crash-load.ts"), kit.directory, round], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => {
    said += text;
  });
  const closed = once(child, "close");
  try {
    while (!said.includes("open\n")) await Promise.race([once(child.stdout, "data"), closed]);
    await new Promise((resolve) => setTimeout(resolve, after));
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
  // The last line may have been cut.
  return said.split("\n").slice(0, -1);
}

async function adoptAll(spool: Spool): Promise<number> {
  let count = 0;
  for await (const orphan of spool.orphans) {
    const body = await spool.readOrphan(orphan);
    const from = { accountId: orphan.accountId, uid: null, server: "", announcedSize: null };
    await spool.bodies.accept(order(from, body, undefined, { adopt: orphan }));
    count += 1;
  }
  return count;
}

function check(kit: SpoolKit, spool: Spool, said: readonly string[]): void {
  for (const folder of FOLDERS) {
    const rows = spool.list(folder, 0, 1_000_000);
    const files = readdirSync(spool.directory.folder(folder));
    expect([folder, files.sort()]).toEqual([folder, rows.map(({ file }) => file).sort()]);
  }
  expect(readdirSync(spool.directory.temporary)).toEqual([]);
  expect(said.filter((line) => line.startsWith("alert"))).toEqual([]);
  const database = new DatabaseSync(join(kit.directory, "efs.db"), { readOnly: true });
  try {
    const find = database.prepare(
      `SELECT message.id FROM seen JOIN message ON message.id = seen.message
       WHERE seen.account = 'main' AND seen.uid = ? AND seen.state = 'collected'`,
    );
    for (const line of said) {
      const [what, uid = ""] = line.split(" ");
      if (what !== "taken" && what !== "settled") continue;
      const message = spool.message(Number(find.get(uid)?.["id"] ?? 0));
      if (message === null) throw new Error(`${uid} was acknowledged and is lost`);
      if (what === "settled") expect([uid, message.closedAt === null]).toEqual([uid, false]);
      if (message.path === null) expect([uid, message.outcome]).toEqual([uid, "delivered"]);
      else expect([uid, readFileSync(message.path).equals(testMail(uid, message.size))]).toEqual([uid, true]);
    }
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    const twice = database
      .prepare("SELECT uid FROM message WHERE uid IS NOT NULL GROUP BY uid HAVING count(*) > 1")
      .all();
    expect(twice).toEqual([]);
  } finally {
    database.close();
  }
}

test("kill -9 at any moment: nothing acknowledged is lost, files and records agree", async () => {
  const kit = spoolKit();
  const seed = Number(process.env["EFS_SEED"] ?? 20_261_120);
  const random = createRandom(seed);
  const rounds = Number(process.env["EFS_CRASH_ROUNDS"] ?? 15);
  let taken = 0;
  let settled = 0;
  let adopted = 0;
  try {
    const all: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const said = await killed(kit, `r${round}`, random.integer(0, 250));
      all.push(...said);
      const spool = await kit.open();
      adopted += await adoptAll(spool);
      check(kit, spool, all);
      await spool.close();
      taken += said.filter((line) => line.startsWith("taken")).length;
      settled += said.filter((line) => line.startsWith("settled")).length;
    }
    console.log(
      `crash: seed ${seed}, ${rounds} kills, ${taken} taken, ${settled} settled, ${adopted} adopted`,
    );
    expect([taken > 0, settled > 0]).toEqual([true, true]);
  } finally {
    kit.remove();
  }
}, 120_000);

import {
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Accepted, Folder, OrphanFile } from "../../core/model/message.ts";
import { hashUid } from "../../core/spool/file-name.ts";
import { JOURNAL_VERSION } from "../../core/spool/migrations.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { claimAll, order, problemOf, type SpoolKit, spoolKit, take, testMail } from "../support/spool-kit.ts";

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

const at = (folder: Folder, file = "") => join(spool.directory.folder(folder), file);
const names = (folder: Folder) => readdirSync(at(folder));

async function restart(): Promise<void> {
  await spool.close();
  spool = await kit.open();
}

async function orphans(): Promise<OrphanFile[]> {
  const found: OrphanFile[] = [];
  for await (const orphan of spool.orphans) found.push(orphan);
  return found;
}

/** What the gateway does with them. */
async function adoptAll(): Promise<Accepted[]> {
  const results: Accepted[] = [];
  for await (const orphan of spool.orphans) {
    const body = await spool.readOrphan(orphan);
    const from = { accountId: orphan.accountId, uid: null, server: "", announcedSize: null };
    const more = { adopt: orphan, kind: orphan.kind, duplicateKey: body.wholeHash };
    results.push(await spool.bodies.accept(order(from, body, ["bob@office.example"], more)));
  }
  return results;
}

describe("at the start", () => {
  test("half-written files go, and nothing else", async () => {
    await take(spool, "a");
    writeFileSync(join(spool.directory.temporary, "x.part"), "half");
    await restart();
    expect([spool.recovery.temporary, readdirSync(spool.directory.temporary), names("Inbox").length]).toEqual(
      [1, [], 1],
    );
  });

  test("a file in the wrong folder is moved where its record says", async () => {
    await take(spool, "a");
    const [file] = names("Inbox");
    renameSync(at("Inbox", file), at("Junk", file));
    await restart();
    expect([names("Inbox"), names("Junk"), spool.recovery.moved, await orphans()]).toEqual([
      [file],
      [],
      1,
      [],
    ]);
  });

  test("a file that is nowhere closes its message", async () => {
    await take(spool, "a");
    await take(spool, "b");
    unlinkSync(at("Inbox", spool.list("Inbox", 0, 1)[0]?.file));
    await restart();
    expect([spool.recovery.missing, spool.message(1)?.outcome, spool.counts().Inbox]).toEqual([
      1,
      "removed",
      1,
    ]);
  });

  test("an unreadable folder stops the start and closes nothing", async () => {
    await take(spool, "a");
    await spool.close();
    const files = new FaultyFileSystem();
    files.plan = (operation, path) =>
      operation === "read-folder" && path.endsWith("Inbox") ? "EACCES" : null;
    expect(await problemOf(kit.open({ fileSystem: files }))).toBe("not-writable");
    spool = await kit.open();
    expect(spool.counts().Inbox).toBe(1);
  });

  test("interrupted attempts are due at once, three in a row wait for their journalled time", async () => {
    await take(spool, "a");
    const due: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const now = kit.clock.now();
      const order = { limit: 1, kinds: ["mail"], now, ignoreBackoff: true, nextAt: now + 60_000 } as const;
      expect((await spool.queue.claim(order)).length).toBe(1);
      await restart();
      due.push((spool.queue.nextDueAt(["mail"]) ?? 0) - now);
    }
    expect(due.map((wait) => Math.max(0, wait))).toEqual([0, 0, 60_000, 60_000]);
    expect(spool.attempts(1).map(({ state }) => state)).toEqual(Array(4).fill("interrupted"));
  });

  test("a file left by a crash between rename and record is queued, and its id counts as collected", async () => {
    const file = `main-${hashUid("uid-7")}-00000000abcd.eml`;
    writeFileSync(at("Inbox", file), testMail("left"));
    await restart();
    expect(await orphans()).toEqual([
      {
        folder: "Inbox",
        file,
        path: at("Inbox", file),
        size: testMail("left").length,
        modifiedAt: expect.any(Number),
        kind: "mail",
        accountId: "main",
        uidHash: hashUid("uid-7"),
        queueId: "00000000ABCD",
      },
    ]);
    await restart();
    expect(await adoptAll()).toMatchObject([{ kind: "queued", queueId: "00000000ABCD" }]);
    expect([names("Inbox"), await orphans()]).toEqual([[file], []]);
    expect(await take(spool, "uid-7", testMail("left"))).toEqual({ kind: "known", id: 1 });
    const [message] = await claimAll(spool, kit.clock);
    expect(readFileSync(message?.path ?? "").equals(testMail("left"))).toBe(true);
    expect(await spool.ledger.safeToDelete("main", ["uid-7"])).toEqual(new Set(["uid-7"]));
  });

  test("the same where the id is a hash: the id is found again", async () => {
    await take(spool, null, testMail("m"));
    const { source, wholeHash } = spool.message(1) ?? {};
    const file = `main-${hashUid(`sha256:${wholeHash}#2`)}-00000000abcd.eml`;
    writeFileSync(at("Inbox", file), testMail("m"));
    await restart();
    await adoptAll();
    expect([source?.uid, spool.message(2)?.source.uid]).toEqual([
      `sha256:${wholeHash}#1`,
      `sha256:${wholeHash}#2`,
    ]);
    expect(spool.ledger.countHash("main", wholeHash ?? "")).toBe(2);
  });

  test("one whose message was taken again meanwhile goes", async () => {
    await take(spool, "uid-7");
    writeFileSync(at("Inbox", `main-${hashUid("uid-7")}-00000000abcd.eml`), testMail("left"));
    await restart();
    expect([await adoptAll(), names("Inbox").length]).toEqual([[{ kind: "known", id: 1 }], 1]);
  });

  test("a report without a record goes: it is made again", async () => {
    writeFileSync(at("Inbox", `_report-${hashUid("x")}-00000000abcd.eml`), "x");
    await restart();
    expect([names("Inbox"), await orphans()]).toEqual([[], []]);
  });

  test("files without a record in Errors, Junk and Backup are listed again and never sent", async () => {
    for (const folder of ["Errors", "Junk", "Backup"] as const)
      writeFileSync(at(folder, `Old ${folder}.EML`), "x");
    await restart();
    // Handed out until each is listed: a run may have been stopped.
    expect((await orphans()).length).toBe(3);
    expect((await adoptAll()).map(({ kind }) => kind)).toEqual(["closed", "closed", "closed"]);
    expect([names("Errors"), spool.counts()]).toEqual([
      ["Old Errors.EML"],
      { Inbox: 0, Errors: 1, Junk: 1, Backup: 1 },
    ]);
    expect(spool.list("Errors", 0, 9)[0]).toMatchObject({ file: "Old Errors.EML", reportState: "off" });
    await restart();
    expect([
      await orphans(),
      await claimAll(spool, kit.clock),
      spool.outcomes.reportsDue(9, kit.clock.now()),
    ]).toEqual([[], [], []]);
  });
});

describe("put into Inbox by hand", () => {
  test("is taken up once it has been unchanged for five seconds, and renamed", async () => {
    await orphans();
    writeFileSync(at("Inbox", "Letter from Bob.eml"), "Subject: x\r\n");
    writeFileSync(at("Inbox", "notes.txt"), "x");
    expect(await orphans()).toEqual([]);
    writeFileSync(at("Inbox", "Letter from Bob.eml"), testMail("hand"));
    await kit.clock.advance(4_000);
    expect(await orphans()).toEqual([]);
    await kit.clock.advance(5_000);
    expect(await adoptAll()).toMatchObject([{ kind: "queued" }]);
    expect(names("Inbox").sort()).toEqual([expect.stringMatching(/^_hand-[0-9a-f]{28}-/), "notes.txt"]);
    expect([spool.message(1)?.accountId, await orphans()]).toEqual(["_hand", []]);
  });

  test("twice the same is a duplicate, and its file goes", async () => {
    for (const file of ["a.eml", "b.eml"]) writeFileSync(at("Inbox", file), testMail("hand"));
    await kit.clock.advance(10_000);
    expect((await adoptAll()).map(({ kind }) => kind).sort()).toEqual(["closed", "queued"]);
    expect(names("Inbox").length).toBe(1);
  });

  test("a saved copy under our own name counts as put there by hand; the record's file stays", async () => {
    await take(spool, "a");
    const [file] = names("Inbox");
    copyFileSync(at("Inbox", file), at("Backup", file));
    await restart();
    expect((await orphans()).map(({ folder, accountId }) => [folder, accountId])).toEqual([
      ["Backup", "_hand"],
    ]);
    expect(names("Inbox")).toEqual([file]);
  });

  test("what an antivirus program gave back is sent after all", async () => {
    await take(spool, "a");
    const [file] = names("Inbox");
    renameSync(at("Inbox", file), join(kit.directory, "quarantine"));
    await restart();
    expect(spool.message(1)?.outcome).toBe("removed");
    renameSync(join(kit.directory, "quarantine"), at("Inbox", file));
    await kit.clock.advance(10_000);
    expect(await adoptAll()).toMatchObject([{ kind: "queued", id: 2 }]);
    expect(spool.message(2)?.accountId).toBe("main");
  });

  test("one that is still being written is refused, and looked at again", async () => {
    writeFileSync(at("Inbox", "a.eml"), testMail("hand"));
    await kit.clock.advance(10_000);
    const [orphan] = await orphans();
    if (orphan === undefined) throw new Error("not found");
    for (const size of [200, 400]) {
      writeFileSync(at("Inbox", "a.eml"), testMail("another", size));
      expect(await problemOf(spool.readOrphan(orphan))).toBe("file-changing");
    }
  });
});

describe("without its journal", () => {
  const lost: readonly (readonly [string, (path: string) => void])[] = [
    ["missing", (path) => rmSync(path)],
    ["cut to nothing", (path) => truncateSync(path, 0)],
    ["overwritten", (path) => writeFileSync(path, "x".repeat(10_000))],
    ["cut in the middle", (path) => truncateSync(path, 30_000)],
  ];

  test.each(lost)("%s: made anew from the files; Inbox goes on, the rest is listed", async (_, damage) => {
    await take(spool, "a");
    await take(spool, "b", undefined, undefined, {
      verdict: { kind: "junk", reason: "blocked", detail: "" },
    });
    await spool.close();
    damage(join(kit.directory, "efs.db"));
    spool = await kit.open();
    expect(kit.alerts).toEqual(["journal-rebuilt"]);
    expect((await adoptAll()).map(({ kind }) => kind)).toEqual(["queued", "closed"]);
    expect(spool.counts()).toEqual({ Inbox: 1, Errors: 0, Junk: 1, Backup: 0 });
    expect([(await take(spool, "a")).kind, (await take(spool, "b")).kind]).toEqual(["known", "known"]);
    expect(spool.ledger.accountState("main")).toBe("new");
  });

  test("found damaged only when it is read: put aside by the same start", async () => {
    await take(spool, "a");
    await spool.close();
    const prepare = DatabaseSync.prototype.prepare;
    DatabaseSync.prototype.prepare = function (sql) {
      if (!sql.includes("file_task")) return prepare.call(this, sql);
      DatabaseSync.prototype.prepare = prepare;
      throw Object.assign(new Error("database disk image is malformed"), { errcode: 11 });
    };
    spool = await kit.open();
    expect(kit.alerts).toEqual(["journal-damaged", "journal-rebuilt"]);
    expect((await adoptAll()).map(({ kind }) => kind)).toEqual(["queued"]);
  });

  test("a report is then the only copy and stays", async () => {
    await spool.close();
    writeFileSync(at("Inbox", `_report-${hashUid("x")}-00000000abcd.eml`), "x");
    rmSync(join(kit.directory, "efs.db"));
    spool = await kit.open();
    expect(await adoptAll()).toMatchObject([{ kind: "queued" }]);
    expect(spool.message(1)?.kind).toBe("report");
  });

  test("a newer one: refused, nothing touched", async () => {
    await take(spool, "a");
    await spool.close();
    const path = join(kit.directory, "efs.db");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    const before = readFileSync(path);
    expect(await problemOf(kit.open())).toBe("journal-newer");
    expect([readFileSync(path).equals(before), kit.alerts]).toEqual([true, []]);
    const older = new DatabaseSync(path);
    older.exec(`PRAGMA user_version = ${JOURNAL_VERSION}`);
    older.close();
    spool = await kit.open();
  });
});

describe("with 50,000 messages waiting", () => {
  test("the start is quick, and so is a claim", async () => {
    await take(spool, "first");
    await spool.close();
    const database = new DatabaseSync(join(kit.directory, "efs.db"));
    const columns =
      "kind, account, server, folder, file, sender, from_text, subject, message_id, size, wire_size, eight_bit_header, eight_bit_body, whole_hash, received_at, due_at, usable_from";
    database.exec("BEGIN");
    const message = database.prepare(
      `INSERT INTO message (queue_id, ${columns}) VALUES (?, 'mail', 'main', '', 'Inbox', ?, '', '', '', '', 1, 1, 0, 0, '', 1, ?, 0)`,
    );
    const recipient = database.prepare(
      "INSERT INTO recipient (message, address, role, state, detail) VALUES (?, 'bob@office.example', 'addressed', 'queued', '{}')",
    );
    const body = join(kit.directory, "body");
    writeFileSync(body, "x");
    for (let index = 0; index < 50_000; index += 1) {
      const queueId = index.toString(16).padStart(12, "0").toUpperCase();
      const file = `main-${hashUid(String(index))}-${queueId.toLowerCase()}.eml`;
      recipient.run(message.run(queueId, file, index).lastInsertRowid);
      linkSync(body, at("Inbox", file));
    }
    database.exec("COMMIT");
    database.close();
    const begun = performance.now();
    spool = await kit.open();
    const opened = performance.now();
    const claimed = await claimAll(spool, kit.clock, 16);
    const end = performance.now();
    const found = await orphans();
    console.log(
      `50,000 queued: start ${Math.round(opened - begun)} ms, first claim ${(end - opened).toFixed(1)} ms, ` +
        `look for orphans ${Math.round(performance.now() - end)} ms`,
    );
    expect([claimed.length, found, spool.counts().Inbox]).toEqual([16, [], 50_001]);
  }, 60_000);
});

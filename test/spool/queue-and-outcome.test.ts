import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { constants, DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Disposition, Folder, QueuedMessage, Settlement } from "../../core/model/message.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { NO, OK, type Step, settlementAt } from "../support/settlements.ts";
import { claimAll, problemOf, type SpoolKit, source, spoolKit, take } from "../support/spool-kit.ts";

let kit: SpoolKit;
let spool: Spool;
let files: FaultyFileSystem;

beforeEach(async () => {
  kit = spoolKit();
  files = new FaultyFileSystem();
  spool = await kit.open({ fileSystem: files });
});
afterEach(async () => {
  await spool.close();
  kit.remove();
});

const names = (folder: Folder) => readdirSync(spool.directory.folder(folder));

const settlement = (
  message: QueuedMessage,
  steps: readonly Step[],
  disposition: Disposition,
  report: Settlement["report"] = null,
): Settlement => settlementAt(kit.clock.now(), message, steps, disposition, report);

async function claimOne(kinds: readonly ("mail" | "report" | "alert")[] = ["mail"]): Promise<QueuedMessage> {
  const [message] = await spool.queue.claim({
    limit: 1,
    kinds,
    now: kit.clock.now(),
    ignoreBackoff: false,
    nextAt: kit.clock.now() + 60_000,
  });
  if (message === undefined) throw new Error("nothing is due");
  return message;
}

/** What was delivered goes with the next that are to go; so many stay in Inbox. */
async function removed(left: number): Promise<void> {
  await kit.clock.advance(1_000);
  await vi.waitFor(() => expect(names("Inbox").length).toBe(left));
}

describe("claims", () => {
  test("take each message once, oldest due first, with its attempt on the disk", async () => {
    for (const uid of ["a", "b", "c", "d"]) {
      await take(spool, uid);
      await kit.clock.advance(10);
    }
    const [first, second, third] = await Promise.all([
      claimAll(spool, kit.clock, 3),
      claimAll(spool, kit.clock, 3),
      claimAll(spool, kit.clock, 3),
    ]);
    expect([first, second, third].map((claimed) => claimed?.map(({ id }) => id))).toEqual([
      [1, 2, 3],
      [4],
      [],
    ]);
    expect(spool.attempts(1)).toMatchObject([{ state: "open", startedAt: kit.clock.now(), endedAt: null }]);
    expect(first?.[0]).toMatchObject({
      source: source("a"),
      sender: "sender@example.net",
      claimedAt: kit.clock.now(),
      receivedAt: kit.clock.now() - 40,
      usableAge: 0,
      reportOf: null,
      neverReported: false,
    });
    expect(existsSync(first?.[0]?.path ?? "")).toBe(true);
    expect(spool.queue.nextDueAt(["mail", "alert"])).toBeNull();
  });

  test("a message that goes through has no statement prepared again", async () => {
    const executed = vi.spyOn(DatabaseSync.prototype, "exec");
    const goThrough = async (uid: string): Promise<void> => {
      await take(spool, uid);
      await spool.outcomes.apply(
        settlement(await claimOne(), ["delivered"], { kind: "done", backup: false }),
      );
      expect(spool.queue.nextDueAt(["mail"])).toBeNull();
    };
    await goThrough("a");
    const database = executed.mock.contexts[0] as unknown as DatabaseSync;
    executed.mockRestore();
    const prepared: number[] = [];
    // Asked while a statement is prepared. It makes all that there are be prepared once more.
    database.setAuthorizer((action) => {
      if (action !== constants.SQLITE_TRANSACTION) prepared.push(action);
      return constants.SQLITE_OK;
    });
    await goThrough("b");
    expect(prepared).not.toEqual([]);
    prepared.length = 0;
    await goThrough("c");
    expect(prepared).toEqual([]);
    database.setAuthorizer(null);
  });

  test("what is given back untried is due at once, behind the others, and nothing was counted", async () => {
    await take(spool, "a");
    await kit.clock.advance(10);
    await take(spool, "b");
    await kit.clock.advance(10);
    await spool.queue.release([await claimOne()]);
    expect([(await claimOne()).id, (await claimOne()).id]).toEqual([2, 1]);
    expect(spool.attempts(1).length).toBe(1);
  });

  test("what was on back-off and is given back untried keeps its time", async () => {
    await take(spool, "a");
    await spool.outcomes.apply(settlement(await claimOne(), ["deferred"], { kind: "stay" }));
    const dueAt = kit.clock.now() + 60_000;
    const order = {
      limit: 1,
      kinds: ["mail"],
      now: kit.clock.now(),
      ignoreBackoff: true,
      nextAt: 0,
    } as const;
    await spool.queue.release(await spool.queue.claim(order));
    expect(spool.queue.nextDueAt(["mail"])).toBe(dueAt);
  });

  test("back-off is kept, unless it is to be ignored; held ones never come", async () => {
    for (const uid of ["a", "b"]) await take(spool, uid);
    await spool.outcomes.apply(settlement(await claimOne(), ["deferred"], { kind: "stay" }));
    await spool.outcomes.apply(settlement(await claimOne(), ["held"], { kind: "stay" }));
    expect(spool.queue.nextDueAt(["mail"])).toBe(kit.clock.now() + 60_000);
    expect(await claimAll(spool, kit.clock)).toEqual([]);
    const order = {
      limit: 9,
      kinds: ["mail"],
      now: kit.clock.now(),
      ignoreBackoff: true,
      nextAt: 0,
    } as const;
    expect((await spool.queue.claim(order)).map(({ id }) => id)).toEqual([1]);
  });

  test("kinds are taken together by their due time", async () => {
    await take(spool, "a", undefined, undefined, { kind: "alert", source: source(null, "gateway") });
    await kit.clock.advance(10);
    await take(spool, "b");
    expect((await claimAll(spool, kit.clock, 1)).map(({ kind }) => kind)).toEqual(["alert"]);
    expect(spool.ledger.inState("gateway", "collected")).toEqual([]);
  });
});

describe("what an attempt came to", () => {
  test("delivered: the file goes a moment later, the history with its answers stays", async () => {
    await take(spool, "a");
    await spool.outcomes.apply(settlement(await claimOne(), ["delivered"], { kind: "done", backup: false }));
    expect(names("Inbox").length).toBe(1);
    expect(spool.message(1)).toMatchObject({
      folder: null,
      outcome: "delivered",
      closedAt: kit.clock.now(),
      recipients: [
        { state: { kind: "delivered", at: kit.clock.now(), reply: OK, relay: "mail:25" }, tries: 1 },
      ],
    });
    expect(spool.attempts(1)).toEqual([
      {
        id: 1,
        startedAt: kit.clock.now() - 5,
        endedAt: kit.clock.now(),
        state: "finished",
        relay: "mail:25",
        session: "smtp-1",
        delays: [1, 2, 3, 4],
        results: [{ address: "bob@office.example", outcome: { kind: "delivered", reply: OK } }],
      },
    ]);
    await removed(0);
    expect(await spool.ledger.safeToDelete("main", ["a", "unknown"])).toEqual(new Set(["a"]));
  });

  test("delivered, and the file cannot be removed: nobody waits for it, and the next start does not mind", async () => {
    for (let number = 0; number < 40; number += 1) await take(spool, `u${number}`);
    for (const message of await claimAll(spool, kit.clock, 40)) {
      await spool.outcomes.apply(settlement(message, ["delivered"], { kind: "done", backup: false }));
    }
    files.plan = (operation) => (operation === "unlink" ? "EIO" : null);
    const before = files.operations.length;
    await spool.removeDelivered();
    const tried = files.operations.slice(before).filter(({ operation }) => operation === "unlink");
    expect([tried.length, names("Inbox").length]).toEqual([32, 40]);
    files.plan = () => null;
    await spool.removeDelivered();
    expect(names("Inbox").length).toBe(32);
    files.plan = (operation, path) => (operation === "unlink" && path.includes("Inbox") ? "EACCES" : null);
    await spool.close();
    spool = await kit.open({ fileSystem: files });
    expect([names("Inbox").length, spool.counts().Inbox, spool.queue.nextDueAt(["mail"])]).toEqual([
      32,
      0,
      null,
    ]);
    files.plan = () => null;
    await spool.close();
    spool = await kit.open({ fileSystem: files });
    expect(names("Inbox")).toEqual([]);
  });

  test("to Backup, to Errors, to Junk: the row says where, the file is there", async () => {
    for (const uid of ["a", "b", "c"]) await take(spool, uid);
    await spool.outcomes.apply(settlement(await claimOne(), ["delivered"], { kind: "done", backup: true }));
    await spool.outcomes.apply(
      settlement(await claimOne(), ["failed"], { kind: "errors", report: "waiting" }),
    );
    await spool.outcomes.apply(
      settlement(await claimOne(), ["expired"], { kind: "junk", reason: "report-failed" }),
    );
    expect(spool.counts()).toEqual({ Inbox: 0, Errors: 1, Junk: 1, Backup: 1 });
    for (const folder of ["Errors", "Junk", "Backup"] as const) {
      expect(names(folder)).toEqual(spool.list(folder, 0, 9).map(({ file }) => file));
    }
    expect([spool.list("Junk", 0, 9)[0]?.junkReason, spool.list("Errors", 0, 9)[0]?.reportState]).toEqual([
      "report-failed",
      "waiting",
    ]);
  });

  test("part of the recipients pending: the file stays, whatever was asked for, and settled ones never change", async () => {
    await take(spool, "a", undefined, ["a@x.example", "b@x.example"]);
    await spool.outcomes.apply(
      settlement(await claimOne(), ["delivered", "deferred"], { kind: "done", backup: false }),
    );
    expect([names("Inbox").length, spool.queue.nextDueAt(["mail"])]).toEqual([1, kit.clock.now() + 60_000]);
    await kit.clock.advance(60_000);
    await spool.outcomes.apply(
      settlement(await claimOne(), ["failed", "failed"], { kind: "errors", report: "off" }),
    );
    expect(spool.message(1)?.recipients.map(({ state }) => state.kind)).toEqual(["delivered", "failed"]);
    expect(spool.list("Errors", 0, 9)[0]?.reportState).toBe("off");
    expect(spool.outcomes.reportsDue(9, kit.clock.now())).toEqual([]);
  });

  test("settled, yet asked to stay: it goes where its recipients say, and that is told", async () => {
    await take(spool, "a");
    await spool.outcomes.apply(settlement(await claimOne(), ["failed"], { kind: "stay" }));
    expect([spool.counts().Errors, kit.logs.some(({ level }) => level === "error")]).toEqual([1, true]);
  });

  test("a refused recipient may get an equal message again", async () => {
    await take(spool, "a", undefined, ["a@x.example", "b@x.example"], { duplicateKey: "k" });
    await spool.outcomes.apply(
      settlement(await claimOne(), ["delivered", "failed"], { kind: "errors", report: "off" }),
    );
    expect(
      await take(spool, "b", undefined, ["a@x.example", "b@x.example"], { duplicateKey: "k" }),
    ).toMatchObject({ kind: "queued", recipients: 1 });
  });

  test("a file that cannot be moved now is moved at the next start; the record wins", async () => {
    await take(spool, "a");
    const claimed = await claimOne();
    files.plan = (operation) => (operation === "rename" ? "EIO" : null);
    await spool.outcomes.apply(settlement(claimed, ["failed"], { kind: "errors", report: "off" }));
    expect([names("Inbox").length, spool.counts().Errors, kit.alerts]).toEqual([1, 1, ["disk-error"]]);
    files.plan = () => null;
    // On its way by our own hand, so the original may go.
    expect(await spool.ledger.safeToDelete("main", ["a"])).toEqual(new Set(["a"]));
    await spool.close();
    spool = await kit.open({ fileSystem: files });
    expect([names("Inbox"), names("Errors").length, spool.recovery.moved]).toEqual([[], 1, 1]);
  });

  test("only usable time counts, and none while all that is pending is held", async () => {
    await take(spool, "a");
    await spool.route.addUsableTime(1_000);
    await spool.outcomes.apply(settlement(await claimOne(), ["deferred"], { kind: "stay" }));
    await kit.clock.advance(60_000);
    let message = await claimOne();
    expect(message.usableAge).toBe(1_000);
    await spool.outcomes.apply(settlement(message, ["held"], { kind: "stay" }));
    await spool.route.addUsableTime(50_000);
    await spool.outcomes.apply(settlement(message, ["not-tried"], { kind: "stay" }));
    message = await claimOne();
    expect(message.usableAge).toBe(1_000);
    await spool.queue.release([message]);
    await spool.close();
    spool = await kit.open();
    await spool.route.addUsableTime(500);
    message = await claimOne();
    expect(message.usableAge).toBe(1_500);
    await spool.queue.release([message]);
    // After a jump of the clock nothing expires before somebody has confirmed it.
    kit.policy = { ...kit.policy, clockBelieved: false };
    expect((await claimOne()).usableAge).toBe(0);
  });
});

describe("reports", () => {
  async function failed(): Promise<void> {
    await take(spool, "a", undefined, ["a@x.example", "b@x.example"]);
    await spool.outcomes.apply(
      settlement(await claimOne(), ["delivered", "failed"], { kind: "errors", report: "waiting" }),
    );
  }

  const report = () =>
    take(spool, null, Buffer.from("Subject: report\r\n\r\n"), ["postmaster@x.example"], {
      kind: "report",
      source: source(null, "gateway"),
      reportOf: 1,
      reportForm: "with-content",
    });

  test("are due once; then the message is being reported, and is reported", async () => {
    await failed();
    const [due, ...more] = spool.outcomes.reportsDue(9, kit.clock.now());
    expect([due, more]).toEqual([
      {
        id: 1,
        queueId: spool.message(1)?.queueId,
        path: spool.message(1)?.path,
        sender: "sender@example.net",
        summary: { from: "sender@example.net", subject: "subject", messageId: "<id@x>", date: null },
        receivedAt: kit.clock.now(),
        accountId: "main",
        size: spool.message(1)?.size,
        form: "with-content",
        unreadable: false,
        failed: [{ address: "b@x.example", state: { kind: "failed", at: kit.clock.now(), failure: NO } }],
        delivered: ["a@x.example"],
      },
      [],
    ]);
    expect((await report()).kind).toBe("queued");
    expect((await report()).kind).toBe("known");
    expect([spool.outcomes.reportsDue(9, kit.clock.now()), spool.message(1)?.reportState]).toEqual([
      [],
      "sending",
    ]);
    expect(names("Inbox")).toEqual([expect.stringMatching(/^_report-/)]);
    const sent = await claimOne(["report"]);
    expect([sent.reportOf, sent.reportForm]).toEqual([1, "with-content"]);
    await spool.outcomes.apply(
      settlement(sent, ["delivered"], { kind: "done", backup: false }, { kind: "reported" }),
    );
    expect([spool.message(1)?.reportState, spool.counts()]).toEqual([
      "reported",
      { Inbox: 0, Errors: 1, Junk: 0, Backup: 0 },
    ]);
  });

  test("made anew, in another form; refused for good, the original goes to Junk", async () => {
    await failed();
    await report();
    const at = kit.clock.now() + 3_600_000;
    await spool.outcomes.apply(
      settlement(
        await claimOne(["report"]),
        ["failed"],
        { kind: "done", backup: false },
        { kind: "again", nextAt: at, form: "without-content" },
      ),
    );
    expect(spool.outcomes.reportsDue(9, kit.clock.now())).toEqual([]);
    expect(spool.outcomes.reportsDue(9, at)[0]?.form).toBe("without-content");
    await report();
    await spool.outcomes.apply(
      settlement(
        await claimOne(["report"]),
        ["failed"],
        { kind: "done", backup: false },
        { kind: "refused" },
      ),
    );
    expect([
      spool.list("Junk", 0, 9)[0]?.junkReason,
      spool.message(1)?.reportState,
      names("Junk").length,
    ]).toEqual(["report-refused", "refused", 1]);
  });
});

describe("antivirus", () => {
  test("a file that is gone closes the message, and an equal one is no duplicate", async () => {
    await take(spool, "a", undefined, undefined, { duplicateKey: "k" });
    const message = await claimOne();
    rmSync(message.path);
    expect(await spool.bodyMissing(1)).toBe("removed");
    expect(spool.message(1)).toMatchObject({
      folder: null,
      outcome: "removed",
      recipients: [{ state: { kind: "removed", at: kit.clock.now(), reason: "by-other-software" } }],
    });
    expect(spool.attempts(1)[0]?.state).toBe("body-missing");
    expect((await take(spool, "b", undefined, undefined, { duplicateKey: "k" })).kind).toBe("queued");
    expect(await spool.bodyMissing(2)).toBe("present");
  });

  test("a file that is there after all is tried again, at the time that was claimed", async () => {
    await take(spool, "a");
    await claimOne();
    expect(await spool.bodyMissing(1)).toBe("present");
    expect(spool.queue.nextDueAt(["mail"])).toBe(kit.clock.now() + 60_000);
    expect(spool.attempts(1)[0]?.state).toBe("body-missing");
  });

  test("a file that could not be moved back into Inbox is not gone: it is moved, and sent", async () => {
    await take(spool, "a");
    await spool.outcomes.apply(settlement(await claimOne(), ["failed"], { kind: "errors", report: "off" }));
    const { queueId = "" } = spool.message(1) ?? {};
    files.plan = (operation) => (operation === "rename" ? "EIO" : null);
    await spool.actions.act({
      queueId,
      action: "retry",
      kind: "resend-to-original",
      actionId: "1",
      actor: "me",
    });
    expect((await claimOne()).path).toContain("Inbox");
    expect([names("Inbox"), await spool.bodyMissing(1), spool.message(1)?.closedAt]).toEqual([
      [],
      "present",
      null,
    ]);
    files.plan = () => null;
    await kit.clock.advance(60_000);
    const again = await claimOne();
    expect([await spool.bodyMissing(1), again.path.endsWith(names("Inbox")[0] ?? "none")]).toEqual([
      "present",
      true,
    ]);
    expect(names("Errors")).toEqual([]);
  });

  test("a folder that is missing or unreadable closes nothing", async () => {
    await take(spool, "a");
    const message = await claimOne();
    files.plan = (operation) => (operation === "read-folder" ? "ENOENT" : null);
    expect(await problemOf(spool.bodyMissing(1))).toBe("folder-missing");
    expect(await problemOf(spool.ledger.safeToDelete("main", ["a"]))).toBe("folder-missing");
    expect([kit.alerts, spool.message(1)?.closedAt]).toEqual([["folder-missing", "folder-missing"], null]);
    files.plan = () => null;
    expect(basename(message.path)).toBe(names("Inbox")[0]);
    await kit.clock.advance(60_000);
    expect((await claimOne()).id).toBe(1);
  });

  test("vanished before the end of the POP3 session: left on the server, or deleted, by the setting", async () => {
    await take(spool, "a");
    await take(spool, "b");
    for (const name of names("Inbox")) rmSync(`${spool.directory.folder("Inbox")}/${name}`);
    expect(await spool.ledger.safeToDelete("main", ["a"])).toEqual(new Set());
    expect(spool.ledger.find("main", ["a"]).get("a")?.state).toBe("left");
    expect([spool.message(1)?.outcome, (await take(spool, "a")).kind]).toEqual(["removed", "known"]);
    kit.policy = { ...kit.policy, realtimeAntivirus: true };
    expect(await spool.ledger.safeToDelete("main", ["a", "b"])).toEqual(new Set(["b"]));
  });

  test("a report that was taken away is made anew, an hour later, without the content", async () => {
    await take(spool, "a");
    await spool.outcomes.apply(
      settlement(await claimOne(), ["failed"], { kind: "errors", report: "waiting" }),
    );
    await take(spool, null, Buffer.from("x"), ["pm@x.example"], {
      kind: "report",
      reportOf: 1,
      reportForm: "with-content",
    });
    const message = await claimOne(["report"]);
    rmSync(message.path);
    await spool.bodyMissing(message.id);
    expect(spool.outcomes.reportsDue(9, kit.clock.now())).toEqual([]);
    expect(spool.outcomes.reportsDue(9, kit.clock.now() + 3_600_000)[0]?.form).toBe("without-content");
  });

  test("a message that vanished on its way to Errors is still reported, without content", async () => {
    await take(spool, "a");
    const message = await claimOne();
    rmSync(message.path);
    await spool.outcomes.apply(settlement(message, ["failed"], { kind: "errors", report: "waiting" }));
    expect([spool.message(1)?.folder, spool.outcomes.reportsDue(9, kit.clock.now())[0]?.form]).toEqual([
      null,
      "without-content",
    ]);
  });
});

describe("retention", () => {
  test("Backup, reported originals, Junk and history each have their days; what nobody was told of stays", async () => {
    const steps: readonly [string, Step, Disposition][] = [
      ["a", "delivered", { kind: "done", backup: true }],
      ["b", "failed", { kind: "errors", report: "waiting" }],
      ["c", "failed", { kind: "junk", reason: "report-failed" }],
      ["d", "failed", { kind: "junk", reason: "blocked" }],
    ];
    for (const [uid, step, disposition] of steps) {
      await take(spool, uid);
      await spool.outcomes.apply(settlement(await claimOne(), [step], disposition));
    }
    await kit.clock.advance(31 * 86_400_000);
    expect(await spool.tend()).toEqual({ files: 2, rows: 0 });
    expect(spool.counts()).toEqual({ Inbox: 0, Errors: 1, Junk: 1, Backup: 0 });
    expect([names("Backup"), names("Errors").length, names("Junk").length]).toEqual([[], 1, 1]);
    await kit.clock.advance(335 * 86_400_000);
    expect(await spool.tend()).toEqual({ files: 0, rows: 2 });
    expect([spool.message(1), spool.message(2)?.id, spool.message(4)]).toEqual([null, 2, null]);
    expect((await take(spool, "a")).kind).toBe("known");
  });

  test("a hand-made file does not disturb it", async () => {
    writeFileSync(`${spool.directory.folder("Backup")}/note.txt`, "x");
    expect(await spool.tend()).toEqual({ files: 0, rows: 0 });
  });
});

describe("a journal that could not be written", () => {
  const disk = { full: false };

  beforeEach(() => {
    const exec = DatabaseSync.prototype.exec;
    vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
      if (sql === "BEGIN IMMEDIATE" && disk.full) {
        throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      }
      exec.call(this, sql);
    });
  });
  afterEach(() => {
    disk.full = false;
    vi.restoreAllMocks();
  });

  test("an outcome is recorded before anything else is claimed: what was delivered never goes out again", async () => {
    for (const uid of ["a", "b"]) await take(spool, uid);
    const first = await claimOne();
    disk.full = true;
    const delivered = settlement(first, ["delivered"], { kind: "done", backup: false });
    const told: string[] = [];
    const recorded = async (): Promise<void> => void told.push(String(spool.message(1)?.outcome));
    expect(await problemOf(spool.outcomes.apply(delivered, recorded))).toBe("disk-full");
    expect(await problemOf(claimOne())).toBe("disk-full");
    expect(told).toEqual([]);
    disk.full = false;
    expect(spool.queue.nextDueAt(["mail"])).toBe(0);
    expect((await claimOne()).id).toBe(2);
    expect(told).toEqual(["delivered"]);
    expect(spool.queue.nextDueAt(["mail"])).toBeNull();
    expect(spool.message(1)).toMatchObject({ outcome: "delivered", folder: null });
    await removed(1);
  });

  test("what was given back untried is due again, without a new start", async () => {
    await take(spool, "a");
    const message = await claimOne();
    disk.full = true;
    expect(await problemOf(spool.queue.release([message]))).toBe("disk-full");
    disk.full = false;
    expect((await claimOne()).id).toBe(1);
    expect(spool.attempts(1).length).toBe(1);
  });

  test("what is owed at the end is recorded then", async () => {
    await take(spool, "a");
    const delivered = settlement(await claimOne(), ["delivered"], { kind: "done", backup: false });
    disk.full = true;
    expect(await problemOf(spool.outcomes.apply(delivered))).toBe("disk-full");
    disk.full = false;
    await spool.close();
    spool = await kit.open();
    expect([spool.recovery.interrupted, spool.message(1)?.outcome]).toEqual([0, "delivered"]);
  });
});

describe("a journal that could neither be flushed nor written back", () => {
  const disk = { broken: false };

  beforeEach(() => {
    files.plan = (operation) => (operation === "flush" && disk.broken ? "EIO" : null);
    const prepare = DatabaseSync.prototype.prepare;
    vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, sql) {
      if (sql.includes("wal_checkpoint") && disk.broken) {
        throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
      }
      return prepare.call(this, sql);
    });
  });
  afterEach(() => {
    disk.broken = false;
    vi.restoreAllMocks();
  });

  test("nothing is deleted from the server for what can only be read there", async () => {
    disk.broken = true;
    expect(await problemOf(take(spool, "a"))).toBe("disk-error");
    expect(spool.ledger.find("main", ["a"]).get("a")?.state).toBe("collected");
    expect(await problemOf(spool.ledger.safeToDelete("main", ["a"]))).toBe("disk-error");
    disk.broken = false;
    expect(await spool.ledger.safeToDelete("main", ["a"])).toEqual(new Set(["a"]));
    expect([(await take(spool, "a")).kind, names("Inbox").length]).toEqual(["known", 1]);
  });

  test("who was claimed with it is claimed again", async () => {
    await take(spool, "a");
    disk.broken = true;
    expect(await problemOf(claimOne())).toBe("disk-error");
    disk.broken = false;
    expect((await claimOne()).id).toBe(1);
    expect(spool.attempts(1).length).toBe(1);
  });

  test("what it recorded all the same counts once, and the files follow it", async () => {
    for (const uid of ["a", "b", "c"]) await take(spool, uid);
    const delivered = settlement(await claimOne(), ["delivered"], { kind: "done", backup: false });
    const failed = settlement(await claimOne(), ["failed"], { kind: "errors", report: "off" });
    disk.broken = true;
    const applied = await Promise.all(
      [delivered, failed].map((each) => problemOf(spool.outcomes.apply(each))),
    );
    expect([applied, names("Inbox").length]).toEqual([["disk-error", "disk-error"], 3]);
    disk.broken = false;
    expect((await claimOne()).id).toBe(3);
    await spool.close();
    spool = await kit.open({ fileSystem: files });
    expect([spool.recovery.moved, spool.recovery.leftovers, spool.counts()]).toEqual([
      0,
      0,
      { Inbox: 1, Errors: 1, Junk: 0, Backup: 0 },
    ]);
    expect([names("Inbox").length, names("Errors").length]).toEqual([1, 1]);
  });
});

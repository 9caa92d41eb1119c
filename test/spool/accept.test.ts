import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AcceptOrder, Folder } from "../../core/model/message.ts";
import { hashUid } from "../../core/spool/file-name.ts";
import type { Spool } from "../../core/spool/spool.ts";
import {
  claimAll,
  order,
  problemOf,
  receive,
  type SpoolKit,
  source,
  spoolKit,
  take,
  testMail,
} from "../support/spool-kit.ts";

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

function files(folder: Folder): string[] {
  return readdirSync(spool.directory.folder(folder));
}

const recipientAs = (role: "addressed" | "bcc-all" | "postmaster", address: string) => ({
  address,
  role,
  duplicatesChecked: role === "addressed",
});

function resolved(
  kind: AcceptOrder["resolution"]["kind"],
  recipients: AcceptOrder["resolution"]["recipients"] = [],
): Partial<AcceptOrder> {
  return { resolution: { kind, sender: "s@example.net", recipients, trail: [] } };
}

describe("taking a message over", () => {
  test("file, record and identity are there when it is answered", async () => {
    const bytes = testMail("one");
    const accepted = await take(spool, "uid-1", bytes, ["bob@office.example", "ann@office.example"]);
    expect(accepted).toEqual({
      kind: "queued",
      id: 1,
      queueId: expect.stringMatching(/^[0-9A-F]{12}$/),
      recipients: 2,
    });
    const [row] = spool.list("Inbox", 0, 10);
    const queueId = "queueId" in accepted ? accepted.queueId : "";
    expect(row).toEqual({
      id: 1,
      queueId,
      folder: "Inbox",
      kind: "mail",
      accountId: "main",
      sender: "sender@example.net",
      summary: { from: "sender@example.net", subject: "subject", messageId: "<id@x>", date: null },
      size: bytes.length,
      receivedAt: kit.clock.now(),
      file: `main-${hashUid("uid-1")}-${queueId.toLowerCase()}.eml`,
      junkReason: null,
      reportState: null,
      recipients: ["bob@office.example", "ann@office.example"].map((address, index) => ({
        id: index + 1,
        address,
        role: "addressed",
        state: { kind: "queued" },
        tries: 0,
        unknownTries: 0,
      })),
      trail: [],
    });
    expect(readFileSync(join(spool.directory.folder("Inbox"), row?.file ?? "")).equals(bytes)).toBe(true);
    expect(spool.ledger.find("main", ["uid-1", "uid-2"])).toEqual(
      new Map([
        [
          "uid-1",
          {
            uid: "uid-1",
            state: "collected",
            tries: 0,
            collectedAt: kit.clock.now(),
            wholeHash: spool.message(1)?.wholeHash,
          },
        ],
      ]),
    );
    expect(readdirSync(spool.directory.temporary)).toEqual([]);
  });

  test("a file's name is at most 64 lower-case ASCII characters, whatever the account and the id", async () => {
    await take(spool, "\u{1f4e7}/../x".repeat(40));
    const from = source("u", "a234567890-bcdef");
    await spool.bodies.accept(order(from, await receive(spool, from, testMail("long"))));
    expect(files("Inbox").every((name) => /^[a-z0-9-]{1,60}\.eml$/.test(name))).toBe(true);
  });

  test("a known identity makes nothing new, also twice at the same time", async () => {
    const results = await Promise.all([take(spool, "u"), take(spool, "u"), take(spool, "u")]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(["known", "known", "queued"]);
    expect(await take(spool, "u", testMail("other octets"))).toEqual({ kind: "known", id: 1 });
    expect([files("Inbox").length, readdirSync(spool.directory.temporary)]).toEqual([1, []]);
  });

  test("without a UIDL the message's hash is its identity", async () => {
    await take(spool, null, testMail("same"));
    expect(await take(spool, null, testMail("same"))).toEqual({ kind: "known", id: 1 });
    expect((await take(spool, null, testMail("other"))).kind).toBe("queued");
    const hash = spool.message(1)?.wholeHash ?? "";
    expect([spool.message(1)?.source.uid, spool.ledger.countHash("main", hash)]).toEqual([
      `sha256:${hash}#1`,
      1,
    ]);
    const second = source(`sha256:${hash}#2`);
    await spool.bodies.accept(order(second, await receive(spool, second, testMail("same"))));
    expect(spool.ledger.countHash("main", hash)).toBe(2);
  });

  test("an id that is gone and listed again: known with the same octets, new with others", async () => {
    await take(spool, "u", testMail("first"));
    await spool.ledger.deletionConfirmed("main", ["u"], kit.clock.now());
    expect(spool.ledger.find("main", ["u"]).get("u")?.state).toBe("gone");
    expect(await take(spool, "u", testMail("first"))).toEqual({ kind: "known", id: 1 });
    expect(spool.ledger.find("main", ["u"]).get("u")?.state).toBe("collected");
    await spool.ledger.deletionConfirmed("main", ["u"], kit.clock.now());
    expect(await take(spool, "u", testMail("second"))).toMatchObject({ kind: "queued", id: 2 });
  });

  test("an id of ours with another size by LIST: its octets decide, and the new size is remembered", async () => {
    const sized = (announcedSize: number) => ({ ...source("1"), announcedSize });
    const taken = async (announcedSize: number, name: string, uid = "1") => {
      const from = { ...sized(announcedSize), uid };
      const body = await receive(spool, from, testMail(name));
      const accepted = await spool.bodies.accept(order(from, body, undefined, { hashDecides: true }));
      return [accepted.kind, spool.ledger.find("main", [uid]).get(uid)?.announcedSize];
    };
    expect(await taken(200, "first")).toEqual(["queued", 200]);
    expect(await taken(210, "first")).toEqual(["known", 210]);
    expect(await taken(300, "second")).toEqual(["queued", 300]);
    expect(await taken(300, "second")).toEqual(["known", 300]);
    // Another server, which counts differently.
    expect(await taken(305, "second", "moved")).toEqual(["known", 305]);
    await spool.ledger.deletionConfirmed("main", ["moved"], kit.clock.now());
    expect(await taken(310, "second", "moved")).toEqual(["known", 310]);
    expect(files("Inbox").length).toBe(2);
  });

  test("after a mass change of ids the octets decide; other accounts are not asked", async () => {
    await take(spool, "old", testMail("same"));
    expect(await take(spool, "new", testMail("same"), undefined, { hashDecides: true })).toEqual({
      kind: "known",
      id: 1,
    });
    expect(spool.ledger.find("main", ["new"]).get("new")?.state).toBe("collected");
    expect((await take(spool, "newer", testMail("same"))).kind).toBe("queued");
    const other = source("x", "second");
    const body = await receive(spool, other, testMail("same"));
    expect((await spool.bodies.accept(order(other, body, undefined, { hashDecides: true }))).kind).toBe(
      "queued",
    );
  });

  test("junk and discard, each with a history row and known afterwards", async () => {
    const junked = await take(spool, "j", undefined, undefined, {
      verdict: { kind: "junk", reason: "blocked", detail: "sender" },
    });
    expect(junked).toMatchObject({ kind: "junked", reason: "blocked" });
    const closed = await take(spool, "d", undefined, undefined, {
      verdict: { kind: "discard", reason: "blocked", detail: "subject matches" },
    });
    expect(closed).toMatchObject({ kind: "closed", why: "discarded (blocked): subject matches" });
    expect([files("Inbox"), files("Junk").length, readdirSync(spool.directory.temporary)]).toEqual([
      [],
      1,
      [],
    ]);
    expect([
      spool.list("Junk", 0, 9)[0]?.junkReason,
      spool.message(2)?.outcome,
      spool.message(2)?.folder,
    ]).toEqual(["blocked", "discarded", null]);
    expect([(await take(spool, "j")).kind, (await take(spool, "d")).kind]).toEqual(["known", "known"]);
    expect(await claimAll(spool, kit.clock)).toEqual([]);
  });

  test("who nobody is left for: closed, Junk by the rule, and no BCC copy alone", async () => {
    const bcc = recipientAs("bcc-all", "archive@office.example");
    const results = [
      await take(spool, "1", undefined, [], resolved("ignored-by-alias", [bcc])),
      await take(spool, "2", undefined, [], resolved("no-recipient")),
      await take(spool, "3", undefined, [], resolved("unknown-user")),
      await take(
        spool,
        "4",
        undefined,
        [],
        resolved("no-recipient", [recipientAs("postmaster", "pm@x"), bcc]),
      ),
    ];
    expect(results).toMatchObject([
      { kind: "closed", why: "its aliases deliver it to nobody" },
      { kind: "junked", reason: "no-recipient" },
      { kind: "junked", reason: "unknown-user" },
      { kind: "queued", recipients: 2 },
    ]);
    expect([files("Inbox").length, files("Junk").length]).toEqual([1, 2]);
  });

  test("duplicates: recipient by recipient, for so many days, never from an envelope header", async () => {
    const key = { duplicateKey: "key" };
    await take(spool, "1", undefined, ["Bob@office.example"], key);
    expect(
      await take(spool, "2", undefined, ["bob@Office.example", "ann@office.example"], key),
    ).toMatchObject({
      kind: "queued",
      recipients: 1,
    });
    expect(spool.message(2)?.trail).toEqual([
      {
        address: "bob@Office.example",
        header: null,
        headerIndex: null,
        verdict: "dropped",
        rule: "duplicate-message",
      },
    ]);
    const bcc = [
      recipientAs("addressed", "bob@office.example"),
      recipientAs("bcc-all", "archive@office.example"),
    ];
    expect(await take(spool, "3", undefined, [], { ...key, ...resolved("addressed", bcc) })).toMatchObject({
      kind: "closed",
      why: "every recipient has this message already",
    });
    const trusted = [{ ...recipientAs("addressed", "bob@office.example"), duplicatesChecked: false }];
    expect((await take(spool, "4", undefined, [], { ...key, ...resolved("addressed", trusted) })).kind).toBe(
      "queued",
    );
    expect((await take(spool, "5", undefined, ["bob@office.example"])).kind).toBe("queued");
    await kit.clock.advance(8 * 86_400_000);
    // The one before it still waits: it is going to arrive.
    expect((await take(spool, "6", undefined, ["bob@office.example"], key)).kind).toBe("closed");
    const database = new DatabaseSync(join(kit.directory, "efs.db"));
    database.exec("UPDATE message SET closed_at = 1 WHERE closed_at IS NULL");
    database.close();
    expect((await take(spool, "6b", undefined, ["bob@office.example"], key)).kind).toBe("queued");
    kit.policy = { ...kit.policy, duplicateDays: 0 };
    expect((await take(spool, "7", undefined, ["bob@office.example"], key)).kind).toBe("queued");
    // The file of the closed one is gone, and no task of it is left.
    await spool.close();
    spool = await kit.open();
    expect([files("Inbox").length, spool.recovery.leftovers]).toEqual([6, 0]);
  });

  test("equal messages at the same time: one passes", async () => {
    const key = { duplicateKey: "key" };
    const results = await Promise.all(
      ["1", "2", "3"].map((uid) => take(spool, uid, undefined, undefined, key)),
    );
    expect(results.map(({ kind }) => kind).sort()).toEqual(["closed", "closed", "queued"]);
    expect(files("Inbox").length).toBe(1);
  });

  test("sending waits for the antivirus delay", async () => {
    kit.policy = { ...kit.policy, sendingDelay: (size) => size * 10 };
    await take(spool, "u", testMail("u", 1_000));
    const at = kit.clock.now() + 10_000;
    expect([await claimAll(spool, kit.clock), spool.queue.nextDueAt(["mail"])]).toEqual([[], at]);
    await kit.clock.advance(10_000);
    expect((await claimAll(spool, kit.clock)).length).toBe(1);
  });

  test("the journal without room: nothing is taken, no file is left, and later it works", async () => {
    const exec = DatabaseSync.prototype.exec;
    DatabaseSync.prototype.exec = function (sql) {
      if (sql === "BEGIN IMMEDIATE") exec.call(this, "PRAGMA max_page_count = 1");
      exec.call(this, sql);
    };
    try {
      const large = testMail("u").toString("latin1");
      const summary = { from: large, subject: large.repeat(1_000), messageId: "", date: null };
      expect(await problemOf(take(spool, "u", undefined, undefined, { summary }))).toBe("disk-full");
    } finally {
      DatabaseSync.prototype.exec = exec;
    }
    expect([files("Inbox"), readdirSync(spool.directory.temporary)]).toEqual([[], []]);
    await spool.close();
    spool = await kit.open();
    expect((await take(spool, "u")).kind).toBe("queued");
  });

  test("discard takes the temporary file away", async () => {
    const body = await receive(spool, source("u"), testMail("u"));
    await spool.bodies.discard(body);
    await spool.bodies.discard(body);
    expect(existsSync(body.temporaryPath)).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SeenRecord } from "../../core/model/ports.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { type SpoolKit, source, spoolKit, take, testMail } from "../support/spool-kit.ts";

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

const failing = (uid: string, more: Partial<SeenRecord> = {}): SeenRecord => ({
  uid,
  state: "failing",
  tries: 2,
  collectedAt: null,
  wholeHash: null,
  ...more,
});

const hashOf = (name: string): string | null =>
  [...spool.ledger.find("main", [name]).values()][0]?.wholeHash ?? null;

const states = (...uids: string[]) =>
  uids.map((uid) => spool.ledger.find("main", [uid]).get(uid)?.state ?? "forgotten");

describe("the memory of a mailbox", () => {
  test("survives a restart, account by account", async () => {
    expect(spool.ledger.accountState("main")).toBe("new");
    await spool.ledger.setAccountState("main", "asked");
    await spool.ledger.record(
      "main",
      [failing("a"), failing("b", { state: "waiting", tries: 0 })],
      kit.clock.now(),
    );
    await spool.close();
    spool = await kit.open();
    expect([spool.ledger.accountState("main"), spool.ledger.accountState("other")]).toEqual(["asked", "new"]);
    expect(spool.ledger.find("main", ["a", "x"])).toEqual(new Map([["a", failing("a")]]));
    expect(spool.ledger.inState("main", "waiting")).toEqual([failing("b", { state: "waiting", tries: 0 })]);
    expect(spool.ledger.find("other", ["a"]).size).toBe(0);
  });

  test("odd and hostile ids are told apart exactly", async () => {
    const uids = [
      "",
      " ",
      "a",
      "A",
      "\u00e9",
      "e\u0301",
      "x".repeat(5_000),
      "'; DROP TABLE seen; --",
      "\u0000",
    ];
    await spool.ledger.record(
      "main",
      uids.map((uid) => failing(uid)),
      kit.clock.now(),
    );
    expect([...spool.ledger.find("main", uids).values()]).toEqual(uids.map((uid) => failing(uid)));
    expect(spool.ledger.inState("main", "failing").length).toBe(uids.length);
  });

  test("a listing marks what it lacks as gone; after 30 days without a listing it is forgotten", async () => {
    for (const uid of ["a", "b"]) await take(spool, uid);
    await spool.ledger.record("main", [failing("f")], kit.clock.now());
    await spool.ledger.listed("main", ["a", "f"], kit.clock.now());
    expect(states("a", "b", "f")).toEqual(["collected", "gone", "failing"]);
    await kit.clock.advance(20 * DAY);
    await spool.ledger.listed("main", ["a"], kit.clock.now());
    await kit.clock.advance(11 * DAY);
    await spool.ledger.listed("main", ["a"], kit.clock.now());
    expect(states("a", "b", "f")).toEqual(["collected", "forgotten", "forgotten"]);
    await kit.clock.advance(31 * DAY);
    expect(states("a")).toEqual(["collected"]);
  });

  test("identities made from hashes are forgotten with their deletion, UIDLs are gone", async () => {
    await take(spool, null, testMail("m"));
    const uid = spool.message(1)?.source.uid ?? "";
    await take(spool, "a");
    await spool.ledger.deletionConfirmed("main", [uid, "a", "unknown"], kit.clock.now());
    expect(states(uid, "a", "unknown")).toEqual(["forgotten", "gone", "forgotten"]);
    expect(spool.ledger.countHash("main", spool.message(1)?.wholeHash ?? "")).toBe(0);
    expect((await take(spool, null, testMail("m"))).kind).toBe("queued");
  });

  test("only collected ids may be deleted", async () => {
    await spool.ledger.record("main", [failing("f"), failing("w", { state: "waiting" })], kit.clock.now());
    await take(spool, "a");
    await take(spool, "g");
    await spool.ledger.deletionConfirmed("main", ["g"], kit.clock.now());
    expect(await spool.ledger.safeToDelete("main", ["a", "f", "w", "g", "x"])).toEqual(new Set(["a"]));
    expect(await spool.ledger.safeToDelete("other", ["a"])).toEqual(new Set());
  });

  test("knows the octets of an account", async () => {
    await take(spool, "a");
    const hash = spool.message(1)?.wholeHash ?? "";
    expect([
      spool.ledger.knowsHash("main", hash),
      spool.ledger.knowsHash("other", hash),
      spool.ledger.knowsHash("main", "0"),
    ]).toEqual([true, false, false]);
  });

  test("another mailbox: only the bytes of what was collected are known, an open question is put anew", async () => {
    const { ledger } = spool;
    const enter = (mailbox: string) => ledger.enterMailbox("main", mailbox);
    const account = () => [ledger.accountState("main"), ledger.isMoved("main")];
    expect([await enter("anna at one"), account()]).toEqual(["same", ["new", false]]);
    await ledger.setAccountState("main", "asked");
    // Two of the same bytes, one that QUIT confirmed, one that other software took away.
    for (const uid of ["a", "twin", "confirmed", "taken"]) {
      await take(spool, uid, testMail(uid === "twin" ? "a" : uid));
    }
    await ledger.deletionConfirmed("main", ["confirmed"], kit.clock.now());
    await ledger.record("main", [{ ...failing("taken"), state: "left", wholeHash: hashOf("taken") }], 0);
    await ledger.record("main", [failing("f"), failing("w", { state: "waiting" })], kit.clock.now());
    await take(spool, "a-of-another-account", undefined, undefined, {
      source: { ...source("a-of-another-account", "other") },
    });
    expect([await enter("anna at one"), account()]).toEqual(["same", ["asked", false]]);
    expect(states("a", "f", "w")).toEqual(["collected", "failing", "waiting"]);

    expect([await enter("anna at two"), account()]).toEqual(["other", ["new", true]]);
    await spool.close();
    spool = await kit.open();
    const all = ["a", "twin", "confirmed", "taken", "f", "w"];
    expect(states(...all)).toEqual(all.map(() => "forgotten"));
    expect(spool.ledger.find("other", ["a-of-another-account"]).size).toBe(1);
    expect(await spool.ledger.safeToDelete("main", all)).toEqual(new Set());
    const hashDecides = { hashDecides: true };
    const again = (uid: string, bytes: Buffer) => take(spool, uid, bytes, undefined, hashDecides);
    expect([
      // Ids of before, with what others had: known by their bytes, each of them.
      (await again("f", testMail("a"))).kind,
      (await again("a", testMail("confirmed"))).kind,
      (await again("confirmed", testMail("taken"))).kind,
      (await again("twin", testMail("new"))).kind,
    ]).toEqual(["known", "known", "known", "queued"]);
    await spool.ledger.setAccountState("main", "known");
    await spool.ledger.setMoved("main", false);
    expect([spool.ledger.accountState("main"), spool.ledger.isMoved("main")]).toEqual(["known", false]);
    // And back again.
    expect(await spool.ledger.enterMailbox("main", "anna at one")).toBe("other");
    expect((await again("a", testMail("a"))).kind).toBe("known");
    expect([spool.ledger.accountState("main"), spool.ledger.isMoved("main")]).toEqual(["known", true]);
  });

  test("which mailbox a record of an older version is about is not known: the first that is listed", async () => {
    await spool.ledger.setAccountState("main", "known");
    await take(spool, "a");
    expect(await spool.ledger.enterMailbox("main", "anna at one")).toBe("same");
    expect([states("a"), spool.ledger.isMoved("main")]).toEqual([["collected"], false]);
    expect(await spool.ledger.enterMailbox("main", "anna at two")).toBe("other");
  });

  test("a mailbox of 100,000 is listed without holding up the rest for long", async () => {
    const uids = Array.from({ length: 100_000 }, (_, index) => `uid-${index}`);
    await spool.ledger.record(
      "main",
      uids.map((uid) => failing(uid, { state: "skipped" })),
      kit.clock.now(),
    );
    await kit.clock.advance(2 * DAY);
    let longest = 0;
    let last = performance.now();
    let going = true;
    const watch = (async () => {
      while (going) {
        await new Promise((resolve) => setImmediate(resolve));
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      }
    })();
    const begun = performance.now();
    await spool.ledger.listed("main", uids, kit.clock.now());
    going = false;
    await watch;
    console.log(
      `listed(100,000): ${Math.round(performance.now() - begun)} ms, longest pause ${Math.round(longest)} ms`,
    );
    expect(longest).toBeLessThan(1_000);
  });
});

/** Every file operation of taking a message over fails once, in every way: fully accepted or cleanly refused. */

import { readdirSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AcceptOrder } from "../../core/model/message.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { problemOf, type SpoolKit, spoolKit, take } from "../support/spool-kit.ts";

let kit: SpoolKit;

beforeEach(() => {
  kit = spoolKit();
});
afterEach(() => kit.remove());

const kinds: Readonly<Record<string, Partial<AcceptOrder>>> = {
  queued: {},
  junked: { verdict: { kind: "junk", reason: "blocked", detail: "" } },
  closed: { verdict: { kind: "discard", reason: "blocked", detail: "" } },
};

function state(spool: Spool) {
  const names = (["Inbox", "Junk"] as const).flatMap((folder) => readdirSync(spool.directory.folder(folder)));
  const rows = (["Inbox", "Junk"] as const).flatMap((folder) =>
    spool.list(folder, 0, 10).map(({ file }) => file),
  );
  return { names, rows, temporary: readdirSync(spool.directory.temporary) };
}

describe.each(Object.keys(kinds))("a message that is to be %s", (expected) => {
  test.each(["ENOSPC", "EIO", "EACCES", "EMFILE"])("each operation fails with %s", async (code) => {
    const files = new FaultyFileSystem();
    const spool = await kit.open({ fileSystem: files, clock: systemClock });
    files.operations.length = 0;
    await take(spool, "counted", undefined, undefined, kinds[expected]);
    const total = files.operations.length;
    expect(total).toBeGreaterThan(4);
    for (let failing = 1; failing <= total; failing += 1) {
      const uid = `u${failing}`;
      const before = state(spool);
      files.operations.length = 0;
      files.plan = (_operation, _path, count) => (count === failing ? code : null);
      const outcome = await problemOf(take(spool, uid, undefined, undefined, kinds[expected]));
      files.plan = () => null;
      const after = state(spool);
      if (outcome === "resolved") {
        expect(spool.ledger.find("main", [uid]).get(uid)?.state).toBe("collected");
      } else {
        expect(outcome).toMatch(/^(disk-full|disk-error|not-writable|too-many-open-files)$/);
        expect([after, spool.ledger.find("main", [uid]).size]).toEqual([before, 0]);
      }
      expect(after.names.sort()).toEqual(after.rows.sort());
      const again = await take(spool, uid, undefined, undefined, kinds[expected]);
      expect(again.kind).toBe(outcome === "resolved" ? "known" : expected);
    }
    await spool.close();
  });
});

test("content, name, folder, then the record: nothing is answered before all of it is on the disk", async () => {
  const files = new FaultyFileSystem();
  const spool = await kit.open({ fileSystem: files });
  files.operations.length = 0;
  const exec = DatabaseSync.prototype.exec;
  const order: string[] = [];
  files.plan = (operation, path) => {
    order.push(`${operation} ${relative(kit.directory, dirname(path))} ${basename(path)}`);
    return null;
  };
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql);
    if (sql === "COMMIT") order.push("commit");
  };
  try {
    await take(spool, "u").then(() => order.push("answered"));
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
  expect(order.map((step) => step.replace(/(\.temporary) .*/, "$1"))).toEqual([
    ...["create", "write", "sync", "close", "rename"].map((operation) => `${operation} mail/.temporary`),
    "sync-folder mail Inbox",
    "commit",
    "flush  efs.db-wal",
    "answered",
  ]);
  files.plan = () => null;
  await spool.close();
});

describe("what is locked by another program", () => {
  test.each(["EBUSY", "EPERM"])("a rename that meets %s is tried again for ten seconds", async (code) => {
    const files = new FaultyFileSystem();
    const spool = await kit.open({ fileSystem: files });
    let refusals = 0;
    files.plan = (operation) => (operation === "rename" && refusals++ < 5 ? code : null);
    const taken = take(spool, "u");
    while (refusals < 6) await kit.clock.advance(100);
    expect((await taken).kind).toBe("queued");
    let begun: number | null = null;
    let ended = 0;
    files.plan = (operation) => {
      if (operation !== "rename") return null;
      ended = kit.clock.now();
      begun ??= ended;
      return code;
    };
    const refused = problemOf(take(spool, "v"));
    let outcome: string | null = null;
    refused.then((result) => {
      outcome = result;
    });
    while (outcome === null) await kit.clock.advance(100);
    const waited = ended - (begun ?? 0);
    expect([outcome, waited >= 10_000 && waited < 12_000]).toEqual([
      code === "EBUSY" ? "file-locked" : "not-writable",
      true,
    ]);
    expect(state(spool).names.length).toBe(1);
    await spool.close();
  });
});

describe("a commit of which nobody knows the end", () => {
  test("leaves the file for a row that might come back; the next try makes one message of it", async () => {
    const spool = await kit.open();
    const exec = DatabaseSync.prototype.exec;
    DatabaseSync.prototype.exec = function (sql) {
      if (sql === "COMMIT") throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
      exec.call(this, sql);
    };
    try {
      expect(await problemOf(take(spool, "u"))).toBe("disk-error");
    } finally {
      DatabaseSync.prototype.exec = exec;
    }
    expect([state(spool).names.length, state(spool).rows]).toEqual([1, []]);
    expect((await take(spool, "u")).kind).toBe("queued");
    expect(state(spool).names).toEqual(state(spool).rows);
    await spool.close();
  });
});

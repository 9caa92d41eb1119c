/**
 * Each file operation, and each statement of the journal, fails once in every way: each part of the mail's way is done or
 * refused with words, and afterwards nothing that was acknowledged is missing, and nothing is there that was not.
 */
import { cpSync, rmSync } from "node:fs";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ProblemError } from "../../core/model/problem.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { type SpoolKit, spoolKit } from "../support/spool-kit.ts";
import { brokenPromises, mailsWay } from "./mails-way.ts";
import { PowerCutDisk } from "./power-cut-disk.ts";

const WORDS = /^(?:disk-full|disk-error|not-writable|too-many-open-files)$/;
const LONG = process.env["EFS_LONG"] === "1";
const SLOW = { timeout: LONG ? 600_000 : 120_000 };
/** Of the journal's statements every so many-th; with EFS_LONG=1 each. */
const STRIDE = LONG ? 1 : 9;

let kit: SpoolKit;
let files: FaultyFileSystem;

beforeEach(() => {
  kit = spoolKit();
  files = new FaultyFileSystem();
});
afterEach(() => kit.remove());

/** What was acknowledged. A part may be refused, in words; the parts behind it go on. */
async function live(): Promise<readonly string[]> {
  const promises: string[] = [];
  const spool = await inWords(() => kit.open({ fileSystem: files }));
  if (spool === null) return promises;
  for (const part of mailsWay(kit, spool, (text) => promises.push(text))) await inWords(part);
  await spool.close();
  return promises;
}

/** null: refused with a problem that says why; anything else that is thrown fails the test. */
async function inWords<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.problem.code).toMatch(WORDS);
    return null;
  }
}

async function kept(what: string, promises: readonly string[]): Promise<void> {
  kit.alerts.length = 0;
  expect([what, ...(await brokenPromises(kit, promises))]).toEqual([what]);
  rmSync(kit.directory, { recursive: true });
}

describe.each(["ENOSPC", "EIO", "EACCES", "EMFILE"])("file operations fail with %s", (code) => {
  test("each once", SLOW, async () => {
    expect(await live()).toHaveLength(11);
    await kept("none", []);
    const total = files.operations.length;
    expect(total).toBeGreaterThan(60);
    for (let failing = 1; failing <= total; failing += 1) {
      files.operations.length = 0;
      let failed = "";
      files.plan = (operation, path, count) => {
        if (count !== failing) return null;
        failed = `${operation} ${path}`;
        return code;
      };
      const promises = await live();
      files.plan = () => null;
      await kept(`${failing}. ${failed}`, promises);
    }
  });

  test("from one on all, until the disk is good again", SLOW, async () => {
    await live();
    await kept("none", []);
    const total = files.operations.length;
    for (let from = 1; from <= total; from += 7) {
      files.operations.length = 0;
      files.plan = (_operation, _path, count) => (count >= from ? code : null);
      const promises = await live();
      files.plan = () => null;
      await kept(`from ${from} on`, promises);
    }
  });

  test("each once while the start puts right what a power cut left", SLOW, async () => {
    const disk = new PowerCutDisk(kit.directory);
    const cut = spoolKit();
    try {
      const spool = await kit.open({ fileSystem: disk });
      disk.steps.push({ kind: "commit", journal: disk.journalFiles() });
      for (const part of mailsWay(kit, spool, (text) => disk.promise(text))) await part();
      await spool.close();
      rmSync(kit.directory, { recursive: true });
      const promised = (at: number): boolean => disk.steps[at - 1]?.kind === "promise";
      const moments = disk.steps.map((_, index) => index + 1).filter(promised);
      for (const at of moments.filter((_, index) => index % 3 === 2)) {
        disk.restore({ at, namesUpTo: 0, unsynced: "half" }, cut.directory);
        for (let failing = 0, total = 0; failing <= total; failing += 1) {
          cpSync(cut.directory, kit.directory, { recursive: true });
          files.operations.length = 0;
          files.plan = (_operation, _path, count) => (count === failing ? code : null);
          const opened: Spool | null = await inWords(() => kit.open({ fileSystem: files }));
          await opened?.close();
          files.plan = () => null;
          // The first time nothing fails.
          if (failing === 0) total = files.operations.length;
          await kept(`cut at ${at}, operation ${failing}`, disk.promisesAt(at));
        }
      }
    } finally {
      cut.remove();
    }
  });
});

describe.each([
  ["no room", 13],
  ["an I/O error", 10],
  ["read-only", 8],
  ["cannot be opened", 14],
])("statements of the journal fail: %s", (_name, errcode) => {
  test("one at a time", SLOW, async () => {
    const broken = breakable();
    try {
      await live();
      await kept("none", []);
      const total = broken.count;
      expect(total).toBeGreaterThan(100);
      for (let failing = 1 + (errcode % STRIDE); failing <= total; failing += STRIDE) {
        broken.failAt(failing, errcode);
        const promises = await live();
        broken.failAt(0, 0);
        await kept(`${failing}. ${broken.failed}`, promises);
      }
    } finally {
      broken.restore();
    }
  });
});

/** SQLite, each of whose statements can be made to fail. Undoing and closing never do: they do not write. */
function breakable() {
  const exec = DatabaseSync.prototype.exec;
  const { run, get, all } = StatementSync.prototype;
  const state = { count: 0, at: 0, errcode: 0, failed: "" };
  const look = (sql: string): void => {
    if (/^(?:ROLLBACK|PRAGMA|BEGIN EXCLUSIVE)/.test(sql)) return;
    state.count += 1;
    if (state.count !== state.at) return;
    state.failed = sql.replace(/\s+/g, " ").slice(0, 80);
    throw Object.assign(new Error("injected"), { errcode: state.errcode });
  };
  DatabaseSync.prototype.exec = function (sql) {
    look(sql);
    exec.call(this, sql);
  };
  for (const [name, method] of Object.entries({ run, get, all })) {
    Reflect.set(StatementSync.prototype, name, function (this: StatementSync, ...values: unknown[]) {
      look(this.sourceSQL);
      return Reflect.apply(method, this, values);
    });
  }
  return {
    get count() {
      return state.count;
    },
    get failed() {
      return state.failed;
    },
    failAt(at: number, errcode: number): void {
      Object.assign(state, { at, errcode, count: 0 });
    },
    restore(): void {
      DatabaseSync.prototype.exec = exec;
      Object.assign(StatementSync.prototype, { run, get, all });
    },
  };
}

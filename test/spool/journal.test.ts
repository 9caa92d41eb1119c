import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ProblemError } from "../../core/model/problem.ts";
import { type Journal, UncertainCommitError } from "../../core/spool/journal.ts";
import { JOURNAL_VERSION } from "../../core/spool/migrations.ts";
import { openJournal } from "../../core/spool/open-journal.ts";
import { type FileSystem, nodeFileSystem } from "../../core/util/file-system.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { problemOf } from "../support/spool-kit.ts";

const NOW = Date.UTC(2026, 10, 20, 15, 20, 36);
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "efs-journal-"));
  path = join(folder, "efs.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function set(journal: Journal, name: string, value: string): void {
  journal.run("INSERT INTO meta (name, value) VALUES (?, ?)", name, value);
}

function names(journal: Journal): unknown[] {
  return journal.all("SELECT name FROM meta ORDER BY name").map((row) => row["name"]);
}

function afterCommit({ database }: Journal, listener: () => void): void {
  const exec = database.exec.bind(database);
  database.exec = (sql) => {
    exec(sql);
    if (sql === "COMMIT") listener();
  };
}

describe("the journal", () => {
  test("is durable and checks its references", async () => {
    const { journal, isNew } = openJournal(path, NOW);
    const pragma = (name: string) => journal.get(`PRAGMA ${name}`)?.[name];
    expect([isNew, pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")]).toEqual([
      true,
      "wal",
      1,
      1,
    ]);
    expect(pragma("user_version")).toBe(JOURNAL_VERSION);
    await journal.close();
  });

  test("works of one turn share one transaction; one that throws is undone alone", async () => {
    const { journal } = openJournal(path, NOW);
    let commits = 0;
    afterCommit(journal, () => {
      commits += 1;
    });
    const results = await Promise.allSettled([
      journal.commit(() => set(journal, "a", "1")),
      journal.commit(() => {
        set(journal, "b", "1");
        throw new RangeError("mine");
      }),
      journal.commit(() => set(journal, "a", "again")),
      journal.commit(() => set(journal, "c", "1")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: new RangeError("mine") });
    expect([names(journal), commits]).toEqual([["a", "c"], 1]);
    await journal.close();
  });

  test("as many works as were answered together are waited for, and no longer; others for a few turns", async () => {
    const { journal } = openJournal(path, NOW);
    let commits = 0;
    afterCommit(journal, () => {
      commits += 1;
    });
    /** The turn of the loop in which the commit comes; in each of the first ones a work is handed in. */
    async function turnOfCommit(works: readonly string[]): Promise<number> {
      const before = commits;
      const told: Promise<void>[] = [];
      let turn = 0;
      for (; commits === before; turn += 1) {
        const name = works[turn];
        if (name !== undefined) told.push(journal.commit(() => set(journal, name, "1")));
        await new Promise(setImmediate);
      }
      await Promise.all(told);
      return turn;
    }
    expect([
      await turnOfCommit(["a", "b", "c"]),
      await turnOfCommit(["d", "e", "f"]),
      await turnOfCommit(["g", "h"]),
      await turnOfCommit(["i"]),
      await turnOfCommit(["j", "k", "l"]),
    ]).toEqual([16, 3, 16, 16, 16]);
    expect([names(journal).join(""), commits]).toEqual(["abcdefghijkl", 5]);
    await journal.close();
  });

  /** A journal whose flushes last until somebody ends them, with all that happens in order. */
  function slowJournal() {
    const order: string[] = [];
    const flushes: PromiseWithResolvers<void>[] = [];
    const files: FileSystem = {
      ...nodeFileSystem,
      openToFlush: async () => ({
        flush() {
          order.push("flush");
          const flush = Promise.withResolvers<void>();
          flushes.push(flush);
          return flush.promise;
        },
        close: async () => undefined,
      }),
    };
    const { journal } = openJournal(path, NOW, files);
    afterCommit(journal, () => order.push("commit"));
    const work = (name: string): Promise<unknown> =>
      journal
        .commit(() => {
          order.push(`work ${name}`);
          set(journal, name, "1");
        })
        .then(
          () => order.push(`told ${name}`),
          (error: unknown) =>
            order.push(`${error instanceof UncertainCommitError ? "uncertain" : "refused"} ${name}`),
        );
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    };
    return { journal, order, flushes, work, turns };
  }

  test("nothing is told before its flush; one batch is written meanwhile, what comes after that waits", async () => {
    const { journal, order, flushes, work, turns } = slowJournal();
    const told = [work("a"), work("b")];
    await turns();
    told.push(work("c"));
    await turns();
    told.push(work("d"), work("e"));
    await turns();
    expect(order.splice(0)).toEqual(["work a", "work b", "commit", "flush", "work c", "commit"]);
    flushes[0]?.resolve();
    await turns();
    expect(order.splice(0)).toEqual(["flush", "told a", "told b", "work d", "work e", "commit"]);
    flushes[1]?.resolve();
    await turns();
    expect(order.splice(0)).toEqual(["flush", "told c"]);
    const closed = journal.close();
    flushes[2]?.resolve();
    await closed;
    await Promise.all(told);
    expect(order).toEqual(["told d", "told e"]);
  });

  test("a flush that failed makes uncertain what was written behind it as well; what waits is written when that is settled", async () => {
    const { journal, order, flushes, work, turns } = slowJournal();
    const reader = new DatabaseSync(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT 1 FROM meta").all();
    journal.database.exec("PRAGMA busy_timeout = 0");
    void work("a");
    await turns();
    void work("b");
    await turns();
    void work("c");
    order.length = 0;
    flushes[0]?.reject(Object.assign(new Error("input/output error"), { code: "EIO" }));
    await turns();
    expect(order.splice(0)).toEqual(["uncertain a", "uncertain b", "refused c"]);
    reader.close();
    void work("d");
    await turns();
    expect(order.splice(0)).toEqual(["work d", "commit", "flush"]);
    flushes[1]?.resolve();
    await journal.close();
    expect(order).toEqual(["told d"]);
  });

  test("a log that cannot be flushed is written back at once; nobody is told anything", async () => {
    const files = new FaultyFileSystem();
    const { journal } = openJournal(path, NOW, files);
    files.plan = (operation) => (operation === "flush" ? "EIO" : null);
    await journal.commit(() => set(journal, "a", "1"));
    await journal.close();
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare("SELECT name FROM meta").all()).toEqual([{ name: "a" }]);
    database.close();
  });

  test("SQLite may hear of the same failure once more, when it writes back", async () => {
    const files = new FaultyFileSystem();
    const { journal } = openJournal(path, NOW, files);
    files.plan = (operation) => (operation === "flush" ? "EIO" : null);
    const prepare = journal.database.prepare.bind(journal.database);
    let told = false;
    journal.database.prepare = (sql) => {
      if (told || !sql.includes("wal_checkpoint")) return prepare(sql);
      told = true;
      throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
    };
    await journal.commit(() => set(journal, "a", "1"));
    expect([told, names(journal)]).toEqual([true, ["a"]]);
    await journal.close();
  });

  test("neither flushed nor written back is uncertain, and nothing more is written before that succeeds", async () => {
    const files = new FaultyFileSystem();
    const { journal } = openJournal(path, NOW, files);
    files.plan = (operation) => (operation === "flush" ? "EIO" : null);
    const reader = new DatabaseSync(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT 1 FROM meta").all();
    journal.database.exec("PRAGMA busy_timeout = 0");
    const tried = async (name: string) =>
      journal.commit(() => set(journal, name, "1")).catch((reason: unknown) => reason);
    const uncertain = await tried("a");
    expect(uncertain).toBeInstanceOf(UncertainCommitError);
    expect(uncertain).toMatchObject({ problem: { code: "disk-error" } });
    const refused = await tried("b");
    expect([refused instanceof ProblemError, refused instanceof UncertainCommitError]).toEqual([true, false]);
    expect(names(journal)).toEqual(["a"]);
    reader.close();
    files.plan = () => null;
    expect([await tried("b"), names(journal)]).toEqual([undefined, ["a", "b"]]);
    await journal.close();
  });

  test("a full disk rejects the whole batch, nothing of it is kept, and it works again with room", async () => {
    const { journal } = openJournal(path, NOW);
    const pages = Number(journal.get("PRAGMA page_count")?.["page_count"]);
    journal.database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const results = await Promise.allSettled([
      journal.commit(() => set(journal, "small", "1")),
      journal.commit(() => set(journal, "large", "x".repeat(100_000))),
      journal.commit(() => set(journal, "late", "1")),
    ]);
    expect(results.map((result) => result.status === "rejected" && result.reason.problem.code)).toEqual([
      "disk-full",
      "disk-full",
      "disk-full",
    ]);
    expect(names(journal)).toEqual([]);
    journal.database.exec("PRAGMA max_page_count = 1000000");
    await journal.commit(() => set(journal, "large", "x".repeat(100_000)));
    expect(names(journal)).toEqual(["large"]);
    await journal.close();
  });

  test("a COMMIT that fails is uncertain, and nothing of it is seen", async () => {
    const { journal } = openJournal(path, NOW);
    const exec = journal.database.exec.bind(journal.database);
    journal.database.exec = (sql) => {
      if (sql === "COMMIT") throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
      exec(sql);
    };
    const error = await journal.commit(() => set(journal, "a", "1")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UncertainCommitError);
    expect(error).toMatchObject({ problem: { code: "disk-error" } });
    journal.database.exec = exec;
    expect(names(journal)).toEqual([]);
    await journal.close();
  });

  test("a newer version is refused and nothing is touched", async () => {
    await openJournal(path, NOW).journal.close();
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${JOURNAL_VERSION + 1}`);
    database.close();
    const before = readFileSync(path);
    expect(await problemOf(Promise.resolve().then(() => openJournal(path, NOW)))).toBe("journal-newer");
    expect([readdirSync(folder), readFileSync(path).equals(before)]).toEqual([["efs.db"], true]);
  });

  test.each([
    ["no database at all", (file: string) => writeFileSync(file, "This is a text.\n".repeat(500))],
    ["cut in the middle", (file: string) => truncateSync(file, 20_000)],
  ])("damaged (%s): put aside under a name with the time, and made new", async (_, damage) => {
    const first = openJournal(path, NOW).journal;
    await first.close();
    damage(path);
    const bytes = readFileSync(path);
    const { journal, isNew, moved } = openJournal(path, NOW);
    const aside = `${path}.damaged-20261120T152036Z`;
    expect([isNew, moved?.code, moved?.what.includes("efs.db.damaged-20261120T152036Z")]).toEqual([
      true,
      "journal-rebuilt",
      true,
    ]);
    expect(readFileSync(aside).equals(bytes)).toBe(true);
    expect(names(journal)).toEqual([]);
    await journal.close();
  });

  test("damage that shows itself while it runs is marked, told, and put aside at the next start", async () => {
    const told: string[] = [];
    const { journal } = openJournal(path, NOW, nodeFileSystem, ({ problem }) => told.push(problem.code));
    const corrupt = Object.assign(new Error("database disk image is malformed"), { errcode: 11 });
    const failed = journal.commit(() => {
      throw corrupt;
    });
    expect(await problemOf(failed)).toBe("journal-damaged");
    await journal.close();
    const next = openJournal(path, NOW);
    expect([told, next.isNew, next.moved?.code, existsSync(`${path}.damaged`)]).toEqual([
      ["journal-damaged"],
      true,
      "journal-rebuilt",
      false,
    ]);
    await next.journal.close();
  });
});

/**
 * Opening the journal: what is found at the start, and what becomes of it.
 *
 * 1. A file of a newer version is refused before SQLite opens it (its header says so); nothing is touched.
 * 2. A file that is provably damaged is put aside under a name with the time, never deleted. Found while
 *    running, it is marked and put aside at the next start.
 */
import { closeSync, existsSync, openSync, readSync, renameSync, statSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Problem } from "../model/problem.ts";
import { ProblemError } from "../model/problem.ts";
import { type FileSystem, nodeFileSystem } from "../util/file-system.ts";
import { damageMark, Journal } from "./journal.ts";
import { JOURNAL_VERSION, MIGRATIONS } from "./migrations.ts";
import {
  journalMovedProblem,
  newerVersionProblem,
  SQLITE,
  sqliteCode,
  storageError,
} from "./spool-problem.ts";

/** A damaged file shows itself when it is used; a small one is looked through at once. */
const CHECK_WHOLE_BELOW = 33_554_432;

export interface OpenedJournal {
  readonly journal: Journal;
  /** It did not exist, or had to be put aside: made new. */
  readonly isNew: boolean;
  /** For the alert, when a damaged one was put aside. */
  readonly moved: Problem | null;
}

/** Opens or makes the journal. Throws ProblemError. `now`: ms since 1970, for the name of one put aside. */
export function openJournal(
  path: string,
  now: number,
  fileSystem: FileSystem = nodeFileSystem,
  onDamage: (error: ProblemError) => void = () => undefined,
): OpenedJournal {
  const opened = (database: DatabaseSync, isNew: boolean, moved: Problem | null): OpenedJournal => ({
    journal: new Journal({ path, database, fileSystem, onDamage }),
    isNew,
    moved,
  });
  const existed = existsSync(path);
  if (existed) refuseNewer(path);
  if (existed && existsSync(damageMark(path))) {
    const moved = moveAside(path, now);
    return opened(connect(path), true, moved);
  }
  try {
    const database = connect(path);
    return opened(database, !existed || wasEmpty(database), null);
  } catch (error) {
    const code = sqliteCode(error);
    if (existed && (code === SQLITE.corrupt || code === SQLITE.notADatabase)) {
      const moved = moveAside(path, now);
      return opened(connect(path), true, moved);
    }
    throw storageError(error, path, "could not be opened");
  }
}

function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 2_000, enableForeignKeyConstraints: true });
  try {
    const version = userVersion(database);
    if (version > JOURNAL_VERSION) {
      throw new ProblemError(newerVersionProblem(path, version, JOURNAL_VERSION));
    }
    database.exec("PRAGMA journal_mode = WAL");
    // The journal flushes what it commits (rule 1 there).
    database.exec("PRAGMA synchronous = NORMAL");
    // What is deleted is overwritten: nothing of it can be found in the file.
    database.exec("PRAGMA secure_delete = ON");
    database.exec("PRAGMA fullfsync = ON");
    database.exec("PRAGMA checkpoint_fullfsync = ON");
    database.exec("PRAGMA journal_size_limit = 67108864");
    database.exec("PRAGMA wal_autocheckpoint = 1500");
    database.exec("PRAGMA cache_size = -16384");
    if (statSync(path).size < CHECK_WHOLE_BELOW) check(database);
    migrate(database, version);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class DamagedError extends Error {
  readonly errcode = SQLITE.corrupt;
}

function check(database: DatabaseSync): void {
  const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found !== "ok") throw new DamagedError(String(found));
}

function migrate(database: DatabaseSync, from: number): void {
  MIGRATIONS.slice(from).forEach((sql, index) => {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${from + index + 1}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}

function userVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

/** Nothing was ever entered: as good as new (a file cut to nothing is an empty database to SQLite). */
function wasEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM meta LIMIT 1").get() === undefined;
}

/** SQLite's file header: "SQLite format 3\0", and the user version in octets 60 to 63. */
function refuseNewer(path: string): void {
  const header = Buffer.alloc(100);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, header, 0, header.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw storageError(error, path, "could not be read");
  }
  const version = header.readUInt32BE(60);
  if (header.toString("latin1", 0, 16) === "SQLite format 3\0" && version > JOURNAL_VERSION) {
    throw new ProblemError(newerVersionProblem(path, version, JOURNAL_VERSION));
  }
}

function moveAside(path: string, now: number): Problem {
  const stamp = new Date(now).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
  let aside = `${path}.damaged-${stamp}`;
  for (let number = 2; existsSync(aside); number += 1) aside = `${path}.damaged-${stamp}-${number}`;
  try {
    for (const ending of ["-wal", "-shm", ""]) {
      if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
    }
    if (existsSync(damageMark(path))) unlinkSync(damageMark(path));
  } catch (error) {
    throw storageError(error, path, "could not be put aside");
  }
  return journalMovedProblem(path, basename(aside));
}

/**
 * Everything about the messages, in one SQLite file.
 *
 * 1. WAL and synchronous FULL: when a commit returns, it is on disk (with `fullfsync` also on macOS).
 * 2. Group commit: works that are handed in during one turn of the event loop share one transaction, one
 *    fsync. Each has a savepoint: one that throws is undone alone and rejects alone. No promise settles
 *    before the commit.
 * 3. When the disk is at fault (full, I/O error, damaged) every work of the batch rejects with ProblemError
 *    and nothing of it is kept. When COMMIT itself failed, nobody can say whether it would be there after a
 *    crash: that rejects with `UncertainCommitError`, and nothing may be concluded from it.
 * 4. A file of a newer version is refused before SQLite opens it (its header says so); nothing is touched.
 * 5. A file that is provably damaged is put aside under a name with the time, never deleted. Found while
 *    running, it is marked and put aside at the next start.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Problem } from "../model/problem.ts";
import { ProblemError } from "../model/problem.ts";
import { JOURNAL_VERSION, MIGRATIONS } from "./migrations.ts";
import {
  journalMovedProblem,
  newerVersionProblem,
  SQLITE,
  sqliteCode,
  storageError,
} from "./spool-problem.ts";

/** The commit failed in a way that leaves open whether a crash would bring its rows back. */
export class UncertainCommitError extends ProblemError {}

type Value = string | number | bigint | null;
export type Row = Readonly<Record<string, unknown>>;

interface Work {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Result = { readonly value: unknown } | { readonly error: unknown };

const BATCH = 256;
/** A damaged file shows itself when it is used; a small one is looked through at once. */
const CHECK_WHOLE_BELOW = 33_554_432;
const FATAL: ReadonlySet<number> = new Set([
  SQLITE.noMemory,
  SQLITE.readOnly,
  SQLITE.inputOutput,
  SQLITE.corrupt,
  SQLITE.full,
  SQLITE.cannotOpen,
  SQLITE.notADatabase,
]);

export interface OpenedJournal {
  readonly journal: Journal;
  /** It did not exist, or had to be put aside: made new. */
  readonly isNew: boolean;
  /** For the alert, when a damaged one was put aside. */
  readonly moved: Problem | null;
}

export class Journal {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #onDamage: (error: ProblemError) => void;
  #queue: Work[] = [];
  #scheduled = false;
  #open = true;

  constructor(path: string, database: DatabaseSync, onDamage: (error: ProblemError) => void) {
    this.path = path;
    this.database = database;
    this.#onDamage = onDamage;
  }

  all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#reading(() => this.#statement(sql).all(...values));
  }

  get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#reading(() => this.#statement(sql).get(...values));
  }

  /** Only inside a work. The number of rows changed. */
  run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Only inside a work. The id of the row inserted. */
  insert(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** Runs the work in the next transaction; settles when that is on disk. */
  commit<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.#open) {
        reject(this.#closed("could not be written"));
        return;
      }
      this.#queue.push({ run: work, resolve: (value) => resolve(value as T), reject });
      this.#schedule();
    });
  }

  /** What is queued is still committed. */
  close(): void {
    while (this.#queue.length > 0) this.#flush();
    this.#open = false;
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#open && this.#queue.length > 0) this.#flush();
      if (this.#open && this.#queue.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const batch = this.#queue.splice(0, BATCH);
    const results: Result[] = [];
    let committing = false;
    try {
      this.database.exec("BEGIN IMMEDIATE");
      for (const work of batch) results.push(this.#attempt(work));
      committing = true;
      this.database.exec("COMMIT");
    } catch (error) {
      if (this.database.isTransaction) this.#undo("ROLLBACK");
      // A disk that is full took no complete commit record; after any other failure it may be there.
      const problem = this.#trouble(error, committing && sqliteCode(error) !== SQLITE.full);
      for (const work of batch) work.reject(problem);
      return;
    }
    results.forEach((result, index) => {
      const work = batch[index];
      if ("error" in result) work?.reject(result.error);
      else work?.resolve(result.value);
    });
  }

  /** Throws only what spoils the whole batch. */
  #attempt(work: Work): Result {
    this.database.exec("SAVEPOINT work");
    try {
      const value = work.run();
      this.database.exec("RELEASE work");
      return { value };
    } catch (error) {
      if (!this.database.isTransaction || FATAL.has(sqliteCode(error) ?? 0)) throw error;
      this.database.exec("ROLLBACK TO work");
      this.database.exec("RELEASE work");
      return { error };
    }
  }

  #undo(sql: string): void {
    try {
      this.database.exec(sql);
    } catch {
      // The connection is in trouble already; that is what is reported.
    }
  }

  #reading<T>(read: () => T): T {
    if (!this.#open) throw this.#closed("could not be read");
    try {
      return read();
    } catch (error) {
      // Inside a transaction it is the batch that fails, not this reading.
      if (sqliteCode(error) === null || this.database.isTransaction) throw error;
      throw this.#trouble(error, false);
    }
  }

  #closed(doing: string): ProblemError {
    return storageError(new Error("the journal is closed"), this.path, doing);
  }

  #trouble(error: unknown, uncertain: boolean): ProblemError {
    const plain = storageError(error, this.path, "could not be written");
    const code = sqliteCode(error);
    if (code === SQLITE.corrupt || code === SQLITE.notADatabase) {
      markDamaged(this.path);
      this.#onDamage(plain);
    }
    return uncertain ? new UncertainCommitError(plain.problem, { cause: error }) : plain;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Opens or makes the journal. Throws ProblemError. `now`: ms since 1970, for the name of one put aside. */
export function openJournal(
  path: string,
  now: number,
  onDamage: (error: ProblemError) => void = () => undefined,
): OpenedJournal {
  const existed = existsSync(path);
  if (existed) refuseNewer(path);
  if (existed && existsSync(damageMark(path))) {
    const moved = moveAside(path, now);
    return { journal: new Journal(path, connect(path), onDamage), isNew: true, moved };
  }
  try {
    const database = connect(path);
    return {
      journal: new Journal(path, database, onDamage),
      isNew: !existed || wasEmpty(database),
      moved: null,
    };
  } catch (error) {
    const code = sqliteCode(error);
    if (existed && (code === SQLITE.corrupt || code === SQLITE.notADatabase)) {
      const moved = moveAside(path, now);
      return { journal: new Journal(path, connect(path), onDamage), isNew: true, moved };
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
    database.exec("PRAGMA synchronous = FULL");
    // What is deleted is overwritten: nothing of it can be found in the file.
    database.exec("PRAGMA secure_delete = ON");
    database.exec("PRAGMA fullfsync = ON");
    database.exec("PRAGMA checkpoint_fullfsync = ON");
    database.exec("PRAGMA journal_size_limit = 67108864");
    database.exec("PRAGMA wal_autocheckpoint = 4000");
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

function damageMark(path: string): string {
  return `${path}.damaged`;
}

function markDamaged(path: string): void {
  try {
    writeFileSync(damageMark(path), "");
  } catch {
    // Then the next start finds out by itself.
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

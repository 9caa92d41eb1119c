/**
 * Everything about the messages, in one SQLite file.
 *
 * 1. What a work has written is on the disk when its promise resolves, not before. SQLite itself flushes only where its
 *    own order needs it (WAL, synchronous NORMAL: no crash can damage the file); after each COMMIT we flush its log, in
 *    the thread pool, so that nobody waits for the disk who has other things to do.
 * 2. Group commit: works that are handed in during a few turns of the event loop share one transaction and one flush. It
 *    is written while the disk is busy with the one before it. Each work has a savepoint: one that throws is undone
 *    alone and rejects alone.
 * 3. When the disk is at fault (full, I/O error, damaged) every work of the batch rejects with ProblemError and nothing
 *    of it is kept. When COMMIT itself failed, nobody can say whether it would be there after a crash: that rejects
 *    with `UncertainCommitError`, and nothing may be concluded from it.
 * 4. A log that cannot be flushed may have lost what was written before too, whatever a second flush says: then
 *    everything is written again, into the database file. Where that fails as well, the batch rejects with
 *    `UncertainCommitError`, though its rows can be read; and nothing more is written until it succeeds (`onCertain`).
 *    What must not rest on such rows (a DELE) waits for a work that comes after they were read.
 */
import { writeFileSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ProblemError } from "../model/problem.ts";
import type { FileSystem, FlushedFile } from "../util/file-system.ts";
import { SQLITE, sqliteCode, storageError } from "./spool-problem.ts";

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

/** Committed, and not known to be on the disk. */
interface Written {
  readonly batch: readonly Work[];
  readonly results: readonly Result[];
}

/** Works of one transaction, and how long it may keep everybody else waiting (ms). */
const BATCH = 256;
const SLICE = 8;
/** Turns of the event loop that a work waits for company, at the most. */
const TURNS = 16;
const FATAL: ReadonlySet<number> = new Set([
  SQLITE.noMemory,
  SQLITE.readOnly,
  SQLITE.inputOutput,
  SQLITE.corrupt,
  SQLITE.full,
  SQLITE.cannotOpen,
  SQLITE.notADatabase,
]);

export interface JournalParts {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly fileSystem: FileSystem;
  readonly onDamage: (error: ProblemError) => void;
}

export class Journal {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #fileSystem: FileSystem;
  readonly #onDamage: (error: ProblemError) => void;
  readonly #statements = new Map<string, StatementSync>();
  #queue: Work[] = [];
  #scheduled = false;
  /** Works that the batch before had. One alone says nothing about who comes with it. */
  #company = 1;
  /** Waits for the flush of those before it. */
  #written: Written | null = null;
  /** Until nothing is waiting for a flush. */
  #flushing: Promise<void> | null = null;
  /** SQLite's write-ahead log, open for its flushes. */
  #log: FlushedFile | null = null;
  /** Rule 4: rows are there of which nobody knows whether they are on the disk. */
  #inDoubt = false;
  #onCertain = (): void => undefined;
  #open = true;

  constructor({ path, database, fileSystem, onDamage }: JournalParts) {
    this.path = path;
    this.database = database;
    this.#fileSystem = fileSystem;
    this.#onDamage = onDamage;
  }

  all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#reading(() => this.#statement(sql).all(...values));
  }

  get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#reading(() => this.#statement(sql).get(...values));
  }

  /** Statements that read, and write temporary tables at the most. */
  script(sql: string): void {
    this.#reading(() => this.database.exec(sql));
  }

  /** Only inside a work. The number of rows changed. */
  run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Only inside a work. The id of the row inserted. */
  insert(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** Runs the work in the next transaction; settles when that, and all before it, is on disk. */
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

  /** `listener`: rows whose batch was rejected, since nobody knew (rule 4), are on the disk after all. */
  onCertain(listener: () => void): void {
    this.#onCertain = listener;
  }

  /** What is queued is still committed. */
  async close(): Promise<void> {
    this.#open = false;
    while (this.#flushing !== null || this.#queue.length > 0) await (this.#flushing ?? this.#write());
    this.#statements.clear();
    const log = this.#log;
    this.#log = null;
    await log?.close().catch(() => undefined);
    if (this.database.isOpen) this.database.close();
  }

  /**
   * Whatever else the next turns hand in is taken along: those who were answered just now have something new to write,
   * and half as many commits cost half as much. When as many are there as were answered, nobody else is waited for. Where
   * nothing else goes on, these turns take no time.
   */
  #schedule(): void {
    if (this.#scheduled || this.#written !== null || this.#queue.length === 0) return;
    this.#scheduled = true;
    let turns = TURNS;
    const turn = (): void => {
      turns -= 1;
      const complete = this.#company > 1 && this.#queue.length >= this.#company;
      if (turns > 0 && !complete) {
        setImmediate(turn);
        return;
      }
      this.#scheduled = false;
      if (this.#written === null && this.#queue.length > 0) this.#write();
    };
    setImmediate(turn);
  }

  /** One batch is written while the one before it is flushed; no more, for the next flush is for all that came. */
  #write(): void {
    this.#written = this.#writeBatch();
    if (this.#written !== null) this.#flushing ??= this.#flushWritten();
    else this.#schedule();
  }

  /** Never rejects. */
  async #flushWritten(): Promise<void> {
    for (let written = this.#written; written !== null; written = this.#written) {
      this.#written = null;
      this.#schedule();
      try {
        await this.#flushLog();
        answer(written);
      } catch (error) {
        const trouble = this.#trouble(error, true);
        reject(written.batch, trouble);
        // Written meanwhile: just as uncertain.
        reject(this.#takeWritten(), trouble);
        this.#schedule();
      }
    }
    this.#flushing = null;
  }

  #takeWritten(): readonly Work[] {
    const batch = this.#written?.batch ?? [];
    this.#written = null;
    return batch;
  }

  /** null: nothing of it was. */
  #writeBatch(): Written | null {
    const batch = this.#queue.splice(0, BATCH);
    const results: Result[] = [];
    let committing = false;
    try {
      if (this.#inDoubt) {
        this.#writeBack();
        this.#onCertain();
      }
      this.database.exec("BEGIN IMMEDIATE");
      const until = performance.now() + SLICE;
      for (const work of batch) {
        results.push(this.#attempt(work));
        if (performance.now() > until) break;
      }
      committing = true;
      this.database.exec("COMMIT");
    } catch (error) {
      if (this.database.isTransaction) this.#rollBack();
      // A disk that is full took no complete commit record; after any other failure it may be there.
      reject(batch, this.#trouble(error, committing && sqliteCode(error) !== SQLITE.full));
      return null;
    }
    this.#queue.unshift(...batch.splice(results.length));
    this.#company = results.length;
    return { batch, results };
  }

  /** Rejects when it is not certain that what was written is on the disk. */
  async #flushLog(): Promise<void> {
    try {
      this.#log ??= await this.#fileSystem.openToFlush(`${this.path}-wal`);
      await this.#log.flush();
    } catch (error) {
      this.#inDoubt = true;
      // A system tells each descriptor once of what it could not write: the first try may fail by that alone.
      if (!this.#isWrittenBack() && !this.#isWrittenBack()) throw error;
    }
  }

  #isWrittenBack(): boolean {
    try {
      this.#writeBack();
      return true;
    } catch {
      return false;
    }
  }

  /** Rule 4. Throws when it does not succeed. */
  #writeBack(): void {
    const { busy } = this.database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
    if (busy !== 0) throw new Error("the journal's log could not be written back into the journal");
    this.#inDoubt = false;
  }

  /** Throws only what spoils the whole batch. */
  #attempt(work: Work): Result {
    this.#statement("SAVEPOINT work").run();
    try {
      const value = work.run();
      this.#statement("RELEASE work").run();
      return { value };
    } catch (error) {
      if (!this.database.isTransaction || FATAL.has(sqliteCode(error) ?? 0)) throw error;
      this.#statement("ROLLBACK TO work").run();
      this.#statement("RELEASE work").run();
      return { error };
    }
  }

  #rollBack(): void {
    try {
      this.database.exec("ROLLBACK");
    } catch {
      // The connection is in trouble already; that is what is reported.
    }
  }

  #reading<T>(read: () => T): T {
    if (!this.database.isOpen) throw this.#closed("could not be read");
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

function answer({ batch, results }: Written): void {
  results.forEach((result, index) => {
    const work = batch[index];
    if ("error" in result) work?.reject(result.error);
    else work?.resolve(result.value);
  });
}

function reject(batch: readonly Work[], error: unknown): void {
  for (const work of batch) work.reject(error);
}

/** Where it says that the next start is to put the journal aside. */
export function damageMark(path: string): string {
  return `${path}.damaged`;
}

function markDamaged(path: string): void {
  try {
    writeFileSync(damageMark(path), "");
  } catch {
    // Then the next start finds out by itself.
  }
}

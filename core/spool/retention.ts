/**
 * What is kept how long (PRODUCT section 2, table; section 8, history). Days of 0 keep for ever.
 *
 * 1. Backup: counted from delivery. Errors: only reported ones, from the report. Junk: from when it came
 *    there; what the postmaster could not be told of, from when somebody has taken note of it.
 * 2. A history row goes only when its file has gone; with it go its recipients, attempts, trail and the words
 *    in the index. It stays known as collected (`seen`), and as a duplicate for as long as those are kept.
 * 3. Nothing goes while the clock is in doubt.
 * 4. In small transactions, with a pause between them: nobody waits for it.
 */
import { setImmediate } from "node:timers/promises";
import type { ForgottenHistory } from "../model/history.ts";
import type { FileTask, FileTasks } from "./file-tasks.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, text } from "./spool-context.ts";

const DAY = 86_400_000;
const SLICE = 200;

/** SQL: a message that is closed and has no file any more. */
const DONE_WITH = "closed_at IS NOT NULL AND folder IS NULL AND file_task = 0";
/** SQL: its report to the postmaster is still owed. */
const REPORT_DUE = "coalesce(report_state, '') IN ('waiting', 'sending')";

/** SQL: nobody was told of it, by mail; somebody has to look at the pages. */
const NEVER_REPORTED = "coalesce(junk_reason, '') IN ('report-refused', 'report-failed')";

export interface Retired {
  readonly files: number;
  readonly rows: number;
}

export async function retire(context: SpoolContext, tasks: FileTasks, now: number): Promise<Retired> {
  const policy = context.policy();
  if (policy.clockBelieved === false) return { files: 0, rows: 0 };
  let files = 0;
  files += await retireFiles(context, tasks, now, policy.backupDays, "folder = 'Backup' AND closed_at <= ?");
  files += await retireFiles(
    context,
    tasks,
    now,
    policy.reportedDays,
    "folder = 'Errors' AND report_state = 'reported' AND reported_at <= ?",
  );
  files += await retireFiles(
    context,
    tasks,
    now,
    policy.junkDays,
    `folder = 'Junk' AND coalesce(acknowledged_at, CASE WHEN ${NEVER_REPORTED} THEN NULL ELSE closed_at END) <= ?`,
  );
  await tasks.flush();
  const rows = await retireRows(context, now, policy.historyDays, policy.duplicateDays);
  return { files, rows };
}

/** Inside one transaction each; what is already acknowledged stays as it was. */
export async function acknowledgeJunk(
  { journal, clock }: SpoolContext,
  ids: readonly number[] | "all",
): Promise<number> {
  const waiting = `folder = 'Junk' AND ${NEVER_REPORTED} AND acknowledged_at IS NULL`;
  const found =
    ids === "all"
      ? journal.all(`SELECT id FROM message WHERE ${waiting}`).map((row) => number(row["id"]))
      : ids;
  return inSlices(found, (slice) =>
    journal.commit(() => {
      let changed = 0;
      for (const id of slice) {
        const sql = `UPDATE message SET acknowledged_at = ? WHERE id = ? AND ${waiting}`;
        changed += journal.run(sql, clock.now(), id);
      }
      return changed;
    }),
  );
}

/** On demand. What is at work or has a file stays: that is deleted in its folder. */
export async function forgetHistory(
  { journal }: SpoolContext,
  ids: readonly number[],
): Promise<ForgottenHistory> {
  const kept: number[] = [];
  const erased = await inSlices(ids, (slice) =>
    journal.commit(() => {
      let gone = 0;
      for (const id of slice) {
        if (journal.run(`DELETE FROM message WHERE id = ? AND ${DONE_WITH} AND NOT ${REPORT_DUE}`, id) > 0)
          gone += 1;
        else if (journal.get("SELECT 1 FROM message WHERE id = ?", id) !== undefined) kept.push(id);
      }
      return gone;
    }),
  );
  return { erased, kept };
}

async function inSlices(
  ids: readonly number[],
  work: (slice: readonly number[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < ids.length; start += SLICE) sum += await work(ids.slice(start, start + SLICE));
  return sum;
}

async function retireFiles(
  { journal }: SpoolContext,
  tasks: FileTasks,
  now: number,
  days: number,
  condition: string,
): Promise<number> {
  if (days === 0) return 0;
  let files = 0;
  for (;;) {
    const going = await journal.commit(() => {
      const rows = journal.all(
        `SELECT id, file, folder FROM message WHERE ${condition} LIMIT ${SLICE}`,
        now - days * DAY,
      );
      return rows.flatMap((row): readonly FileTask[] => {
        const from = folderOrNull(row["folder"]);
        if (from === null) return [];
        const id = number(row["id"]);
        journal.run("UPDATE message SET folder = NULL, file_task = 1 WHERE id = ?", id);
        return [{ id, file: text(row["file"]), from, to: null }];
      });
    });
    for (const task of going) await tasks.run(task);
    files += going.length;
    if (going.length < SLICE) return files;
    await setImmediate();
  }
}

async function retireRows(
  { journal }: SpoolContext,
  now: number,
  historyDays: number,
  duplicateDays: number,
): Promise<number> {
  let rows = 0;
  for (;;) {
    const changed = await journal.commit(() => {
      const duplicates = journal.run(
        `DELETE FROM duplicate WHERE (key, recipient) IN
           (SELECT key, recipient FROM duplicate WHERE at <= ? AND NOT EXISTS
             (SELECT 1 FROM message WHERE message.id = duplicate.message AND closed_at IS NULL)
            LIMIT ${SLICE})`,
        now - duplicateDays * DAY,
      );
      if (historyDays === 0) return { duplicates, history: 0 };
      const ids = journal.all(
        `SELECT id FROM message WHERE closed_at <= ? AND ${DONE_WITH} LIMIT ${SLICE}`,
        now - historyDays * DAY,
      );
      for (const row of ids) {
        const id = number(row["id"]);
        // What was collected stays known (`seen`), also without its history.
        journal.run("DELETE FROM message WHERE id = ?", id);
      }
      return { duplicates, history: ids.length };
    });
    rows += changed.history;
    if (changed.duplicates < SLICE && changed.history < SLICE) return rows;
    await setImmediate();
  }
}

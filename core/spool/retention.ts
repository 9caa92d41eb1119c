/**
 * What is kept how long (PRODUCT section 2, table; section 8, history). Days of 0 keep for ever.
 *
 * 1. Backup: counted from delivery. Errors: only reported ones, from the report. Junk: from when it came
 *    there, but never what the postmaster has not been told of.
 * 2. A history row goes only when its file has gone; with it go its recipients, attempts and trail.
 * 3. In small transactions, with a pause between them: nobody waits for it.
 */
import { setImmediate } from "node:timers/promises";
import type { FileTask, FileTasks } from "./file-tasks.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, text } from "./spool-context.ts";

const DAY = 86_400_000;
const SLICE = 200;

export interface Retired {
  readonly files: number;
  readonly rows: number;
}

export async function retire(context: SpoolContext, tasks: FileTasks, now: number): Promise<Retired> {
  const policy = context.policy();
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
    "folder = 'Junk' AND coalesce(junk_reason, '') NOT IN ('report-refused', 'report-failed') AND closed_at <= ?",
  );
  await tasks.flush();
  const rows = await retireRows(context, now, policy.historyDays, policy.duplicateDays);
  return { files, rows };
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
           (SELECT key, recipient FROM duplicate WHERE at <= ? LIMIT ${SLICE})`,
        now - duplicateDays * DAY,
      );
      if (historyDays === 0) return { duplicates, history: 0 };
      const ids = journal.all(
        `SELECT id FROM message WHERE closed_at <= ? AND folder IS NULL AND file_task = 0 LIMIT ${SLICE}`,
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

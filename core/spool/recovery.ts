/**
 * Putting folders and journal in agreement at the start (PRODUCT section 2, rule 6): the record wins.
 *
 * 1. Half-written files go. A folder that cannot be read stops everything: it closes nothing.
 * 2. A file that is not where its record says is moved there; the leftover of a closed message is removed; a
 *    message whose file is nowhere was removed by other software.
 * 3. Attempts that were under way when the process ended count as interrupted: due at once, but after three in
 *    a row the time that was journalled for the next one stands.
 * 4. A report that was begun and is not in Inbox is made anew.
 * 5. What has no record is handed out (`Orphans`). A report or alert without one was never taken over: whoever
 *    makes it makes it again, and the file goes. After the loss of the journal it is the only copy, and stays.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Folder } from "../model/message.ts";
import { FOLDERS } from "./data-directory.ts";
import { isMessageFile, parseFileName } from "./file-name.ts";
import { closeAsRemoved } from "./outcome-journal.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, text } from "./spool-context.ts";
import { storageError } from "./spool-problem.ts";

const INTERRUPTED_BEFORE_WAITING = 3;
const SLICE = 500;

export interface Recovery {
  /** Half-written files removed. */
  readonly temporary: number;
  /** Files moved to where their record says. */
  readonly moved: number;
  /** Leftovers of closed messages removed. */
  readonly leftovers: number;
  /** Messages whose file is nowhere. */
  readonly missing: number;
  readonly interrupted: number;
  /** Reports to be made anew. */
  readonly reports: number;
  /** Files without a record, by folder. */
  readonly orphans: ReadonlyMap<Folder, ReadonlySet<string>>;
}

type Names = ReadonlyMap<Folder, Set<string>>;

export async function recover(context: SpoolContext, rebuilt: boolean): Promise<Recovery> {
  const temporary = await cleanTemporary(context);
  const names = await readFolders(context);
  const files = await placeFiles(context, names);
  const interrupted = await endAttempts(context);
  const reports = await restartReports(context);
  if (!rebuilt) await dropUnrecorded(context, names.get("Inbox") ?? new Set());
  return { temporary, ...files, interrupted, reports, orphans: names };
}

async function cleanTemporary({ fileSystem, directory, log }: SpoolContext): Promise<number> {
  let removed = 0;
  const names = await fileSystem.readFolder(directory.temporary).catch((error: unknown) => {
    throw storageError(error, `The folder ${directory.temporary}`, "could not be read");
  });
  for (const name of names) {
    try {
      await fileSystem.unlink(join(directory.temporary, name));
      removed += 1;
    } catch {
      log({ source: "spool", level: "warning", text: `the half-written file ${name} could not be removed` });
    }
  }
  return removed;
}

async function readFolders({ fileSystem, directory }: SpoolContext): Promise<Names> {
  const names = new Map<Folder, Set<string>>();
  for (const folder of FOLDERS) {
    const place = directory.folder(folder);
    try {
      names.set(folder, new Set((await fileSystem.readFolder(place)).filter(isMessageFile)));
    } catch (error) {
      throw storageError(error, `The folder ${place}`, "could not be read");
    }
  }
  return names;
}

/** Takes every name that has a record out of `names`; what stays has none. */
async function placeFiles(context: SpoolContext, names: Names) {
  const { journal, fileSystem, folderSync, directory, clock, log } = context;
  const missing: number[] = [];
  const finished: number[] = [];
  const touched = new Set<Folder>();
  let moved = 0;
  let leftovers = 0;
  const rows = journal.all(
    `SELECT id, folder, file, file_task FROM message WHERE folder IS NOT NULL
     UNION ALL SELECT id, folder, file, file_task FROM message INDEXED BY message_at_work
       WHERE file_task = 1 AND folder IS NULL`,
  );
  for (const row of rows) {
    const id = number(row["id"]);
    const file = text(row["file"]);
    const folder = folderOrNull(row["folder"]);
    if (folder !== null && names.get(folder)?.delete(file) === true) {
      if (row["file_task"] === 1) finished.push(id);
      continue;
    }
    const home = FOLDERS.find((candidate) => names.get(candidate)?.has(file) === true);
    if (home === undefined) {
      if (folder === null) finished.push(id);
      else missing.push(id);
      continue;
    }
    names.get(home)?.delete(file);
    try {
      const from = join(directory.folder(home), file);
      if (folder === null) await fileSystem.unlink(from);
      else await fileSystem.rename(from, join(directory.folder(folder), file));
    } catch (error) {
      const trouble = storageError(
        error,
        join(directory.folder(home), file),
        "could not be put where it belongs",
      );
      if (folder !== null) throw trouble;
      // It was delivered, and is only in the way: no reason not to start.
      log({ source: "spool", level: "warning", text: trouble.message });
      continue;
    }
    touched.add(home);
    if (folder === null) leftovers += 1;
    else {
      moved += 1;
      touched.add(folder);
    }
    finished.push(id);
  }
  for (const folder of touched) {
    await folderSync.sync(directory.folder(folder)).catch((error: unknown) => {
      throw storageError(error, `The folder ${directory.folder(folder)}`, "could not be written");
    });
  }
  await inSlices(missing, (slice) =>
    journal.commit(() => {
      for (const id of slice) closeAsRemoved(context, id, clock.now());
    }),
  );
  await inSlices(finished, (slice) =>
    journal.commit(() => {
      for (const id of slice) journal.run("UPDATE message SET file_task = 0 WHERE id = ?", id);
    }),
  );
  if (missing.length > 0) {
    const what = `${missing.length} message file(s) were removed by other software; they are closed`;
    log({ source: "spool", level: "warning", text: what });
  }
  return { moved, leftovers, missing: missing.length };
}

function endAttempts({ journal, clock }: SpoolContext): Promise<number> {
  const now = clock.now();
  return journal.commit(() => {
    journal.run(
      `INSERT INTO attempt (message, state, started_at, ended_at)
       SELECT id, 'interrupted', claimed_at, ? FROM message INDEXED BY message_at_work WHERE claimed = 1`,
      now,
    );
    return journal.run(
      `UPDATE message INDEXED BY message_at_work SET claimed = 0, interrupted = interrupted + 1,
         due_at = CASE WHEN interrupted + 1 < ? THEN min(due_at, ?) ELSE due_at END
       WHERE claimed = 1`,
      INTERRUPTED_BEFORE_WAITING,
      now,
    );
  });
}

function restartReports({ journal, clock }: SpoolContext): Promise<number> {
  return journal.commit(() =>
    journal.run(
      `UPDATE message AS original SET report_state = 'waiting', report_due_at = ?
       WHERE report_state = 'sending' AND NOT EXISTS (
         SELECT 1 FROM message AS report WHERE report.report_of = original.id AND report.folder = 'Inbox')`,
      clock.now(),
    ),
  );
}

/** Never acknowledged reports and alerts. */
async function dropUnrecorded(
  { fileSystem, directory, log }: SpoolContext,
  inbox: Set<string>,
): Promise<void> {
  let count = 0;
  for (const file of inbox) {
    count += 1;
    if (count % SLICE === 0) await setImmediate();
    const kind = parseFileName(file)?.kind;
    if (kind !== "report" && kind !== "alert") continue;
    inbox.delete(file);
    try {
      await fileSystem.unlink(join(directory.folder("Inbox"), file));
    } catch {
      log({ source: "spool", level: "warning", text: `${file} could not be removed` });
    }
  }
}

async function inSlices(
  ids: readonly number[],
  run: (slice: readonly number[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < ids.length; start += SLICE) await run(ids.slice(start, start + SLICE));
}

/**
 * Which messages may be deleted from the server, because they are ours.
 *
 * 1. Only what is `collected`, and only while its message is in the history or its file in its folder.
 * 2. A file that is in its folder no more, though its row says so, was removed by other software: what that means is a
 *    setting (PRODUCT section 2, antivirus).
 * 3. What the rows said is on the disk when this resolves.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Folder } from "../model/message.ts";
import { ProblemError } from "../model/problem.ts";
import { hashUid } from "./file-name.ts";
import { closeAsRemoved } from "./outcome-journal.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, text } from "./spool-context.ts";
import { storageProblem } from "./spool-problem.ts";

/** Rows that are looked at before others have a turn: a few milliseconds of work. */
const SLICE = 500;

interface ToDelete {
  readonly uid: string;
  readonly uidHash: string;
  readonly message: number;
  readonly folder: Folder;
  readonly file: string;
}

export async function safeToDelete(
  context: SpoolContext,
  accountId: string,
  uids: readonly string[],
): Promise<ReadonlySet<string>> {
  const safe = new Set<string>();
  const filed: ToDelete[] = [];
  for (let index = 0; index < uids.length; index += 1) {
    const uid = uids[index] as string;
    const found = deletable(context, accountId, uid);
    if (found === "safe") safe.add(uid);
    else if (found === "vanished") await vanished(context, accountId, hashUid(uid), null, uid, safe);
    else if (found !== "not-ours") filed.push(found);
    if (index % SLICE === SLICE - 1) await setImmediate();
  }
  const found = await findFiles(context, filed);
  for (const { uid, uidHash, message, folder, file } of filed) {
    if (found.get(folder)?.has(file) === true) {
      safe.add(uid);
      continue;
    }
    // Since its row was read it may have been delivered, or moved to another folder.
    const now = deletable(context, accountId, uid);
    if (now === "safe" || (typeof now === "object" && (await exists(context, now)))) safe.add(uid);
    else if (now !== "not-ours") await vanished(context, accountId, uidHash, message, uid, safe);
  }
  // What was read here can be a moment younger than what is on the disk.
  await context.journal.commit(() => undefined);
  return safe;
}

function deletable(
  context: SpoolContext,
  accountId: string,
  uid: string,
): "safe" | "not-ours" | "vanished" | ToDelete {
  const row = context.journal.get(
    `SELECT seen.uid_hash, seen.message, message.folder, message.file, message.file_task,
       message.outcome
     FROM seen LEFT JOIN message ON message.id = seen.message
     WHERE seen.account = ? AND seen.uid_hash = ? AND seen.state = 'collected'`,
    accountId,
    hashUid(uid),
  );
  if (row === undefined) return "not-ours";
  if (row["outcome"] === "removed")
    return byOtherSoftware(context, number(row["message"])) ? "vanished" : "safe";
  const folder = folderOrNull(row["folder"]);
  // On its way from one folder to another by our own hand.
  if (folder === null || row["file_task"] === 1) return "safe";
  return {
    uid,
    uidHash: text(row["uid_hash"]),
    message: number(row["message"]),
    folder,
    file: text(row["file"]),
  };
}

function byOtherSoftware(context: SpoolContext, message: number): boolean {
  return (
    context.journal.get(
      `SELECT 1 FROM recipient WHERE message = ? AND state = 'removed'
         AND detail LIKE '%by-other-software%' LIMIT 1`,
      message,
    ) !== undefined
  );
}

/** One reading of each folder, not one look per file. A folder that cannot be read: nothing is deleted. */
async function findFiles(
  context: SpoolContext,
  filed: readonly ToDelete[],
): Promise<ReadonlyMap<Folder, ReadonlySet<string>>> {
  const { directory, fileSystem, raiseAlert } = context;
  const found = new Map<Folder, ReadonlySet<string>>();
  for (const [folder, files] of Map.groupBy(filed, ({ folder }) => folder)) {
    const place = directory.folder(folder);
    try {
      const wanted = new Set(files.map(({ file }) => file));
      const there = new Set<string>();
      for await (const name of fileSystem.eachName(place)) if (wanted.has(name)) there.add(name);
      found.set(folder, there);
    } catch (error) {
      const problem = storageProblem(error, `The folder ${place}`, "could not be read");
      raiseAlert({ cause: `spool-folder:${folder}`, problem });
      throw new ProblemError(problem, { cause: error });
    }
  }
  return found;
}

async function exists(context: SpoolContext, { folder, file }: ToDelete): Promise<boolean> {
  const { directory, fileSystem } = context;
  const place = join(directory.folder(folder), file);
  try {
    return (await fileSystem.status(place)) !== null;
  } catch (error) {
    throw new ProblemError(storageProblem(error, place, "could not be looked at"), { cause: error });
  }
}

/** PRODUCT section 2, antivirus: deleted there only where the administrator said a scanner is at work. */
async function vanished(
  context: SpoolContext,
  accountId: string,
  uidHash: string,
  message: number | null,
  uid: string,
  safe: Set<string>,
): Promise<void> {
  const { journal, clock, policy, log } = context;
  const realtime = policy().realtimeAntivirus;
  await journal.commit(() => {
    if (message !== null) closeAsRemoved(context, message, clock.now());
    if (!realtime) {
      journal.run("UPDATE seen SET state = 'left' WHERE account = ? AND uid_hash = ?", accountId, uidHash);
    }
  });
  if (realtime) safe.add(uid);
  const fate = realtime ? "it is deleted from the server too" : "it is left on the server";
  log({
    source: "spool",
    level: "warning",
    text: `a message of ${accountId} was removed by other software; ${fate}`,
  });
}

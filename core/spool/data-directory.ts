/**
 * The data directory: its tree, and that one process owns it.
 *
 * 1. The lock is an SQLite file held in an exclusive transaction: the system takes it back when the process
 *    dies, however it dies, and on every platform. Nothing is written into it; what a bad disk puts there goes.
 * 2. A directory on a network share or in a synchronised folder is refused (PRODUCT section 9): file locks
 *    and fsync mean little there.
 * 3. All of it is for the owner alone.
 */
import { randomBytes } from "node:crypto";
import { truncateSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Folder } from "../model/message.ts";
import { ProblemError } from "../model/problem.ts";
import type { FileStatus, FileSystem } from "../util/file-system.ts";
import {
  folderAbsentProblem,
  inUseProblem,
  SQLITE,
  sqliteCode,
  storageError,
  unsuitableFolderProblem,
} from "./spool-problem.ts";

export const FOLDERS: readonly Folder[] = ["Inbox", "Errors", "Junk", "Backup"];

export interface DataDirectory {
  readonly root: string;
  readonly mail: string;
  readonly temporary: string;
  readonly journal: string;
  folder(folder: Folder): string;
  /**
   * Folders that are not there though there is a journal, which may know of mail in them. They are not made
   * by themselves: an absent folder (a disk that is not connected) must not count as an emptied one.
   */
  readonly absent: readonly Folder[];
  /** Gives the directory back. */
  release(): void;
}

const SYNCHRONISED =
  /^(?:OneDrive(?: - .*)?|Dropbox(?: \(.*\))?|Google ?Drive|GoogleDrive-.*|My Drive|iCloud ?Drive|Mobile Documents|com~apple~CloudDocs|CloudStorage|Nextcloud|pCloudDrive)$/i;

/** Why mail cannot be kept in this folder, null when it can. */
export function unsuitableFolder(directory: string): string | null {
  if (/^(?:\\\\|\/\/)(?![.?][\\/])[^\\/]/.test(directory) || /^\\\\\?\\UNC\\/i.test(directory)) {
    return "it is on a network share";
  }
  const part = directory.split(/[\\/]/).find((name) => SYNCHRONISED.test(name));
  return part === undefined
    ? null
    : `it is inside "${part}", which a program synchronises with other computers`;
}

/** Makes the tree where it is not there yet, and takes the lock. Rejects with ProblemError. */
export async function openDataDirectory(path: string, fileSystem: FileSystem): Promise<DataDirectory> {
  const why = unsuitableFolder(path) ?? (isAbsolute(path) ? null : unsuitableFolder(resolve(path)));
  if (why !== null) throw new ProblemError(unsuitableFolderProblem(path, why));
  const root = resolve(path);
  const mail = join(root, "mail");
  const temporary = join(mail, ".temporary");
  await make(fileSystem, root);
  const release = lock(root);
  const absent: Folder[] = [];
  try {
    await make(fileSystem, mail);
    await make(fileSystem, temporary);
    const used = (await statusOf(fileSystem, join(root, "efs.db"))) !== null;
    for (const folder of FOLDERS) {
      const place = join(mail, folder);
      if (used && (await statusOf(fileSystem, place)) === null) absent.push(folder);
      else await make(fileSystem, place);
    }
    await probe(fileSystem, temporary);
    await flushed(fileSystem, mail);
    await flushed(fileSystem, root);
  } catch (error) {
    release();
    throw error;
  }
  // Asked for several times for each message.
  const places: Readonly<Record<Folder, string>> = {
    Inbox: join(mail, "Inbox"),
    Errors: join(mail, "Errors"),
    Junk: join(mail, "Junk"),
    Backup: join(mail, "Backup"),
  };
  return {
    root,
    mail,
    temporary,
    journal: join(root, "efs.db"),
    folder: (folder) => places[folder],
    absent,
    release,
  };
}

async function make(fileSystem: FileSystem, folder: string): Promise<void> {
  try {
    await fileSystem.makeFolder(folder);
  } catch (error) {
    throw storageError(error, `The folder ${folder}`, "could not be made");
  }
}

/** Makes the folders that were absent and of which the journal knows nothing. */
export async function makeAbsent(
  directory: DataDirectory,
  fileSystem: FileSystem,
  holdsMail: (folder: Folder) => boolean,
): Promise<void> {
  for (const folder of directory.absent) {
    const place = directory.folder(folder);
    if (holdsMail(folder)) throw new ProblemError(folderAbsentProblem(place));
    await make(fileSystem, place);
  }
}

async function statusOf(fileSystem: FileSystem, path: string): Promise<FileStatus | null> {
  try {
    return await fileSystem.status(path);
  } catch (error) {
    throw storageError(error, path, "could not be looked at");
  }
}

async function flushed(fileSystem: FileSystem, folder: string): Promise<void> {
  try {
    await fileSystem.syncFolder(folder);
  } catch (error) {
    throw storageError(error, `The folder ${folder}`, "could not be written");
  }
}

/** A folder that refuses files is found out now, not when the first message is on its way. */
async function probe(fileSystem: FileSystem, folder: string): Promise<void> {
  const path = join(folder, `probe-${randomBytes(6).toString("hex")}`);
  try {
    const file = await fileSystem.create(path);
    await file.close();
    await fileSystem.unlink(path);
  } catch (error) {
    throw storageError(error, `The folder ${folder}`, "could not be written");
  }
}

function lock(root: string): () => void {
  const path = join(root, "efs.lock");
  try {
    return exclusive(path);
  } catch (error) {
    if (!isDamage(error)) throw refused(root, path, error);
  }
  try {
    // Whoever holds it would have been found before its content was: it is nobody's, and empty when it is sound.
    truncateSync(path);
    return exclusive(path);
  } catch (error) {
    throw refused(root, path, error);
  }
}

function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.notADatabase || code === SQLITE.corrupt;
}

function refused(root: string, path: string, error: unknown): ProblemError {
  const code = sqliteCode(error);
  if (code === SQLITE.busy || code === SQLITE.locked) return new ProblemError(inUseProblem(root));
  return storageError(error, path, "could not be opened");
}

/** Gives the lock back. */
function exclusive(path: string): () => void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw error;
  }
  return () => {
    if (database.isOpen) database.close();
  };
}

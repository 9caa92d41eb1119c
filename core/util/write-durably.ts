/**
 * Replaces a small file so that a reader, a crash or a power cut finds the old or the new content, never a
 * part of it.
 *
 * 1. Temporary file beside it -> write -> fsync -> rename -> fsync of the folder (where the system has it).
 * 2. Any failure leaves the old file as it was and takes the temporary file away.
 * 3. On Windows another program (antivirus, indexer) may hold the file for a moment: the rename is tried
 *    again for 10 seconds.
 */
import { randomBytes } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { errorCode, nodeFileSystem } from "./file-system.ts";

export async function writeDurably(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", mode);
    try {
      // The process's umask may have narrowed the mode; a public file has to be what was asked for.
      if (process.platform !== "win32") await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameStubbornly(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await nodeFileSystem.syncFolder(dirname(path));
}

async function renameStubbornly(from: string, to: string): Promise<void> {
  const tries = process.platform === "win32" ? 40 : 1;
  for (let left = tries; ; left -= 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const locked = ["EPERM", "EACCES", "EBUSY"].includes(errorCode(error));
      if (left <= 1 || !locked) throw error;
      await pause(250);
    }
  }
}

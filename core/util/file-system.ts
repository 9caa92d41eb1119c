/**
 * The file operations that durable storage is made of, narrow enough for a test to fail any one of them.
 *
 * 1. A rename or an unlink that is refused because somebody holds the file (EBUSY, EPERM; on Windows also
 *    EACCES: antivirus, indexing) is tried again for 10 seconds.
 * 2. A folder is fsynced where the system can; where it cannot (Windows; some file systems) that is no error.
 * 3. Files are made for the owner alone (0600), folders likewise (0700).
 * 4. What takes a few microseconds (open, a small write, close, rename) is done at once; what waits for the
 *    disk (fsync, large writes, reading) goes to the thread pool. With each step of a small message in the pool,
 *    they would queue there behind the flushes, and the rate falls to a third.
 */
import { closeSync, fdatasync, fsync, openSync, renameSync, unlink, write, writeSync } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "../model/ports.ts";

export interface FileStatus {
  readonly size: number;
  /** The later of the times of content and of name, ms since 1970. */
  readonly changedAt: number;
}

/** A file being written. */
export interface WritableFile {
  /** All of the octets, or it rejects. */
  write(data: Buffer): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A file that somebody else writes. */
export interface FlushedFile {
  /** What was written before the call is on the disk when it resolves. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface FileSystem {
  /** Makes a new file; rejects with EEXIST when there is one. */
  create(path: string): Promise<WritableFile>;
  /** One that is there. */
  openToFlush(path: string): Promise<FlushedFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Names of the entries. */
  readFolder(path: string): Promise<readonly string[]>;
  /** The same, a few at a time: there may be very many. */
  eachName(path: string): AsyncIterable<string>;
  /** Makes a folder and those above it; one that exists is left as it is. */
  makeFolder(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** null: there is none (ENOENT). */
  status(path: string): Promise<FileStatus | null>;
  /** The octets of a file in pieces. */
  read(path: string): AsyncIterable<Buffer>;
}

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const READ_SIZE = 262_144;
const WRITE_AT_ONCE = 65_536;
const NAMES_AT_ONCE = 500;
const RETRY_FOR = 10_000;
const RETRY_PAUSES = [10, 20, 50, 100, 200, 400];

const syncInPool = promisify(fsync);
const flushInPool = promisify(fdatasync);
const writeInPool = promisify(write);
const unlinkInPool = promisify(unlink);

/** The `code` of a system error, or "". */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

export const nodeFileSystem: FileSystem = {
  async create(path) {
    return writable(openSync(path, "wx", FILE_MODE));
  },
  async openToFlush(path) {
    // Windows flushes only what may be written.
    const descriptor = openSync(path, "r+");
    return {
      flush: () => flushInPool(descriptor),
      async close() {
        closeSync(descriptor);
      },
    };
  },
  async rename(from, to) {
    renameSync(from, to);
  },
  unlink: (path) => unlinkInPool(path),
  readFolder: (path) => fs.readdir(path),
  async *eachName(path) {
    for await (const { name } of await fs.opendir(path, { bufferSize: NAMES_AT_ONCE })) yield name;
  },
  makeFolder,
  syncFolder,
  async status(path) {
    try {
      const { size, mtimeMs, ctimeMs } = await fs.stat(path);
      return { size, changedAt: Math.max(mtimeMs, ctimeMs) };
    } catch (error) {
      if (errorCode(error) === "ENOENT") return null;
      throw error;
    }
  },
  async *read(path) {
    const file = await fs.open(path, "r");
    try {
      for (;;) {
        const buffer = Buffer.allocUnsafe(READ_SIZE);
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  },
};

function writable(descriptor: number): WritableFile {
  return {
    async write(data) {
      const small = data.length <= WRITE_AT_ONCE;
      let done = 0;
      while (done < data.length) {
        done += small
          ? writeSync(descriptor, data, done, data.length - done)
          : (await writeInPool(descriptor, data, done, data.length - done)).bytesWritten;
      }
    },
    sync: () => syncInPool(descriptor),
    async close() {
      closeSync(descriptor);
    },
  };
}

/**
 * Step by step: `mkdir` with `recursive` never ends where the folder above is there and a new one is still
 * refused with ENOENT (as in /proc).
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await fs.mkdir(path, { mode: FOLDER_MODE });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST" && (await isFolder(path))) return;
    const above = dirname(path);
    if (code !== "ENOENT" || above === path || (await isFolder(above))) throw error;
    await makeFolder(above);
    await fs.mkdir(path, { mode: FOLDER_MODE });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await fs.stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** A folder that cannot be flushed because such a thing does not exist here is no error. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    await syncInPool(descriptor);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EPERM", "EBADF"].includes(errorCode(error))) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Adds rule 1 to a file system. */
export function withRetries(system: FileSystem, clock: Clock): FileSystem {
  const locked = new Set(process.platform === "win32" ? ["EBUSY", "EPERM", "EACCES"] : ["EBUSY", "EPERM"]);
  async function patiently(run: () => Promise<void>): Promise<void> {
    let waited = 0;
    for (let round = 0; ; round += 1) {
      try {
        return await run();
      } catch (error) {
        if (!locked.has(errorCode(error)) || waited >= RETRY_FOR) throw error;
      }
      const pause = RETRY_PAUSES[Math.min(round, RETRY_PAUSES.length - 1)] ?? RETRY_FOR;
      await new Promise<void>((resolve) => clock.after(pause, resolve));
      waited += pause;
    }
  }
  return {
    create: (path) => system.create(path),
    openToFlush: (path) => system.openToFlush(path),
    rename: (from, to) => patiently(() => system.rename(from, to)),
    unlink: (path) => patiently(() => system.unlink(path)),
    readFolder: (path) => system.readFolder(path),
    eachName: (path) => system.eachName(path),
    makeFolder: (path) => system.makeFolder(path),
    syncFolder: (path) => system.syncFolder(path),
    status: (path) => system.status(path),
    read: (path) => system.read(path),
  };
}

/**
 * A message on its way to the disk.
 *
 * 1. The octets are stored exactly as they come, in a new file of `mail/.temporary` (same file system as the
 *    folders, so that the later rename is atomic).
 * 2. A small message is kept in memory and written at once when it is complete; a large one is streamed. More
 *    than about 1 MB waiting for the disk makes the writer wait.
 * 3. `complete` resolves when the content is on the disk (fsync) and the file is closed.
 * 4. After any failure the file goes; nothing was taken.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { limits } from "../model/limits.ts";
import type { ReceivedBody } from "../model/message.ts";
import type { ReceivingBody } from "../model/ports.ts";
import { BLOCK, giveBlock, takeBlock } from "../util/block-pool.ts";
import { buffersPassed } from "../util/dead-buffers.ts";
import type { FileSystem, WritableFile } from "../util/file-system.ts";
import { MessageScanner, scanMessage } from "./message-scan.ts";
import { storageError } from "./spool-problem.ts";

const WAIT_ABOVE = 1_048_576;

/** A new file in the folder for temporary ones. */
export function receiveBody(fileSystem: FileSystem, temporary: string): ReceivingBody {
  return new BodyFile(fileSystem, newPath(temporary));
}

/** The same for a small message that is there in one piece. */
export async function storeBody(
  fileSystem: FileSystem,
  temporary: string,
  octets: Buffer,
): Promise<ReceivedBody> {
  const path = newPath(temporary);
  let open: WritableFile | null = null;
  try {
    open = await fileSystem.create(path);
    await open.write(octets);
    await open.sync();
    const file = open;
    open = null;
    await file.close();
  } catch (error) {
    await removeFile(fileSystem, path, open);
    throw notWritten(error, path);
  }
  return { temporaryPath: path, ...scanMessage(octets, limits.headerBytes) };
}

function newPath(temporary: string): string {
  return join(temporary, `${randomUUID()}.part`);
}

export class BodyFile implements ReceivingBody {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #scanner = new MessageScanner(limits.headerBytes);
  #parts: Buffer[] = [];
  #buffered = 0;
  /** A large message: what is being filled; `#buffered` octets of it are. */
  #block: Buffer | null = null;
  /** Handed to the disk and not written yet. */
  #waiting = 0;
  #file: Promise<WritableFile> | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown = null;
  #ended = false;

  constructor(fileSystem: FileSystem, path: string) {
    this.#fileSystem = fileSystem;
    this.#path = path;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#ended) throw new Error("written after the end of the message");
    if (this.#failure !== null) return Promise.reject(this.#problem(this.#failure));
    this.#scanner.push(chunk);
    if (this.#block === null && this.#buffered + chunk.length < BLOCK) {
      // The reader may use its buffer again; what waits must be ours.
      this.#parts.push(Buffer.from(chunk));
      this.#buffered += chunk.length;
    } else {
      this.#writeBlocks(chunk);
    }
    if (this.#waiting < WAIT_ABOVE) return undefined;
    return this.#writing.then(() => {
      if (this.#failure !== null) throw this.#problem(this.#failure);
    });
  }

  async complete(): Promise<ReceivedBody> {
    this.#ended = true;
    try {
      this.#flush();
      await this.#writing;
      if (this.#failure !== null) throw this.#failure;
      const file = await this.#open();
      await file.sync();
      this.#file = null;
      await file.close();
    } catch (error) {
      await this.#remove();
      throw this.#problem(error);
    }
    return { temporaryPath: this.#path, ...this.#scanner.end() };
  }

  async abort(): Promise<void> {
    this.#ended = true;
    this.#parts = [];
    this.#block = null;
    await this.#writing;
    await this.#remove();
  }

  /** Copies it into blocks; full ones go to the disk. */
  #writeBlocks(chunk: Buffer): void {
    const parts = [...this.#parts, chunk];
    if (this.#parts.length > 0) {
      this.#parts = [];
      this.#buffered = 0;
    }
    for (const part of parts) {
      for (let from = 0; from < part.length; ) {
        this.#block ??= takeBlock();
        const copied = part.copy(this.#block, this.#buffered, from);
        this.#buffered += copied;
        from += copied;
        if (this.#buffered === BLOCK) this.#flush();
      }
    }
  }

  /** Hands what is buffered to the disk, behind what is being written. */
  #flush(): void {
    const block = this.#block;
    const parts = block === null ? this.#parts : [block.subarray(0, this.#buffered)];
    const size = this.#buffered;
    this.#parts = [];
    this.#block = null;
    this.#buffered = 0;
    this.#waiting += size;
    this.#writing = this.#writing.then(async () => {
      if (this.#failure !== null) return;
      try {
        const file = await this.#open();
        const [first] = parts;
        if (first !== undefined) await file.write(parts.length === 1 ? first : Buffer.concat(parts, size));
      } catch (error) {
        this.#failure = error;
      }
      this.#waiting -= size;
      if (block !== null) {
        giveBlock(block);
        buffersPassed(size);
      }
    });
  }

  #open(): Promise<WritableFile> {
    this.#file ??= this.#fileSystem.create(this.#path);
    return this.#file;
  }

  #remove(): Promise<void> {
    const opened = this.#file;
    this.#file = null;
    return removeFile(this.#fileSystem, this.#path, opened);
  }

  #problem(error: unknown): Error {
    return notWritten(error, this.#path);
  }
}

/** Also a file whose close failed, or that could be made but not written. Never rejects. */
async function removeFile(
  fileSystem: FileSystem,
  path: string,
  opened: WritableFile | Promise<WritableFile> | null,
): Promise<void> {
  try {
    await (await opened)?.close();
  } catch {
    // It goes all the same.
  }
  try {
    await fileSystem.unlink(path);
  } catch {
    // Not there, or not to be removed now: the next start cleans the folder.
  }
}

function notWritten(error: unknown, path: string): Error {
  return storageError(error, path, "could not be written");
}

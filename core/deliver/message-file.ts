/**
 * The stored message, read for sending.
 *
 * 1. What is sent is exactly as long as what was recorded, or nothing: a file that is shorter, longer or cannot
 *    be read breaks the transfer off before the final dot, so that no server ever accepts a part of it.
 * 2. No file (ENOENT) is a result of its own: antivirus may have taken it, which the spool judges.
 * 3. A small message is read whole before anything is said to the server, and leaves in one write; a large one
 *    is read in blocks, one block ahead.
 * 4. A small one is read at once: it was written a moment ago, and in the thread pool its few microseconds would wait
 *    behind the flushes.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Failure } from "../model/failure.ts";
import type { QueuedMessage } from "../model/message.ts";
import type { Problem } from "../model/problem.ts";
import { BLOCK, giveBlock, takeBlock } from "../util/block-pool.ts";
import { fileProblem } from "../util/file-problem.ts";
import { errorCode } from "../util/file-system.ts";
import { unreadableBody } from "./classify.ts";

/** Up to here a message is read whole. */
const WHOLE = 131_072;

export type OpenedBody =
  | { readonly kind: "open"; readonly body: MessageFile }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly failure: Failure };

export interface MessageFile {
  readonly size: number;
  /**
   * The blocks in order; `last` is true with the one that ends the message. A block's memory is used again two
   * blocks later. `null`: it cannot be read to its recorded end.
   */
  next(): Promise<{ readonly block: Buffer; readonly last: boolean } | null>;
  close(): Promise<void>;
}

export async function openMessageFile(message: Pick<QueuedMessage, "path" | "size">): Promise<OpenedBody> {
  try {
    const body =
      message.size <= WHOLE
        ? readWhole(message.path, message.size)
        : await openBlocks(message.path, message.size);
    if (body === null) return { kind: "unreadable", failure: unreadableBody(changedProblem(message)) };
    return { kind: "open", body };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { kind: "missing" };
    return { kind: "unreadable", failure: unreadableBody(readProblem(message.path, error)) };
  }
}

/** One octet more than expected is asked for: a file that has grown is not the message that was recorded. */
function readWhole(path: string, size: number): MessageFile | null {
  const buffer = Buffer.allocUnsafe(size + 1);
  let filled = 0;
  const file = openSync(path, "r");
  try {
    do {
      const octets = readSync(file, buffer, filled, buffer.length - filled, filled);
      if (octets === 0) break;
      filled += octets;
    } while (filled < size);
  } finally {
    closeSync(file);
  }
  return filled === size ? inMemory(buffer.subarray(0, size)) : null;
}

async function openBlocks(path: string, size: number): Promise<MessageFile | null> {
  const file = await open(path, "r");
  try {
    if ((await file.stat()).size === size) return inBlocks(file, size);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
  await file.close();
  return null;
}

function inMemory(whole: Buffer): MessageFile {
  return {
    size: whole.length,
    next: () => Promise.resolve({ block: whole, last: true }),
    close: () => Promise.resolve(),
  };
}

function inBlocks(file: FileHandle, size: number): MessageFile {
  const buffers = [takeBlock(), takeBlock()] as const;
  let position = 0;
  let turn: 0 | 1 = 0;
  let ended = false;
  return {
    size,
    async next() {
      const buffer = buffers[turn];
      turn = turn === 0 ? 1 : 0;
      const wanted = Math.min(BLOCK, size - position);
      try {
        let filled = 0;
        while (filled < wanted) {
          const { bytesRead } = await file.read(buffer, filled, wanted - filled, position + filled);
          if (bytesRead === 0) return null;
          filled += bytesRead;
        }
        position += filled;
        if (position < size) return { block: buffer.subarray(0, filled), last: false };
        const beyond = await file.read(Buffer.allocUnsafe(1), 0, 1, position);
        ended = beyond.bytesRead === 0;
        return ended ? { block: buffer.subarray(0, filled), last: true } : null;
      } catch {
        return null;
      }
    },
    async close() {
      // All of it has left; of one that was broken off a socket may still hold a block.
      if (ended) for (const buffer of buffers) giveBlock(buffer);
      ended = false;
      await file.close().catch(() => {});
    },
  };
}

function readProblem(path: string, error: unknown): Problem {
  return fileProblem("message-file-unreadable", "Reading the message", path, error);
}

function changedProblem(message: Pick<QueuedMessage, "path" | "size">): Problem {
  return {
    code: "message-file-changed",
    what: `The file ${message.path} no longer has the ${message.size} octets that were collected; it was not sent.`,
    cure: "Look whether other software (antivirus) has changed it; put the original back, or delete the message.",
  };
}

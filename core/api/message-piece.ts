import { open } from "node:fs/promises";
import type { Gateway } from "../model/gateway.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { fileProblem } from "../util/file-problem.ts";
import { errorCode } from "../util/file-system.ts";
import type { MessagePiece } from "./contract.ts";

export interface PieceOrder {
  readonly queueId: string;
  readonly offset: number;
  readonly length: number;
}

/** Some octets of a message's file; no more than these are ever read. Rejects with ProblemError. */
export async function readMessagePiece(
  gateway: Pick<Gateway, "locateMessage">,
  { queueId, offset, length }: PieceOrder,
): Promise<MessagePiece> {
  for (let tries = 0; ; tries += 1) {
    const { path } = gateway.locateMessage(queueId);
    try {
      return await readPiece(path, offset, length);
    } catch (error) {
      // Moved to another folder in this moment: it is located anew.
      if (errorCode(error) !== "ENOENT") {
        throw new ProblemError(fileProblem("message-unreadable", "Reading the message", path, error), {
          cause: error,
        });
      }
      if (tries > 0) throw new ProblemError(gone(queueId), { cause: error });
    }
  }
}

async function readPiece(path: string, offset: number, length: number): Promise<MessagePiece> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const wanted = Math.max(0, Math.min(length, size - offset));
    const piece = Buffer.alloc(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await file.read(piece, filled, wanted - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { size, offset, content: piece.toString("base64", 0, filled) };
  } finally {
    await file.close();
  }
}

function gone(queueId: string): Problem {
  return {
    code: "message-gone",
    what: `The file of the message ${escapeUnprintable(queueId)} is not there any more.`,
    cure: "Look whether other software, like an antivirus program, has removed it.",
  };
}

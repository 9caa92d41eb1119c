import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";

/** A system error on a file as a problem: what was tried, on which path, and what usually helps. */
export function fileProblem(code: string, doing: string, path: string, error: unknown): Problem {
  const cause = error as NodeJS.ErrnoException;
  return {
    code,
    what: `${doing} ${escapeUnprintable(path)} failed: ${reason(cause)}.`,
    cure: cure(cause),
  };
}

function reason(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return "there is no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOSPC":
      return "the disk is full";
    case "EROFS":
      return "the disk is read-only";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "a part of the path is a file, not a folder";
    case "EEXIST":
      return "there is a file of that name, not a folder";
    case "EBUSY":
      return "another program has it open";
    case "EIO":
      return "the disk reports an error (EIO)";
    case "EMFILE":
    case "ENFILE":
      return "the system allows no more open files";
    default:
      return escapeUnprintable(error.code ?? String(error.message ?? error));
  }
}

function cure(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
    case "EISDIR":
    case "ENOTDIR":
      return "Check the path.";
    case "EEXIST":
      return "Move that file away.";
    case "EACCES":
    case "EPERM":
      return "Give the account under which the program runs the right to use it, or choose another data folder with --data.";
    case "ENOSPC":
      return "Free some space on that disk and try again.";
    case "EMFILE":
    case "ENFILE":
      return "Raise the limit of open files for this program, or lower the number of connections.";
    default:
      return "Check the disk and try again.";
  }
}

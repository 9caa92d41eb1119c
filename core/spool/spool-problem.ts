/**
 * Trouble with the disk in words: what happened to which file or folder, and what to do. System errors
 * (`ENOSPC`) and SQLite's (result code 13, SQLITE_FULL) come to the same problems.
 */
import type { Problem } from "../model/problem.ts";
import { ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { errorCode } from "../util/file-system.ts";

/** SQLite's primary result code (the low octet of the extended one), null when it is no SQLite error. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : null;
}

export const SQLITE = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

type Trouble =
  | "disk-full"
  | "not-writable"
  | "disk-error"
  | "too-many-open-files"
  | "folder-missing"
  | "file-in-the-way"
  | "file-locked"
  | "journal-damaged"
  | "storage-failed";

const BY_ERRNO: Readonly<Record<string, Trouble>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EFBIG: "disk-full",
  EACCES: "not-writable",
  EPERM: "not-writable",
  EROFS: "not-writable",
  EIO: "disk-error",
  EMFILE: "too-many-open-files",
  ENFILE: "too-many-open-files",
  ENOENT: "folder-missing",
  ENOTDIR: "file-in-the-way",
  EEXIST: "file-in-the-way",
  EISDIR: "file-in-the-way",
  EBUSY: "file-locked",
};

const BY_SQLITE: Readonly<Record<number, Trouble>> = {
  [SQLITE.full]: "disk-full",
  [SQLITE.readOnly]: "not-writable",
  [SQLITE.cannotOpen]: "not-writable",
  [SQLITE.inputOutput]: "disk-error",
  [SQLITE.corrupt]: "journal-damaged",
  [SQLITE.notADatabase]: "journal-damaged",
  [SQLITE.busy]: "file-locked",
  [SQLITE.locked]: "file-locked",
};

const WORDS: Readonly<Record<Trouble, { readonly what: string; readonly cure: string }>> = {
  "disk-full": {
    what: "there is no room left on the disk",
    cure: "Make room on this disk; nothing was taken over or deleted, the next check tries again.",
  },
  "not-writable": {
    what: "it may not be written",
    cure: "Give the account that runs this program the right to read and write there.",
  },
  "disk-error": {
    what: "the disk reports an error",
    cure: "Check the disk and its cable or storage; nothing was taken over or deleted.",
  },
  "too-many-open-files": {
    what: "the system allows no more open files",
    cure: "Raise the limit of open files for this program, or lower the number of connections.",
  },
  "folder-missing": {
    what: "the folder is not there",
    cure: "Put the folder back, or check that its disk is connected, then check again.",
  },
  "file-in-the-way": {
    what: "there is a file where a folder has to be, or a folder where a file has to be",
    cure: "Check the path of the data folder (--data), and move away what is in its place.",
  },
  "file-locked": {
    what: "another program keeps it locked",
    cure: "Close the program that holds it, or except this folder from its scanning.",
  },
  "journal-damaged": {
    what: "it is damaged",
    cure: "Restart the program: it puts the damaged file aside and makes the journal anew from the mail.",
  },
  "storage-failed": {
    what: "the system refused it",
    cure: "Look at the system's own words and try again; nothing was taken over or deleted.",
  },
};

/** `doing`: "could not be written" and the like, in front of it the place, behind it the reason. */
export function storageProblem(error: unknown, place: string, doing: string): Problem {
  const sqlite = sqliteCode(error);
  const trouble: Trouble =
    (sqlite === null ? BY_ERRNO[errorCode(error)] : BY_SQLITE[sqlite]) ?? "storage-failed";
  const { what, cure } = WORDS[trouble];
  const quote = error instanceof Error ? error.message : String(error);
  return {
    code: trouble,
    what: `${place} ${doing}: ${what}.`,
    // SQLite does not tell why.
    cure: sqlite === SQLITE.cannotOpen ? `${cure} If it has that, raise the limit of open files.` : cure,
    quote: escapeUnprintable(quote),
  };
}

/** A `ProblemError` stays what it is; anything else from the disk becomes one. */
export function storageError(error: unknown, place: string, doing: string): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(storageProblem(error, place, doing), { cause: error });
}

export function newerVersionProblem(path: string, found: number, known: number): Problem {
  return {
    code: "journal-newer",
    what: `${path} was written by a newer version of this program (format ${found}, this one knows ${known}).`,
    cure: "Install that newer version again; nothing was touched.",
  };
}

export function inUseProblem(directory: string): Problem {
  return {
    code: "data-directory-in-use",
    what: `Another process of this program is at work on ${directory}.`,
    cure: "Use that one, or end it first; only one may own a data folder.",
  };
}

export function unsuitableFolderProblem(directory: string, why: string): Problem {
  return {
    code: "data-directory-unsuitable",
    what: `${directory} cannot hold the data: ${why}.`,
    cure: "Choose a folder on a local disk that nothing synchronises.",
  };
}

export function folderAbsentProblem(folder: string): Problem {
  return {
    code: "folder-missing",
    what: `The folder ${folder} is not there, though the journal knows of mail in it.`,
    cure: "Connect its disk or put the folder back; nothing was closed or removed because of this.",
  };
}

export function journalMovedProblem(path: string, asideAs: string): Problem {
  return {
    code: "journal-rebuilt",
    what: `${path} was damaged; it is kept as ${asideAs}, and a new one was made from the mail in the folders.`,
    cure: "Mail goes on. The history starts anew; look into Errors and Junk for mail that waits for you.",
  };
}

export function journalMissingProblem(path: string): Problem {
  return {
    code: "journal-rebuilt",
    what: `${path} was missing though there is mail in the folders; a new one was made from that mail.`,
    cure: "Mail goes on. The history starts anew; look into Errors and Junk for mail that waits for you.",
  };
}

export function fileChangingProblem(path: string): Problem {
  return {
    code: "file-changing",
    what: `${path} is still being written by another program.`,
    cure: "Nothing: it is looked at again.",
  };
}

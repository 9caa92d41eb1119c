/**
 * The two classic text files and the copies of their last good state, as files.
 *
 * 1. `efsalias.txt` and `efsusers.txt` are the administrator's: they are written only by an import.
 * 2. A copy of what was taken last (`efsalias.last-good.txt`, `efsusers.last-good.txt`) is written durably, so
 *    that a list which cannot be believed is not believed after a restart either.
 */
import { constants } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { AddressListName } from "../model/address-lists.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { fileProblem } from "../util/file-problem.ts";
import { errorCode } from "../util/file-system.ts";
import { writeDurably } from "../util/write-durably.ts";

const NAMES: Readonly<Record<AddressListName, string>> = { aliases: "efsalias", users: "efsusers" };

/** Larger files are no lists. */
export const LIST_BYTES = 16_777_216;

export function listPath(dataDirectory: string, list: AddressListName): string {
  return join(dataDirectory, `${NAMES[list]}.txt`);
}

export function lastGoodPath(dataDirectory: string, list: AddressListName): string {
  return join(dataDirectory, `${NAMES[list]}.last-good.txt`);
}

export type ListContent =
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly problem: Problem }
  /** `version` changes with the file; null: it changed while it was being read, so it has to be read again. */
  | { readonly kind: "content"; readonly bytes: Buffer; readonly version: string | null };

/** The file, unless it still has `knownVersion`: then null. */
export async function readListFile(path: string, knownVersion: string | null): Promise<ListContent | null> {
  try {
    // Whatever lies there under that name, opening it must not wait (a named pipe would).
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const before = await file.stat();
      const version = versionOf(before);
      if (version === knownVersion) return null;
      if (!before.isFile() || before.size > LIST_BYTES) return { kind: "unreadable", problem: noList(path) };
      const bytes = await file.readFile();
      const same = versionOf(await file.stat()) === version && bytes.length === before.size;
      return { kind: "content", bytes, version: same ? version : null };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { kind: "absent" };
    return { kind: "unreadable", problem: fileProblem("list-unreadable", "Reading", path, error) };
  }
}

function versionOf({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): string {
  return `${size}-${mtimeMs}-${ino}`;
}

function noList(path: string): Problem {
  return {
    code: "list-unreadable",
    what: `${path} is no text file, or larger than ${LIST_BYTES / 1_048_576} MB, which no list is.`,
    cure: "Put a text file with one entry a line in its place.",
  };
}

/** Rejects with ProblemError `list-unwritable`. `null`: the file goes. */
export async function writeListFile(path: string, text: string | null): Promise<void> {
  try {
    if (text !== null) await writeDurably(path, text);
    else await unlink(path);
  } catch (error) {
    if (text === null && errorCode(error) === "ENOENT") return;
    throw new ProblemError(fileProblem("list-unwritable", "Writing", path, error), { cause: error });
  }
}

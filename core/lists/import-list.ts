/**
 * `efs aliases import FILE`, `efs users import FILE`: a classic file takes the place of the one in the data folder.
 *
 * 1. All of it or nothing: every line that is wrong is told, with its number.
 * 2. Written durably, as UTF-8, comments included. A gateway that runs takes it over at its next check.
 * 3. A users list that the gateway would not believe (empty, less than half as long) is refused, unless that is
 *    said to be meant; then it becomes the last good list as well.
 */
import { stat } from "node:fs/promises";
import type { AddressListName, ListLineProblem } from "../model/address-lists.ts";
import { formatLineProblem } from "../model/address-lists.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { fileProblem } from "../util/file-problem.ts";
import { decodeTextFile } from "../wire/text-file.ts";
import { formatList, readAddressLists } from "./address-lists.ts";
import { LIST_BYTES, lastGoodPath, listPath, writeListFile } from "./list-files.ts";
import { isBelievable, parseList } from "./read-list.ts";

export interface ListImport {
  readonly entries: number;
}

export type CheckedList =
  | { readonly kind: "list"; readonly entries: number }
  | { readonly kind: "invalid"; readonly problems: readonly ListLineProblem[] };

/** What an import would say of these lines. */
export function checkList(list: AddressListName, bytes: Buffer): CheckedList {
  const { entries, problems } = parseList(list, bytes);
  return problems.length > 0 ? { kind: "invalid", problems } : { kind: "list", entries };
}

/** Rejects with ProblemError: `settings-list-invalid`, `settings-list-shorter`, `list-unwritable`, ... */
export async function importList(
  dataDirectory: string,
  list: AddressListName,
  bytes: Buffer,
  { shorter = false }: { readonly shorter?: boolean } = {},
): Promise<ListImport> {
  if (bytes.length > LIST_BYTES) throw new ProblemError(tooLarge);
  const parsed = parseList(list, bytes);
  if (parsed.problems.length > 0) throw new ProblemError(invalidList(parsed.problems));
  await requireFolder(dataDirectory);
  if (list === "users") {
    const before = (await readAddressLists(dataDirectory)).users?.size ?? 0;
    const believable = isBelievable(before, parsed.entries);
    if (parsed.entries === 0 || (!believable && !shorter)) {
      throw new ProblemError(shorterList(parsed.entries, before));
    }
    // First: a list in the place of the file that is not believed yet does no harm, the other way round neither.
    if (!believable) await writeListFile(lastGoodPath(dataDirectory, list), formatList(list, parsed));
  }
  const text = decodeTextFile(bytes).replace(/^\ufeff/, "");
  await writeListFile(listPath(dataDirectory, list), text);
  return { entries: parsed.entries };
}

async function requireFolder(dataDirectory: string): Promise<void> {
  try {
    await stat(dataDirectory);
  } catch (error) {
    const { code, what } = fileProblem(
      "settings-missing",
      "Looking into the data folder",
      dataDirectory,
      error,
    );
    throw new ProblemError(
      { code, what, cure: "Import the settings first, with: efs import FILE." },
      { cause: error },
    );
  }
}

export function invalidList(problems: readonly ListLineProblem[]): Problem {
  const shown = problems.slice(0, 20).map(formatLineProblem).join("; ");
  const more = problems.length > 20 ? `; and ${problems.length - 20} more` : "";
  return {
    code: "settings-list-invalid",
    what: `This list cannot be imported: ${escapeUnprintable(shown)}${more}.`,
    cure: "Correct the lines and import it again; nothing was changed.",
  };
}

function shorterList(entries: number, before: number): Problem {
  if (entries === 0) {
    return {
      code: "settings-list-shorter",
      what: "This list of users is empty; with it in force nobody would get mail.",
      cure: "If there is to be no list, delete efsusers.txt in the data folder. Nothing was changed.",
    };
  }
  return {
    code: "settings-list-shorter",
    what: `This list has ${entries} ${entries === 1 ? "user" : "users"}; the one in force has ${before}. Mail for everybody who is not in it would not be delivered.`,
    cure: "If that is meant, import it with --shorter. Nothing was changed.",
  };
}

const tooLarge: Problem = {
  code: "settings-list-invalid",
  what: `This file is larger than ${LIST_BYTES / 1_048_576} MB, which no list is.`,
  cure: "Import a text file with one entry a line; nothing was changed.",
};

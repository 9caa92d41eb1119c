/**
 * From a file to a list in force (PRODUCT section 4, Aliases and Users). Pure.
 *
 * 1. A users list that is empty, or less than half as long as the last good one, is not believed; the last good
 *    one stays in force. Without a last good one an empty file is no list: everybody is known, as without one.
 * 2. A file that cannot be read: the last good list stays in force, of aliases too.
 * 3. No file: no list. That is how it is switched off.
 * 4. A line that is wrong is skipped and told with its number.
 */
import { addressKey } from "../model/address.ts";
import type { AddressListName, AliasSource, ListLineProblem } from "../model/address-lists.ts";
import { findAliasLoops } from "../model/alias-loops.ts";
import type { Problem } from "../model/problem.ts";
import { parseAliasFile } from "../wire/alias-file.ts";
import { decodeTextFile } from "../wire/text-file.ts";
import { parseUsersFile } from "../wire/users-file.ts";
import type { ListContent } from "./list-files.ts";

/** What a file says; only the part of its own list is filled. */
export interface ParsedList {
  readonly aliases: AliasSource;
  readonly users: ReadonlySet<string>;
  readonly entries: number;
  readonly problems: readonly ListLineProblem[];
}

export const EMPTY_LIST: ParsedList = { aliases: {}, users: new Set(), entries: 0, problems: [] };

export function parseList(list: AddressListName, bytes: Buffer): ParsedList {
  const text = decodeTextFile(bytes);
  if (list === "users") {
    const { users, problems } = parseUsersFile(text);
    return { ...EMPTY_LIST, users, entries: users.size, problems };
  }
  const { aliases, problems, lines } = parseAliasFile(text);
  const loops = findAliasLoops(aliases).map((way): ListLineProblem => {
    const message = `goes round in a circle: ${way.join(" -> ")}; mail ends where the circle closes`;
    return { line: lines.get(addressKey(way[0] ?? "")) ?? 0, text: way[0] ?? "", message };
  });
  return {
    ...EMPTY_LIST,
    aliases,
    entries: Object.keys(aliases).length,
    problems: [...problems, ...loops].sort((a, b) => a.line - b.line),
  };
}

/** Whether a users list may replace one of `current` addresses (rule 1). */
export function isBelievable(current: number, next: number): boolean {
  return next > 0 && next * 2 >= current;
}

export interface ListInForce {
  readonly inForce: "file" | "last-good" | "none";
  readonly parsed: ParsedList;
  /** Of the file, which may not be what is in force. */
  readonly lineProblems: readonly ListLineProblem[];
  readonly problem: Problem | null;
}

/** `lastGood`: what was in force until now; null: nothing. */
export function chooseList(
  list: AddressListName,
  path: string,
  content: ListContent,
  lastGood: ParsedList | null,
): ListInForce {
  const keep = (problem: Problem, lineProblems: readonly ListLineProblem[] = []): ListInForce => ({
    inForce: lastGood === null ? "none" : "last-good",
    parsed: lastGood ?? EMPTY_LIST,
    lineProblems,
    problem,
  });
  if (content.kind === "absent") {
    return { inForce: "none", parsed: EMPTY_LIST, lineProblems: [], problem: null };
  }
  if (content.kind === "unreadable") {
    const { code, what, cure } = content.problem;
    return keep({ code, what: `${what} ${staysSentence(list, lastGood)}`, cure });
  }
  const parsed = parseList(list, content.bytes);
  if (list === "users" && !isBelievable(lastGood?.entries ?? 0, parsed.entries)) {
    return keep(unbelievable(path, parsed.entries, lastGood), parsed.problems);
  }
  return { inForce: "file", parsed, lineProblems: parsed.problems, problem: null };
}

function unbelievable(path: string, entries: number, lastGood: ParsedList | null): Problem {
  const what =
    entries === 0
      ? `The list of users ${path} is empty.`
      : `The list of users ${path} has only ${entries} ${entries === 1 ? "address" : "addresses"}; it had ${lastGood?.entries ?? 0}.`;
  return {
    code: "list-not-believed",
    what: `${what} ${staysSentence("users", lastGood)}`,
    cure:
      entries === 0
        ? "Write the addresses of all users into it, or delete the file if there is to be no list."
        : "Put the whole list there again; if it is meant to be that short, take it over with: efs users import FILE --shorter.",
  };
}

function staysSentence(list: AddressListName, lastGood: ParsedList | null): string {
  if (lastGood !== null) return `The last good list, of ${lastGood.entries}, stays in force.`;
  return list === "users"
    ? "No list is in force: every user counts as known."
    : "No aliases of it are in force.";
}

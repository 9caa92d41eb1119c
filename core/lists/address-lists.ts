/**
 * `efsalias.txt` and `efsusers.txt`, in force and kept up to date.
 *
 * 1. Read at the start and again at each check, when the file has changed (size, time, file).
 * 2. What is wrong with a file is logged, and an alert raised, once for each version of it, over restarts too.
 * 3. What was taken is kept as the last good list before the next check (see list-files, read-list). Where
 *    that copy cannot be written the list is in force all the same.
 */
import type { AddressListName, AddressListStatus, AddressListsInForce } from "../model/address-lists.ts";
import { formatLineProblem } from "../model/address-lists.ts";
import type { Log, RaiseAlert } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatAliasFile } from "../wire/alias-file.ts";
import { formatUsersFile } from "../wire/users-file.ts";
import { lastGoodPath, listPath, readListFile, writeListFile } from "./list-files.ts";
import { chooseList, type ListInForce, type ParsedList, parseList } from "./read-list.ts";

export const LISTS: readonly AddressListName[] = ["aliases", "users"];
const SHOWN = 100;

export interface AddressListsOptions {
  readonly dataDirectory: string;
  readonly log: Log;
  readonly raiseAlert: RaiseAlert;
  /** Which versions were complained about, kept over restarts; whatever was kept comes back. */
  readonly told: { readonly read: () => unknown; readonly write: (versions: unknown) => Promise<void> };
}

export interface AddressLists {
  /** As of the last refresh; the same object until something has changed. */
  inForce(): AddressListsInForce;
  status(): readonly AddressListStatus[];
  /** Reads what has changed. Never rejects for what a file is. */
  refresh(): Promise<void>;
}

export async function openAddressLists(options: AddressListsOptions): Promise<AddressLists> {
  const { dataDirectory } = options;
  const told = readTold(options.told.read());
  const states = new Map<AddressListName, ListState>();
  for (const list of LISTS) {
    states.set(list, { lastGood: await readLastGood(dataDirectory, list), version: null, chosen: NONE });
  }
  let refreshing: Promise<void> = Promise.resolve();
  let inForce: AddressListsInForce = { aliases: NONE.parsed.aliases, users: null };
  const lists: AddressLists = {
    inForce() {
      const aliases = states.get("aliases")?.chosen.parsed.aliases ?? NONE.parsed.aliases;
      const users = usersOf(states.get("users")?.chosen ?? NONE);
      if (inForce.aliases !== aliases || inForce.users !== users) inForce = { aliases, users };
      return inForce;
    },
    status: () => LISTS.map((list) => statusOf(dataDirectory, list, states.get(list)?.chosen ?? NONE)),
    refresh() {
      refreshing = refreshing.then(async () => {
        for (const [list, state] of states) await refreshOne(options, told, list, state);
      });
      return refreshing;
    },
  };
  await lists.refresh();
  return lists;
}

/** Both lists as they are now, for a look from outside: nothing is written, nobody is told. */
export async function readAddressLists(
  dataDirectory: string,
): Promise<AddressListsInForce & { readonly status: readonly AddressListStatus[] }> {
  const chosen = new Map<AddressListName, ListInForce>();
  for (const list of LISTS) {
    const path = listPath(dataDirectory, list);
    const content = (await readListFile(path, null)) ?? { kind: "absent" as const };
    chosen.set(list, chooseList(list, path, content, await readLastGood(dataDirectory, list)));
  }
  return {
    aliases: chosen.get("aliases")?.parsed.aliases ?? {},
    users: usersOf(chosen.get("users") ?? NONE),
    status: LISTS.map((list) => statusOf(dataDirectory, list, chosen.get(list) ?? NONE)),
  };
}

interface ListState {
  lastGood: ParsedList | null;
  /** Of the file that `chosen` comes from; null: to be read. */
  version: string | null;
  chosen: ListInForce;
}

const NONE: ListInForce = {
  inForce: "none",
  parsed: { aliases: {}, users: new Set(), entries: 0, problems: [] },
  lineProblems: [],
  problem: null,
};

function usersOf({ inForce, parsed }: ListInForce): ReadonlySet<string> | null {
  return inForce === "none" ? null : parsed.users;
}

export async function readLastGood(dataDirectory: string, list: AddressListName): Promise<ParsedList | null> {
  const content = await readListFile(lastGoodPath(dataDirectory, list), null);
  if (content?.kind !== "content") return null;
  const parsed = parseList(list, content.bytes);
  return parsed.entries > 0 ? parsed : null;
}

export function formatList(list: AddressListName, parsed: Pick<ParsedList, "aliases" | "users">): string {
  return list === "users" ? formatUsersFile(parsed.users) : formatAliasFile(parsed.aliases);
}

async function refreshOne(
  options: AddressListsOptions,
  told: Map<AddressListName, string>,
  list: AddressListName,
  state: ListState,
): Promise<void> {
  const { dataDirectory, log } = options;
  const path = listPath(dataDirectory, list);
  const content = await readListFile(path, state.version);
  if (content === null) return;
  // Somebody is just writing it: the next check sees the whole. At the start there is nothing to wait with.
  if (content.kind === "content" && content.version === null && state.chosen !== NONE) return;
  // An import from outside, which may shorten the list, leaves its own last good copy.
  if (content.kind === "content")
    state.lastGood = (await readLastGood(dataDirectory, list)) ?? state.lastGood;
  const before = state.chosen;
  state.chosen = chooseList(list, path, content, state.lastGood);
  state.version = content.kind === "content" ? content.version : null;
  const { inForce, parsed } = state.chosen;
  const version =
    content.kind === "content"
      ? content.version
      : content.kind === "unreadable"
        ? content.problem.what
        : null;
  if (inForce === "file") {
    log({
      source: "lists",
      level: "info",
      text: `${path}: ${parsed.entries} ${list === "users" ? "users" : "aliases"} in force`,
    });
    await keepLastGood(options, list, state, formatList(list, parsed));
    state.lastGood = parsed.entries > 0 ? parsed : null;
  } else if (content.kind === "absent" && (before.inForce !== "none" || state.lastGood !== null)) {
    log({ source: "lists", level: "info", text: `${path} is not there any more: no list is in force` });
    await keepLastGood(options, list, state, null);
    state.lastGood = null;
  }
  await tell(options, told, list, path, state.chosen, version);
}

/** Only when it differs: the list is read at every start. */
async function keepLastGood(
  { dataDirectory, log }: AddressListsOptions,
  list: AddressListName,
  { lastGood }: ListState,
  text: string | null,
): Promise<void> {
  if (text !== null && lastGood !== null && formatList(list, lastGood) === text) return;
  try {
    await writeListFile(lastGoodPath(dataDirectory, list), text);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    log({ source: "lists", level: "warning", text: describeProblem(error.problem) });
  }
}

// --- what is told ----------------------------------------------------------------------------------------------------

async function tell(
  { log, raiseAlert, told: store }: AddressListsOptions,
  told: Map<AddressListName, string>,
  list: AddressListName,
  path: string,
  { problem, lineProblems }: ListInForce,
  version: string | null,
): Promise<void> {
  if (problem === null && lineProblems.length === 0) {
    if (told.delete(list)) await store.write(Object.fromEntries(told));
    return;
  }
  if (version !== null && told.get(list) === version) return;
  for (const line of lineProblems.slice(0, SHOWN)) {
    log({
      source: "lists",
      level: "warning",
      text: `${escapeUnprintable(path)}, ${escapeUnprintable(formatLineProblem(line))}`,
    });
  }
  if (lineProblems.length > 0) {
    raiseAlert({ cause: `list-lines:${list}:${version}`, problem: linesProblem(path, lineProblems) });
  }
  if (problem !== null) {
    log({ source: "lists", level: "warning", text: describeProblem(problem) });
    raiseAlert({ cause: `${problem.code}:${list}:${version}`, problem });
  }
  if (version === null) return;
  told.set(list, version);
  await store.write(Object.fromEntries(told));
}

function linesProblem(path: string, problems: ListInForce["lineProblems"]): Problem {
  const shown = problems.slice(0, 5).map(formatLineProblem).join("; ");
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
  return {
    code: "list-lines",
    what: `${problems.length === 1 ? "A line" : `${problems.length} lines`} of ${escapeUnprintable(path)} ${problems.length === 1 ? "is" : "are"} not right: ${escapeUnprintable(shown)}${more}.`,
    cure: "Correct the file; it is read again at the next check. All the other lines are in force.",
  };
}

function readTold(stored: unknown): Map<AddressListName, string> {
  const told = new Map<AddressListName, string>();
  if (typeof stored !== "object" || stored === null) return told;
  for (const list of LISTS) {
    const version = (stored as Record<string, unknown>)[list];
    if (typeof version === "string") told.set(list, version);
  }
  return told;
}

function statusOf(dataDirectory: string, list: AddressListName, chosen: ListInForce): AddressListStatus {
  return {
    list,
    path: listPath(dataDirectory, list),
    inForce: chosen.inForce,
    entries: chosen.parsed.entries,
    lineProblems: chosen.lineProblems.slice(0, SHOWN),
    lineProblemCount: chosen.lineProblems.length,
    problem: chosen.problem,
  };
}

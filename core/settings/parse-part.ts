/**
 * Settings for trying out a part of them, while a form is half filled: what is wrong elsewhere does not matter and is
 * left out (its defaults hold). Pure.
 */
import type { SettingProblem } from "../model/setting-problems.ts";
import { type ParsedSettings, parseSettings } from "./parse-settings.ts";

type Group = Readonly<Record<string, unknown>>;

/** Groups without which there are no settings; nobody is asked at these names (RFC 2606). */
const STAND_INS: Group = {
  domains: { primary: "example.invalid" },
  smtp: { host: "localhost" },
  postmaster: { address: "postmaster@example.invalid" },
};

/** `needed`: the groups that have to be there and right; `account`: only this one of the accounts. */
export function parsePart(
  text: string,
  needed: readonly string[],
  account: string | null = null,
): ParsedSettings {
  const groups = groupsOf(text);
  // Its fault, with line and column.
  if (groups === null) return parseSettings(text);
  const wanted = account === null ? groups : { ...groups, accounts: alone(groups["accounts"], account) };
  return parseGroups(wanted, needed);
}

function parseGroups(groups: Group, needed: readonly string[]): ParsedSettings {
  const parsed = parseSettings(JSON.stringify(groups));
  if (parsed.kind !== "invalid") return parsed;
  const problems = parsed.problems.filter((problem) => needed.includes(groupOf(problem)));
  if (problems.length > 0) return { kind: "invalid", problems };
  const wrong = new Set(parsed.problems.map(groupOf));
  const right = Object.entries(groups).filter(([name]) => !wrong.has(name));
  const standIns = Object.entries(STAND_INS).filter(([name]) => wrong.has(name));
  const kept = Object.fromEntries([...right, ...standIns]);
  // Nothing left to leave out: it is about the whole.
  return JSON.stringify(kept) === JSON.stringify(groups) ? parsed : parseGroups(kept, needed);
}

function groupsOf(text: string): Group | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Group) : null;
  } catch {
    return null;
  }
}

/** At their places, so that a problem's path is right. */
function alone(accounts: unknown, id: string): unknown {
  if (!Array.isArray(accounts)) return accounts;
  return accounts.map((each: unknown, index) =>
    idOf(each) === id ? each : { id: `other-${index}`, host: "localhost", username: "-", password: "" },
  );
}

function idOf(account: unknown): unknown {
  return typeof account === "object" && account !== null && "id" in account ? account.id : null;
}

function groupOf({ path }: SettingProblem): string {
  return /^[^.[]*/.exec(path)?.[0] ?? "";
}

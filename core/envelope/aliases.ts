/**
 * Aliases (PRODUCT section 4): one address to one or more, in or out of our domains, or to nobody.
 *
 * 1. Addresses are compared without case. An alias may lead to another alias.
 * 2. A circle ends where it closes: the address that comes round again is kept as it is, so that an alias may
 *    contain itself (`info = info, anna`) and no mistake in the table loses mail.
 * 3. Each alias is followed once for one message, and chains end after `DEPTH` steps.
 */
import { addressKey } from "../model/address.ts";
import { isSafeInBrackets } from "../wire/address-spec.ts";
import { parseAddressList } from "../wire/addresses.ts";
import { type Candidate, renamed, type Trail } from "./candidate.ts";

/** From `addressKey` to the addresses it stands for; an empty list is IGNORE. */
export type AliasTable = ReadonlyMap<string, readonly string[]>;

/** As in settings.aliases. */
export type AliasSource = Readonly<Record<string, string | readonly string[]>>;

const DEPTH = 20;

/** Joins alias sources; where several have the same address the last one wins. */
export function mergeAliases(...sources: readonly AliasSource[]): AliasTable {
  const table = new Map<string, readonly string[]>();
  for (const source of sources) {
    for (const [from, to] of Object.entries(source)) {
      if (typeof to !== "string") table.set(addressKey(from), to);
      else table.set(addressKey(from), isNobody(to) ? [] : [to]);
    }
  }
  return table;
}

function isNobody(target: string): boolean {
  return /^(?:ignore|nothing)$/i.test(target.trim());
}

export interface AliasFile {
  readonly aliases: AliasSource;
  /** Lines that are no alias, with their numbers from 1. */
  readonly problems: readonly { readonly line: number; readonly text: string }[];
}

/** Reads the classic form, `from = to` or `from = to1, to2`, one a line; `#` and `;` begin comments. */
export function parseAliasFile(text: string): AliasFile {
  const aliases: Record<string, string | readonly string[]> = {};
  const problems: { line: number; text: string }[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const equals = line.indexOf("=");
    const from = soleAddress(line.slice(0, Math.max(equals, 0)));
    const target = line.slice(equals + 1).trim();
    const to = isNobody(target) ? "IGNORE" : parseAddressList(target).map((found) => found.address);
    if (equals < 1 || from === null || to.length === 0) problems.push({ line: index + 1, text: raw });
    else aliases[from] = to;
  }
  return { aliases, problems };
}

/** The classic form of a table, sorted. */
export function formatAliasFile(aliases: AliasSource): string {
  const lines = Object.entries(aliases)
    .map(([from, to]) => `${from} = ${typeof to === "string" ? to : to.join(", ")}`)
    .sort();
  return lines.map((line) => `${line}\r\n`).join("");
}

function soleAddress(text: string): string | null {
  const found = parseAddressList(text);
  const address = found[0]?.address;
  return found.length === 1 && address !== undefined && isSafeInBrackets(address) ? address : null;
}

/** What becomes of the candidates. Those whose alias is IGNORE are gone; the trail says so. */
export function applyAliases(candidates: readonly Candidate[], table: AliasTable, trail: Trail): Candidate[] {
  const followed = new Set<string>();
  const result: Candidate[] = [];

  const follow = (candidate: Candidate, path: readonly string[]): void => {
    const key = addressKey(candidate.address);
    const targets = table.get(key);
    if (targets === undefined || path.includes(key) || path.length >= DEPTH) {
      result.push(candidate);
    } else if (followed.has(key)) {
      trail.add(candidate, "dropped", "repeated-recipient");
    } else if (targets.length === 0) {
      followed.add(key);
      trail.add(candidate, "dropped", "alias-ignore");
    } else {
      followed.add(key);
      trail.add(candidate, "mapped", "alias", targets);
      for (const target of targets) follow(renamed(candidate, target), [...path, key]);
    }
  };

  for (const candidate of candidates) follow(candidate, []);
  return result;
}

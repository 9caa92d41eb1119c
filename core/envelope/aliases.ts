/**
 * Aliases (PRODUCT section 4): one address to one or more, in or out of our domains, or to nobody.
 *
 * 1. Addresses are compared without case. An alias may lead to another alias.
 * 2. A circle ends where it closes: the address that comes round again is kept as it is, so that an alias may
 *    contain itself (`info = info, anna`) and no mistake in the table loses mail.
 * 3. Each alias is followed once for one message, and chains end after `DEPTH` steps.
 */
import { addressKey } from "../model/address.ts";
import type { AliasSource } from "../model/address-lists.ts";
import { asciiAddress } from "../wire/address-spec.ts";
import { isNobody } from "../wire/alias-file.ts";
import { type Candidate, renamed, type Trail } from "./candidate.ts";

/** From `addressKey` to the addresses it stands for; an empty list is IGNORE. */
export type AliasTable = ReadonlyMap<string, readonly string[]>;

const DEPTH = 20;

/**
 * Joins alias sources; where several have the same address the last one wins. Domains get their ASCII form, which
 * is that of addresses found in headers.
 */
export function mergeAliases(...sources: readonly AliasSource[]): AliasTable {
  const table = new Map<string, readonly string[]>();
  for (const source of sources) {
    for (const [from, to] of Object.entries(source)) {
      const targets = typeof to === "string" ? (isNobody(to) ? [] : [to]) : to;
      table.set(addressKey(asciiAddress(from)), targets.map(asciiAddress));
    }
  }
  return table;
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

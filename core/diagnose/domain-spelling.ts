/**
 * A domain that is almost one of ours, somewhere else in the settings: one of the two is misspelt. Pure.
 *
 * 1. Almost: one letter left out, added, changed or two neighbours exchanged; in names of 7 letters or more also
 *    twice. Another top-level domain (example.de, example.com) is another name, unless it too is
 *    almost the same and both have three letters or more (.con).
 */
import type { Settings } from "../model/settings.ts";
import { addressDomain, isOurs, listedDomains } from "./own-domains.ts";

export interface NearMiss {
  /** `accounts[0].username` */
  readonly place: string;
  /** The domain as written there. */
  readonly domain: string;
  readonly ours: string;
}

export function nearMisses(settings: Settings): readonly NearMiss[] {
  const own = listedDomains(settings.domains);
  const found = new Map<string, NearMiss>();
  for (const { place, address } of addressesIn(settings)) {
    const domain = addressDomain(address);
    if (domain === "" || isOurs(domain, settings.domains) || found.has(domain)) continue;
    const ours = own.find((candidate) => isAlmost(domain, candidate));
    if (ours !== undefined) found.set(domain, { place, domain, ours });
  }
  return [...found.values()];
}

function* addressesIn(settings: Settings): Generator<{ place: string; address: string }> {
  yield { place: "postmaster.address", address: settings.postmaster.address };
  if (settings.headers.bccAll !== null) yield { place: "headers.bccAll", address: settings.headers.bccAll };
  for (const [index, { username, mailboxAddresses, addressing }] of settings.accounts.entries()) {
    if (username.includes("@")) yield { place: `accounts[${index}].username`, address: username };
    for (const [at, address] of mailboxAddresses.entries()) {
      yield { place: `accounts[${index}].mailboxAddresses[${at}]`, address };
    }
    if (addressing.mode === "catch-all") continue;
    for (const [at, address] of addressing.recipients.entries()) {
      yield { place: `accounts[${index}].addressing.recipients[${at}]`, address };
    }
  }
  for (const from of Object.keys(settings.aliases)) yield { place: `aliases["${from}"]`, address: from };
}

export function isAlmost(domain: string, ours: string): boolean {
  const [name, top] = splitTop(domain);
  const [ourName, ourTop] = splitTop(ours);
  if (top === ourTop) {
    const allowed = Math.min(name.length, ourName.length) >= 7 ? 2 : 1;
    return name !== ourName && ourName.length >= 3 && distance(name, ourName) <= allowed;
  }
  return name === ourName && Math.min(top.length, ourTop.length) >= 3 && distance(top, ourTop) === 1;
}

function splitTop(domain: string): readonly [name: string, top: string] {
  const dot = domain.lastIndexOf(".");
  return dot < 0 ? [domain, ""] : [domain.slice(0, dot), domain.slice(dot + 1)];
}

/** Changes that lead from one to the other, an exchange of neighbours being one. */
export function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, at(beforeLast, column - 2) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

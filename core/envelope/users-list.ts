/**
 * The users list (`efsusers.txt`, PRODUCT section 4).
 *
 * 1. With a list, an address of our domains (as it is before or after VdA) must be in it. Others pass: an alias
 *    may lead out of our domains.
 * 2. `user+tag@` matches `user@` unless it is listed itself; by setting the tag is taken off, list or not.
 * 3. The postmaster always passes: the address in the settings, and `postmaster@` any domain of ours (RFC 5321 4.5.1).
 * 4. A list that is suddenly empty, or less than half as long, is not believed.
 */
import { isUtf8 } from "node:buffer";
import { addressKey, splitAddress } from "../model/address.ts";
import { parseAddressList } from "../wire/addresses.ts";
import { renamed, type Trail } from "./candidate.ts";
import type { OurDomains } from "./our-domains.ts";
import type { Mapped } from "./virtual-domain.ts";

export interface UsersFile {
  /** In the form of `addressKey`. */
  readonly users: ReadonlySet<string>;
  readonly problems: readonly { readonly line: number; readonly text: string }[];
}

/** One address a line; `#` and `;` begin comments. UTF-8, UTF-16 (with or without mark) or ANSI. */
export function parseUsersFile(bytes: Buffer): UsersFile {
  const users = new Set<string>();
  const problems: { line: number; text: string }[] = [];
  for (const [index, raw] of decodeTextFile(bytes)
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const found = parseAddressList(line);
    if (found.length !== 1) problems.push({ line: index + 1, text: raw });
    for (const { address } of found) users.add(addressKey(address));
  }
  return { users, problems };
}

/** Text as Windows and other editors save it. */
export function decodeTextFile(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  // Addresses are ASCII for the most part, so every other octet of UTF-16 without a mark is 0.
  if (bytes.length >= 2 && bytes[1] === 0 && bytes[0] !== 0) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0) return new TextDecoder("utf-16be").decode(bytes);
  return isUtf8(bytes)
    ? new TextDecoder("utf-8").decode(bytes)
    : new TextDecoder("windows-1252").decode(bytes);
}

/** Whether a list that was read anew may replace the one in force (rule 4). */
export function isBelievable(current: ReadonlySet<string> | null, next: ReadonlySet<string>): boolean {
  return next.size > 0 && next.size * 2 >= (current?.size ?? 0);
}

export interface UsersRule {
  /** null: there is no list, everybody is known. */
  readonly users: ReadonlySet<string> | null;
  readonly stripTag: boolean;
  readonly postmaster: string;
  readonly ours: OurDomains;
}

/** Leaves unknown users out one by one; the trail says which. */
export function applyUsersList(mapped: readonly Mapped[], rule: UsersRule, trail: Trail): Mapped[] {
  return mapped.filter(({ candidate, before }) => {
    const known =
      !rule.ours.has(before) ||
      rule.users === null ||
      isPostmaster(before, rule) ||
      isPostmaster(candidate.address, rule) ||
      isListed(before, candidate.address, rule.users);
    if (!known) trail.add(candidate, "dropped", "unknown-user");
    return known;
  });
}

/** Takes tags off where the setting says so and the tagged address is not listed itself. */
export function applyStripTag(mapped: readonly Mapped[], rule: UsersRule, trail: Trail): Mapped[] {
  if (!rule.stripTag) return [...mapped];
  return mapped.map(({ candidate, before }) => {
    const plain = withoutTag(candidate.address);
    const listed = [before, candidate.address].some((address) => rule.users?.has(addressKey(address)));
    if (!rule.ours.has(before) || plain === null || listed) return { candidate, before };
    trail.add(candidate, "mapped", "tag-stripped", [plain]);
    return { candidate: renamed(candidate, plain), before };
  });
}

function isListed(before: string, after: string, users: ReadonlySet<string>): boolean {
  return [before, after, withoutTag(before), withoutTag(after)].some(
    (address) => address !== null && users.has(addressKey(address)),
  );
}

function isPostmaster(address: string, rule: UsersRule): boolean {
  const key = addressKey(address);
  return key === addressKey(rule.postmaster) || splitAddress(key).local === "postmaster";
}

/** `user+tag@x` -> `user@x`; null where there is no tag. A quoted local part has none. */
function withoutTag(address: string): string | null {
  const { local, domain } = splitAddress(address);
  const plus = local.indexOf("+");
  return plus < 1 || local.startsWith('"') ? null : `${local.slice(0, plus)}@${domain}`;
}

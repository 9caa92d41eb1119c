/**
 * The users list (`efsusers.txt`, PRODUCT section 4).
 *
 * 1. With a list, an address of our domains (as it is before or after VdA) must be in it. Others pass: an alias
 *    may lead out of our domains.
 * 2. `user+tag@` matches `user@` unless it is listed itself; by setting the tag is taken off, list or not.
 * 3. The postmaster always passes: the address in the settings, and `postmaster@` any domain of ours (RFC 5321 4.5.1).
 */
import { addressKey, splitAddress } from "../model/address.ts";
import { renamed, type Trail } from "./candidate.ts";
import type { OurDomains } from "./our-domains.ts";
import type { Mapped } from "./virtual-domain.ts";

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

/** VdA: `james@mydomain.com -> james@local.com`, for every domain of ours (PRODUCT section 4). */
import { splitAddress } from "../model/address.ts";
import { type Candidate, renamed, type Trail } from "./candidate.ts";
import type { OurDomains } from "./our-domains.ts";

/** A candidate, and its address before VdA: the users list may name either. */
export interface Mapped {
  readonly candidate: Candidate;
  readonly before: string;
}

export function applyVirtualDomain(
  candidates: readonly Candidate[],
  virtualAlias: string | null,
  ours: OurDomains,
  trail: Trail,
): Mapped[] {
  return candidates.map((candidate) => {
    const before = candidate.address;
    const { local, domain } = splitAddress(before);
    if (virtualAlias === null || !ours.has(before) || domain.toLowerCase() === virtualAlias.toLowerCase()) {
      return { candidate, before };
    }
    const after = `${local}@${virtualAlias}`;
    trail.add(candidate, "mapped", "virtual-domain", [after]);
    return { candidate: renamed(candidate, after), before };
  });
}

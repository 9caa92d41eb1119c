/** Which domains are ours (PRODUCT section 4, Domains): those listed, and subdomains only by `*.`. */
import { domainOf } from "../model/address.ts";
import type { Settings } from "../model/settings.ts";
import { asciiDomain } from "../wire/address-spec.ts";

export interface OurDomains {
  /** The address's domain is the primary or a secondary one. */
  has(address: string): boolean;
}

/** They change only with the settings. */
const made = new WeakMap<Settings["domains"], OurDomains>();

export function ourDomains(domains: Settings["domains"]): OurDomains {
  const known = made.get(domains);
  if (known !== undefined) return known;
  const ours = makeOurDomains(domains);
  made.set(domains, ours);
  return ours;
}

function makeOurDomains(domains: Settings["domains"]): OurDomains {
  const exact = new Set<string>([domains.primary.toLowerCase()]);
  const parents: string[] = [];
  for (const domain of domains.secondary) {
    if (domain.startsWith("*.")) parents.push(domain.slice(1).toLowerCase());
    else exact.add(domain.toLowerCase());
  }
  return {
    has(address) {
      const domain = asciiDomain(domainOf(address))?.toLowerCase();
      if (domain === undefined) return false;
      return exact.has(domain) || parents.some((parent) => domain.endsWith(parent));
    },
  };
}

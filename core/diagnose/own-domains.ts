/** Which domains the settings call ours. Pure. */
import { isIP } from "node:net";
import { domainOf } from "../model/address.ts";
import type { Settings } from "../model/settings.ts";
import { asciiDomain } from "../wire/address-spec.ts";

type Domains = Settings["domains"];

/** Primary first; those that stand for subdomains (`*.`) are left out. */
export function listedDomains({ primary, secondary }: Domains): readonly string[] {
  return [...new Set([primary, ...secondary.filter((domain) => !domain.startsWith("*."))])];
}

/** Where mail for a domain of ours goes at the local server: VdA replaces it. */
export function deliveredDomains(domains: Domains): readonly string[] {
  return domains.virtualAlias === null ? listedDomains(domains) : [domains.virtualAlias];
}

/** Primary, secondary (also by `*.`), or the virtual domain alias. */
export function isOurs(domain: string, domains: Domains): boolean {
  return [domains.primary, ...domains.secondary, domains.virtualAlias ?? domains.primary].some((ours) =>
    ours.startsWith("*.") ? domain.endsWith(ours.slice(1)) : domain === ours,
  );
}

/** Of an address, lower case, ASCII form; "" where it has none. */
export function addressDomain(address: string): string {
  const domain = domainOf(address);
  return (asciiDomain(domain) ?? domain).toLowerCase();
}

export function isOnThisComputer(host: string): boolean {
  return (
    host.toLowerCase() === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))
  );
}

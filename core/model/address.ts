/**
 * Addresses as the envelope carries them: `local@domain`, no brackets, no display name. The text is latin1
 * or Unicode exactly as found; comparing is what ignores case (RFC 5321 2.4: domains always; local parts by
 * the custom of every office server).
 */
export interface AddressParts {
  readonly local: string;
  readonly domain: string;
}

/** Splits at the last `@` (a quoted local part may hold others). No `@` gives an empty domain. */
export function splitAddress(address: string): AddressParts {
  const at = address.lastIndexOf("@");
  return at < 0
    ? { local: address, domain: "" }
    : { local: address.slice(0, at), domain: address.slice(at + 1) };
}

/** The form under which addresses are compared and counted. */
export function addressKey(address: string): string {
  return address.toLowerCase();
}

export function domainOf(address: string): string {
  return splitAddress(address).domain.toLowerCase();
}

/** Whether an address is of our domains, for hints beside fields; the gateway judges for itself. Pure. */
import type { Settings } from "../../../core/model/settings.ts";

/** Primary, secondary (also by `*.`), or the virtual domain alias. True where it is no whole address yet. */
export function isOurAddress(address: string, domains: Settings["domains"]): boolean {
  const domain = address
    .slice(address.lastIndexOf("@") + 1)
    .trim()
    .toLowerCase();
  if (!address.includes("@") || domain === "") return true;
  const ours = [domains.primary, ...domains.secondary, domains.virtualAlias ?? domains.primary];
  return ours
    .map((name) => name.toLowerCase())
    .some((name) => (name.startsWith("*.") ? domain.endsWith(name.slice(1)) : domain === name));
}

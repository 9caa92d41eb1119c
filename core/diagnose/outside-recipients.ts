import type { AliasSource } from "../model/address-lists.ts";
import type { Settings } from "../model/settings.ts";
import { addressDomain, isOurs } from "./own-domains.ts";

/**
 * Addresses outside our domains to which the settings, or the aliases of efsalias.txt, send mail: for them the local
 * server has to relay. Pure.
 */
export function outsideRecipients(
  { accounts, aliases, domains, headers, postmaster }: Settings,
  listed: AliasSource,
): readonly string[] {
  const chosen = [
    postmaster.address,
    ...(headers.bccAll === null ? [] : [headers.bccAll]),
    ...[aliases, listed].flatMap((source) => Object.values(source).flat()),
    ...accounts.flatMap(({ enabled, addressing }) =>
      enabled && addressing.mode === "single" ? addressing.recipients : [],
    ),
  ];
  return chosen.filter((address) => address.includes("@") && !isOurs(addressDomain(address), domains));
}

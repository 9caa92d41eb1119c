import type { Settings } from "../model/settings.ts";
import { addressDomain, isOurs } from "./own-domains.ts";

/** Addresses outside our domains to which the settings send mail: for them the local server has to relay. Pure. */
export function outsideRecipients({
  accounts,
  aliases,
  domains,
  headers,
  postmaster,
}: Settings): readonly string[] {
  const chosen = [
    postmaster.address,
    ...(headers.bccAll === null ? [] : [headers.bccAll]),
    ...Object.values(aliases).flat(),
    ...accounts.flatMap(({ enabled, addressing }) =>
      enabled && addressing.mode === "single" ? addressing.recipients : [],
    ),
  ];
  return chosen.filter((address) => address.includes("@") && !isOurs(addressDomain(address), domains));
}

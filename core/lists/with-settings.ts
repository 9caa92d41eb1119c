import { addressKey } from "../model/address.ts";
import type { AddressListsInForce, AliasSource } from "../model/address-lists.ts";
import type { Settings } from "../model/settings.ts";

/** Both alias lists are in force; where both have the same address, the settings win. */
export function listsWithSettings(
  lists: AddressListsInForce,
  { aliases }: Pick<Settings, "aliases">,
): { readonly aliases: AliasSource; readonly users: ReadonlySet<string> } {
  const joined = new Map(
    Object.entries(lists.aliases).map((entry) => [addressKey(entry[0]), entry] as const),
  );
  for (const entry of Object.entries(aliases)) joined.set(addressKey(entry[0]), entry);
  return { aliases: Object.fromEntries(joined.values()), users: lists.users ?? new Set() };
}

/** Addresses of `efsalias.txt` that have no effect because the settings have them too. */
export function overruledAliases(
  { aliases }: Pick<AddressListsInForce, "aliases">,
  settings: Pick<Settings, "aliases">,
): readonly string[] {
  const inSettings = new Set(Object.keys(settings.aliases).map(addressKey));
  return Object.keys(aliases).filter((from) => inSettings.has(addressKey(from)));
}

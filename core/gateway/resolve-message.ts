/**
 * What would become of a message: the same judgement as for collected mail, without collecting anything. For
 * `efs resolve FILE`, which needs no gateway, and the panel "Try it" with settings that are not saved. Pure.
 */
import { mergeAliases } from "../envelope/aliases.ts";
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { ResolvedMessage } from "../model/resolved-message.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { parseHeaderBlock } from "../wire/header-block.ts";
import { handAccount, judge } from "./examine.ts";

export interface ResolveInput {
  /** A message, or its header alone. */
  readonly header: Buffer;
  /** Octets of the whole message. */
  readonly size: number;
  readonly settings: Settings;
  /** null: as mail of no account. */
  readonly account: AccountSettings | null;
  readonly lists: AddressListsInForce;
  /** null: unknown here; own traces are then not recognised. */
  readonly installationId: string | null;
}

export function resolveMessage(input: ResolveInput): ResolvedMessage {
  const { account, settings, lists } = input;
  const judgement = judge(parseHeaderBlock(input.header), input.size, {
    settings,
    account: account ?? handAccount,
    // The same in both: the settings win.
    aliasTable: mergeAliases(lists.aliases, settings.aliases),
    users: lists.users,
    installationId: input.installationId ?? "(none)",
  });
  return { accountId: account?.id ?? null, ...judgement };
}

/** The account that a message is judged by when none was named: the first that is collected from. */
export function usualAccount(settings: Settings): AccountSettings | null {
  return settings.accounts.find(({ enabled }) => enabled) ?? settings.accounts[0] ?? null;
}

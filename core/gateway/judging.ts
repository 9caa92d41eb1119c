/**
 * Messages are judged by the settings and lists of the moment, also when those change while a mailbox is collected: what
 * somebody corrects counts from the next message on.
 */
import { type AliasTable, mergeAliases } from "../envelope/aliases.ts";
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { Resolution } from "../model/envelope.ts";
import type { ReceivedBody } from "../model/message.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { parseHeaderBlock } from "../wire/header-block.ts";
import { type ExamineContext, type Examined, examine, handAccount, judge } from "./examine.ts";

export interface JudgingParts {
  readonly settings: () => Settings;
  readonly lists: () => AddressListsInForce;
  readonly installationId: string;
}

type Account = ExamineContext["account"];
export type ExamineBody = (body: ReceivedBody) => Examined;

export interface Judging {
  /** For a pass over this mailbox. When another one has taken the account's place meanwhile, as the account was. */
  collecting(account: AccountSettings): ExamineBody;
  /** What was found in a folder; no account of this id: as put there by hand. */
  found(accountId: string): ExamineBody;
  /** Who gets a message that is in the spool. `size`: octets of all of it. */
  resolve(message: { readonly accountId: string; readonly size: number }, header: Buffer): Resolution;
}

export function createJudging({ settings, lists, installationId }: JudgingParts): Judging {
  const aliasTable = aliasTables();
  const contextOf = (account: Account): ExamineContext => {
    const { aliases, users } = lists();
    const now = settings();
    return { settings: now, account, aliasTable: aliasTable(aliases, now.aliases), users, installationId };
  };
  const named = (accountId: string): AccountSettings | undefined =>
    settings().accounts.find(({ id }) => id === accountId);
  return {
    collecting: (account) => (body) => {
      const now = named(account.id);
      const same = now?.host === account.host && now.username === account.username;
      return examine(body, contextOf(same ? now : account));
    },
    found: (accountId) => (body) => examine(body, contextOf(named(accountId) ?? handAccount)),
    resolve: ({ accountId, size }, header) =>
      judge(parseHeaderBlock(header), size, contextOf(named(accountId) ?? handAccount)).resolution,
  };
}

/** Both tables can be long, and change seldom; what is in force is replaced, never changed. */
function aliasTables(): (listed: AddressListsInForce["aliases"], own: Settings["aliases"]) => AliasTable {
  let last: { readonly of: readonly [object, object]; readonly table: AliasTable } | null = null;
  return (listed, own) => {
    if (last?.of[0] !== listed || last.of[1] !== own) {
      // The same address in both: the settings win.
      last = { of: [listed, own], table: mergeAliases(listed, own) };
    }
    return last.table;
  };
}

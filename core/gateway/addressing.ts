/** The gateway's calls about whom messages are for: header finder, "Why these recipients", the classic lists. */
import { type AddressLists, formatList } from "../lists/address-lists.ts";
import { importList } from "../lists/import-list.ts";
import { listsWithSettings, overruledAliases } from "../lists/with-settings.ts";
import type { AddressingGateway } from "../model/addressing-gateway.ts";
import type { Clock, Log, Secrets, Tap } from "../model/ports.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { accountNamed } from "../settings/account-named.ts";
import { adoptHeaders, findHeaders } from "./find-headers.ts";
import { resolveMessage, usualAccount } from "./resolve-message.ts";

/** "Find the right header" looks at so many of the newest messages, where nobody says otherwise. */
export const HEADERS_LOOKED_AT = 50;

export interface AddressingParts {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly tap: Tap;
  readonly lists: AddressLists;
  readonly installationId: string;
  readonly settings: () => Settings;
  readonly saveSettings: (settings: Settings) => Promise<void>;
  /** Another list is in force. */
  readonly listsChanged: () => Promise<void>;
  /** A mailbox has one session at a time: after the run that is under way. */
  readonly alone: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
}

export function createAddressing(parts: AddressingParts): AddressingGateway {
  const { clock, secrets, tap, lists, settings } = parts;
  return {
    async headers({ account: id, count = HEADERS_LOOKED_AT, signal }) {
      accountNamed(settings(), id);
      return parts.alone((stopping) =>
        findHeaders({
          // Settings may have changed while it waited.
          account: accountNamed(settings(), id),
          settings: settings(),
          count,
          secrets,
          clock,
          tap,
          signal: signal === undefined ? stopping : AbortSignal.any([signal, stopping]),
        }),
      );
    },
    async adoptHeaders(id, adopt) {
      accountNamed(settings(), id);
      await parts.saveSettings(adoptHeaders(settings(), id, adopt));
    },
    resolve({ header, size = header.length, account: id, settings: other }) {
      const chosen = other ?? settings();
      return resolveMessage({
        header,
        size,
        settings: chosen,
        account: id === undefined ? usualAccount(chosen) : accountNamed(chosen, id),
        lists: lists.inForce(),
        installationId: parts.installationId,
      });
    },
    lists: () => lists.status(),
    async importList({ list, content, shorter = false }) {
      const imported = await importList(parts.dataDirectory, list, content, { shorter });
      await lists.refresh();
      await parts.listsChanged();
      return imported;
    },
    exportList: (list) => formatList(list, listsWithSettings(lists.inForce(), settings())),
  };
}

/** Before each check. Says once which aliases of the file have no effect because the settings have them too. */
export function createListRefresh(
  lists: AddressLists,
  settings: () => Settings,
  log: Log,
): () => Promise<void> {
  let told = "";
  return async () => {
    await lists.refresh();
    const overruled = overruledAliases(lists.inForce(), settings());
    const text = `${overruled.slice(0, 20).map(escapeUnprintable).join(", ")}${overruled.length > 20 ? `, and ${overruled.length - 20} more` : ""}`;
    if (overruled.length > 0 && text !== told) {
      log({
        source: "lists",
        level: "info",
        text: `in efsalias.txt and in the settings too, where they count: ${text}`,
      });
    }
    told = text;
  };
}

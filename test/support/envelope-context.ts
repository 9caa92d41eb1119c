import { mergeAliases } from "../../core/envelope/aliases.ts";
import type { EnvelopeContext } from "../../core/envelope/resolve.ts";
import type { AliasSource } from "../../core/model/address-lists.ts";
import { accountSchema, settingsSchema } from "../../core/model/settings.ts";

/** Parts of settings and account that differ from an ordinary office's. */
export interface ContextChanges {
  readonly settings?: Record<string, unknown>;
  readonly account?: Record<string, unknown>;
  readonly aliases?: AliasSource;
  readonly users?: readonly string[];
}

/** office.example with one catch-all mailbox; the postmaster is boss@office.example. */
export function envelopeContext(changes: ContextChanges = {}): EnvelopeContext {
  const settings = settingsSchema.parse({
    domains: { primary: "office.example", secondary: ["second.example", "*.third.example"] },
    smtp: { host: "localhost" },
    postmaster: { address: "boss@office.example" },
    ...changes.settings,
  });
  const account = accountSchema.parse({
    id: "main",
    host: "pop.isp.example",
    username: "u12345",
    password: "secret",
    ...changes.account,
  });
  return {
    settings,
    account,
    aliasTable: mergeAliases(changes.aliases ?? {}),
    users: changes.users === undefined ? null : new Set(changes.users),
  };
}

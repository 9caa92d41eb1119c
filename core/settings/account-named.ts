import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";

/** Throws ProblemError `settings-account-unknown`. */
export function accountNamed({ accounts }: Pick<Settings, "accounts">, id: string): AccountSettings {
  const account = accounts.find((candidate) => candidate.id === id);
  if (account !== undefined) return account;
  throw new ProblemError(
    unknownAccount(
      id,
      accounts.map((known) => known.id),
    ),
  );
}

export function unknownAccount(id: string, known: readonly string[]): Problem {
  return {
    code: "settings-account-unknown",
    what: `There is no account "${escapeUnprintable(id)}" in the settings.`,
    cure:
      known.length === 0 ? "Import settings that have accounts." : `The accounts are: ${known.join(", ")}.`,
  };
}

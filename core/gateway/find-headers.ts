/** "Find the right header": joins the headers that collecting fetches with the statistics of the envelope. */
import { fetchHeaders } from "../collect/header-finder.ts";
import { headerStatistics } from "../envelope/header-statistics.ts";
import { type HeaderAdoption, type HeaderReport, withAdoption } from "../model/header-report.ts";
import type { Clock, Secrets, Tap } from "../model/ports.ts";
import { ProblemError } from "../model/problem.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { unreadablePassword } from "./account-passes.ts";

export interface FindHeadersParts {
  readonly account: AccountSettings;
  readonly settings: Settings;
  readonly count: number;
  readonly secrets: Pick<Secrets, "open">;
  readonly clock: Clock;
  readonly tap: Tap;
  readonly signal: AbortSignal;
}

/** Rejects with ProblemError where nothing could be learnt from the server. */
export async function findHeaders(parts: FindHeadersParts): Promise<HeaderReport> {
  const { account, settings, secrets, clock, tap, signal, count } = parts;
  const password = typeof account.password === "string" ? account.password : secrets.open(account.password);
  if (password === null) throw new ProblemError(unreadablePassword(account));
  const statistics = headerStatistics({ account, settings });
  const { listed, refused, problem } = await fetchHeaders(
    { ...account, password },
    { clock, tap, signal, count, onHeader: (header) => statistics.add(header) },
  );
  return statistics.report({ listed, refused, problem });
}

/** The settings with a recommendation taken over. */
export function adoptHeaders(settings: Settings, accountId: string, adopt: HeaderAdoption): Settings {
  return {
    ...settings,
    accounts: settings.accounts.map((account) =>
      account.id === accountId ? withAdoption(account, adopt) : account,
    ),
  };
}

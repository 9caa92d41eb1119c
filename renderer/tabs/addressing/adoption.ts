/** What "Adopt" changes in an account, line by line, before anything is changed. Pure. */
import type { HeaderAdoption } from "../../../core/model/header-report.ts";
import type { Settings } from "../../../core/model/settings.ts";

export interface AdoptedChange {
  readonly setting: "custom" | "trustedReceivedLines" | "mailboxAddresses";
  /** [] : none. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function adoptedChanges(
  adopt: HeaderAdoption,
  settings: Pick<Settings, "accounts" | "headers">,
  accountId: string,
): readonly AdoptedChange[] {
  const account = settings.accounts.find(({ id }) => id === accountId);
  if (account === undefined) return [];
  const changes: (AdoptedChange | null)[] = [
    adopt.custom === null
      ? null
      : {
          setting: "custom",
          before: account.headers.custom ?? settings.headers.custom,
          after: adopt.custom,
        },
    adopt.trustedReceivedLines === null
      ? null
      : {
          setting: "trustedReceivedLines",
          before: [String(account.trustedReceivedLines)],
          after: [String(adopt.trustedReceivedLines)],
        },
    adopt.mailboxAddresses === null
      ? null
      : { setting: "mailboxAddresses", before: account.mailboxAddresses, after: adopt.mailboxAddresses },
  ];
  return changes.filter((change) => change !== null);
}

/** What we knew of a mailbox before it was listed. */
import type { SeenLedger } from "../model/ports.ts";
import type { AccountSettings } from "../model/settings.ts";

const STILL_THERE = ["collected", "waiting", "skipped", "failing", "parked", "oversize", "left"] as const;

/** Whose ids are listed; not the port, which changes with the kind of encryption. */
export function mailboxOf({ host, username }: Pick<AccountSettings, "host" | "username">): string {
  return `${username} at ${host.toLowerCase()}`;
}

/** Whether messages were left there, known by their UIDL or by their hash (see `PlanInput`). */
export function messagesBefore(
  ledger: Pick<SeenLedger, "inState">,
  accountId: string,
): { readonly hadIds: boolean; readonly hadHashes: boolean } {
  let hadHashes = false;
  for (const state of STILL_THERE) {
    for (const { uid } of ledger.inState(accountId, state)) {
      if (!uid.startsWith("sha256:")) return { hadIds: true, hadHashes };
      hadHashes = true;
    }
  }
  return { hadIds: false, hadHashes };
}

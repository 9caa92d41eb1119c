import { addressKey } from "../model/address.ts";
import type { ProbeVerdict } from "./misconfiguration-guard.ts";
import type { OpenedSession, Session } from "./session.ts";

/**
 * Asks on a connection of its own whether one of the addresses would be taken (MAIL, RCPT, RSET; nothing is sent).
 * With no address to ask after nothing speaks for the server: `refused`. Never rejects.
 */
export async function probeAddresses(
  open: () => Promise<OpenedSession>,
  sender: string,
  addresses: readonly string[],
): Promise<ProbeVerdict> {
  if (addresses.length === 0) return "refused";
  const opened = await open();
  if (opened.kind !== "open") return "undecided";
  try {
    return await askAfter(opened.session, sender, addresses);
  } finally {
    await opened.session.quit();
  }
}

async function askAfter(
  session: Session,
  ownSender: string,
  addresses: readonly string[],
): Promise<ProbeVerdict> {
  let verdict: ProbeVerdict = "refused";
  let sender = ownSender;
  const distinct = new Map(addresses.map((address) => [addressKey(address), address]));
  for (const address of distinct.values()) {
    if (!session.usable) return "undecided";
    let result = await session.probe(sender, address);
    if (result.kind === "refused" && result.failure.phase === "mail" && result.failure.permanent) {
      // Our own sender is not to its taste; that says nothing about recipients.
      sender = "";
      if (session.usable) result = await session.probe(sender, address);
    }
    if (result.kind === "accepted") return "accepted";
    if (!result.failure.permanent || result.failure.phase !== "rcpt") verdict = "undecided";
  }
  return verdict;
}

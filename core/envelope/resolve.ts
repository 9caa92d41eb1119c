/**
 * Who is a message for? (PRODUCT section 4.) Pure: header and settings in, recipients and reasons out; the same
 * function serves collecting, `efs resolve FILE` and the "Try it" panel.
 *
 *     headers, or the account's own recipients -> aliases -> VdA -> users list -> repeated ones out -> BCC all
 *
 * 1. Nobody found: the postmaster gets the message whole, or Junk (settings.noRecipient).
 * 2. Somebody found, but no known user among them: Junk or postmaster (settings.users.unknown).
 * 3. Everybody found is IGNOREd by alias: nobody, and that is not "no recipient"; no BCC copy either.
 * 4. The postmaster's address is used as it is: no alias, VdA or users list.
 */
import { addressKey } from "../model/address.ts";
import type { Resolution, ResolvedRecipient } from "../model/envelope.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import type { HeaderBlock } from "../wire/header-block.ts";
import { type AliasTable, applyAliases } from "./aliases.ts";
import { type Candidate, newTrail, type Trail } from "./candidate.ts";
import { findRecipients } from "./header-recipients.ts";
import { ourDomains } from "./our-domains.ts";
import { resolveSender } from "./sender.ts";
import { applyStripTag, applyUsersList, type UsersRule } from "./users-list.ts";
import { applyVirtualDomain } from "./virtual-domain.ts";

export interface EnvelopeContext {
  readonly account: Pick<
    AccountSettings,
    "trustedReceivedLines" | "mailboxAddresses" | "username" | "addressing" | "headers"
  >;
  readonly settings: Pick<
    Settings,
    "domains" | "headers" | "users" | "allowMalformed" | "noRecipient" | "postmaster"
  >;
  /** From settings and `efsalias.txt`, see `mergeAliases`. */
  readonly aliasTable: AliasTable;
  /** In the form of `addressKey`; null: no list, every user is known. */
  readonly users: ReadonlySet<string> | null;
}

export function resolveEnvelope(header: HeaderBlock, context: EnvelopeContext): Resolution {
  const { account, settings, aliasTable, users } = context;
  const trail = newTrail();
  const sender = resolveSender(header, settings);
  const ours = ourDomains(settings.domains);
  const single = account.addressing.mode === "single" ? account.addressing.recipients : null;

  const found =
    single !== null
      ? singleMailbox(single, trail)
      : findRecipients(
          header,
          {
            account,
            headers: settings.headers,
            allowMalformed: settings.allowMalformed,
            ours,
            aliases: aliasTable,
          },
          trail,
        );
  const end = (kind: Resolution["kind"], recipients: readonly ResolvedRecipient[]): Resolution => ({
    kind,
    sender,
    recipients: withBccAll(recipients, settings.headers.bccAll, trail),
    trail: trail.steps,
  });
  const toPostmaster = (rule: "no-recipient" | "unknown-user"): ResolvedRecipient[] => {
    const address = settings.postmaster.address;
    trail.add(ofNoHeader(address), "kept", rule);
    // Equal copies that named other people in an envelope header are not equal to the postmaster.
    const duplicatesChecked = !found.some((candidate) => !candidate.duplicatesChecked);
    return [{ address, role: "postmaster", duplicatesChecked }];
  };

  if (found.length === 0) {
    return end("no-recipient", settings.noRecipient === "postmaster" ? toPostmaster("no-recipient") : []);
  }
  const aliased = applyAliases(withoutRepeats(found, trail), aliasTable, trail);
  if (aliased.length === 0) return end("ignored-by-alias", []);

  const mapped = applyVirtualDomain(aliased, settings.domains.virtualAlias, ours, trail);
  const rule: UsersRule = {
    // A single mailbox's recipients were given by hand: everything goes to them.
    users: single === null ? users : null,
    stripTag: settings.users.stripTag && single === null,
    postmaster: settings.postmaster.address,
    ours,
  };
  const known = applyUsersList(mapped, rule, trail);
  if (known.length === 0) {
    return end("unknown-user", settings.users.unknown === "postmaster" ? toPostmaster("unknown-user") : []);
  }
  const last = applyStripTag(known, rule, trail).map(({ candidate }) => candidate);
  return end(
    "addressed",
    withoutRepeats(last, trail).map(({ address, duplicatesChecked }) => ({
      address,
      role: "addressed",
      duplicatesChecked,
    })),
  );
}

function singleMailbox(recipients: readonly string[], trail: Trail): Candidate[] {
  const candidates = recipients.map(ofNoHeader);
  for (const candidate of candidates) trail.add(candidate, "kept", "single-mailbox");
  return candidates;
}

function ofNoHeader(address: string): Candidate {
  return { address, header: null, headerIndex: null, duplicatesChecked: true };
}

function withoutRepeats(candidates: readonly Candidate[], trail: Trail): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter((candidate) => {
    const key = addressKey(candidate.address);
    if (seen.has(key)) {
      trail.add(candidate, "dropped", "repeated-recipient");
      return false;
    }
    seen.add(key);
    return true;
  });
}

/** One copy more, of messages that go to somebody; the address is used as it is. */
function withBccAll(
  recipients: readonly ResolvedRecipient[],
  address: string | null,
  trail: Trail,
): readonly ResolvedRecipient[] {
  if (address === null || recipients.length === 0) return recipients;
  if (recipients.some((recipient) => addressKey(recipient.address) === addressKey(address))) {
    trail.add(ofNoHeader(address), "dropped", "repeated-recipient");
    return recipients;
  }
  trail.add(ofNoHeader(address), "kept", "bcc-all");
  return [...recipients, { address, role: "bcc-all", duplicatesChecked: true }];
}

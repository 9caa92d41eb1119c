/**
 * What one attempt tells the guard (deliver/misconfiguration-guard). Pure.
 *
 * 1. A domain counts by the recipients that the mail was addressed to: accepted when one of them was accepted now;
 *    refused when all of them, in this message, have come to a 5xx; anything else says nothing.
 * 2. Reports, alerts, no-recipient mail and BCC copies say nothing about a domain.
 * 3. The postmaster's address is looked at for itself, whoever it was named by: only an answer to RCPT is about it.
 * 4. A BCC-all copy counts when it is the only recipient that was refused.
 */
import { addressKey, domainOf } from "../model/address.ts";
import type { Failure } from "../model/failure.ts";
import type { AttemptResult, QueuedRecipient, RecipientState } from "../model/message.ts";
import type { SmtpReply } from "../model/reply.ts";

export interface DomainFinding {
  readonly domain: string;
  readonly verdict: "accepted" | "refused" | "neither";
  readonly relayDenied: boolean;
  /** In this attempt. */
  readonly accepted: readonly string[];
}

export interface AddressFinding {
  readonly address: string;
  readonly accepted: boolean;
  readonly relayDenied: boolean;
  /** That is refused; for a report the message that it is about. */
  readonly messageId: number;
}

export interface AttemptFindings {
  readonly at: number;
  readonly messageId: number;
  readonly domains: readonly DomainFinding[];
  readonly postmaster: AddressFinding | null;
  readonly bccAll: AddressFinding | null;
}

export interface FindingContext {
  readonly postmaster: string;
  readonly isRelayDenied: (reply: SmtpReply) => boolean;
}

export function findingsOf(result: AttemptResult, context: FindingContext): AttemptFindings {
  const { message, endedAt: at } = result;
  return {
    at,
    messageId: message.id,
    domains: message.kind === "mail" ? domainsOf(result, context) : [],
    postmaster: postmasterOf(result, context),
    bccAll: message.kind === "mail" ? bccAllOf(result, context) : null,
  };
}

function domainsOf(result: AttemptResult, { postmaster, isRelayDenied }: FindingContext): DomainFinding[] {
  const postmasterKey = addressKey(postmaster);
  const counts = ({ role, address }: QueuedRecipient): boolean =>
    role === "addressed" && addressKey(address) !== postmasterKey;
  const tried = Map.groupBy(
    result.recipients.filter(({ recipient, outcome }) => outcome.kind !== "not-tried" && counts(recipient)),
    ({ recipient }) => domainOf(recipient.address),
  );
  return [...tried].map(([domain, attempts]) => {
    const accepted = attempts
      .filter(({ outcome }) => outcome.kind === "delivered")
      .map(({ recipient }) => recipient.address);
    if (accepted.length > 0) return { domain, verdict: "accepted", relayDenied: false, accepted };
    const relayDenied = attempts.some(({ outcome }) => {
      const reply = outcome.kind === "refused" ? refusal(outcome.failure) : null;
      return reply !== null && isRelayDenied(reply);
    });
    const after = new Map(result.recipients.map(({ recipient, next }) => [recipient.id, next]));
    const refused = result.message.recipients
      .filter((recipient) => counts(recipient) && domainOf(recipient.address) === domain)
      .every(({ id, state }) => isRefused(after.get(id) ?? state));
    return { domain, verdict: relayDenied || refused ? "refused" : "neither", relayDenied, accepted };
  });
}

/** The server's 5xx; null: it was something else. */
function refusal({ permanent, reply }: Failure): SmtpReply | null {
  return permanent && reply !== null && reply.code >= 500 ? reply : null;
}

function isRefused(state: RecipientState): boolean {
  return state.kind === "failed" && refusal(state.failure) !== null;
}

function postmasterOf(result: AttemptResult, context: FindingContext): AddressFinding | null {
  const key = addressKey(context.postmaster);
  const tried = result.recipients.find(({ recipient }) => addressKey(recipient.address) === key);
  return tried === undefined
    ? null
    : addressFinding(result, tried, context, result.message.reportOf ?? result.message.id);
}

function bccAllOf(result: AttemptResult, context: FindingContext): AddressFinding | null {
  const tried = result.recipients.find(({ recipient }) => recipient.role === "bcc-all");
  if (tried === undefined) return null;
  const found = addressFinding(result, tried, context, result.message.id);
  if (found === null || found.accepted) return found;
  const others = result.recipients.some(
    ({ recipient, outcome }) => recipient !== tried.recipient && outcome.kind === "refused",
  );
  return others ? null : { ...found, relayDenied: false };
}

function addressFinding(
  { message }: AttemptResult,
  { recipient, outcome }: AttemptResult["recipients"][number],
  { isRelayDenied }: FindingContext,
  messageId: number,
): AddressFinding | null {
  const { address } = recipient;
  if (outcome.kind === "delivered") {
    return { address, accepted: true, relayDenied: false, messageId: message.id };
  }
  // What is refused later is refused for what it says, not for whom it is for.
  const reply =
    outcome.kind === "refused" && outcome.failure.scope === "recipient" ? refusal(outcome.failure) : null;
  return reply === null ? null : { address, accepted: false, relayDenied: isRelayDenied(reply), messageId };
}

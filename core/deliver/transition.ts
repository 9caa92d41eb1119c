/**
 * What a recipient becomes after an attempt. Pure.
 *
 * 1. Accepted: delivered, for ever (PRODUCT section 2 rule 3).
 * 2. Refused for good: failed.
 * 3. Refused for now: tried again on the back-off steps; expired once the route was usable for `expireMs`
 *    since the message came. Only usable time counts, so that an outage of the server costs nobody a message.
 * 4. No answer after the final dot: tried again at most `unknownTries` times, at least `unknownPause` apart, then
 *    held. It never expires: it may have arrived (RFC 5321 4.5.3.2.6, RFC 1047).
 * 5. Nothing learnt: as it was, and due at once.
 */
import { limits } from "../model/limits.ts";
import type { DeliveryOutcome, QueuedRecipient, RecipientState } from "../model/message.ts";
import { assertNever } from "../util/assert-never.ts";
import { retryDelay } from "./retry-schedule.ts";

export interface RetryPolicy {
  readonly expireMs: number;
}

export interface TransitionMoment {
  /** ms since 1970 */
  readonly now: number;
  /** For the trace of delivery: `mail.office.lan[192.0.2.1]:25`. */
  readonly relay: string;
  /** Milliseconds of usable route since the message was queued. */
  readonly usableAge: number;
}

export interface Transition {
  readonly next: RecipientState;
  readonly tries: number;
  readonly unknownTries: number;
}

export function transition(
  recipient: Pick<QueuedRecipient, "state" | "tries" | "unknownTries">,
  outcome: DeliveryOutcome,
  moment: TransitionMoment,
  policy: RetryPolicy,
): Transition {
  const { now } = moment;
  const { unknownTries } = recipient;
  const tries = recipient.tries + 1;
  switch (outcome.kind) {
    case "delivered":
      return {
        next: { kind: "delivered", at: now, reply: outcome.reply, relay: moment.relay },
        tries,
        unknownTries,
      };
    case "not-tried":
      return { next: dueAtOnce(recipient.state, now), tries: recipient.tries, unknownTries };
    case "refused": {
      const { failure } = outcome;
      if (failure.scope === "route") {
        return { next: dueAtOnce(recipient.state, now), tries: recipient.tries, unknownTries };
      }
      if (failure.scope === "unknown-outcome") {
        const unknown = unknownTries + 1;
        const next: RecipientState =
          unknown > limits.smtp.unknownTries
            ? { kind: "held", since: now, reason: "unknown-outcome", failure }
            : {
                kind: "deferred",
                nextAt: now + Math.max(limits.smtp.unknownPause, retryDelay(tries)),
                failure,
              };
        return { next, tries, unknownTries: unknown };
      }
      if (failure.permanent) return { next: { kind: "failed", at: now, failure }, tries, unknownTries };
      if (moment.usableAge >= policy.expireMs) {
        return { next: { kind: "expired", at: now, failure }, tries, unknownTries };
      }
      return { next: { kind: "deferred", nextAt: now + retryDelay(tries), failure }, tries, unknownTries };
    }
    default:
      return assertNever(outcome);
  }
}

function dueAtOnce(state: RecipientState, now: number): RecipientState {
  return state.kind === "deferred" && state.nextAt > now ? { ...state, nextAt: now } : state;
}

/**
 * What becomes of a message after an attempt. Pure; the spool carries it out.
 *
 * 1. While any recipient is pending (queued, deferred, held) the message stays in Inbox (PRODUCT 2, rule 6).
 * 2. Accepted recipients are done; only refused or expired ones send the message to Errors (rule 4).
 * 3. A refused "BCC all messages to" copy never sends a message to Errors (PRODUCT 5, guard b).
 * 4. Mail for MAILER-DAEMON only, and our own reports come back, are never reported: a failure sends them to
 *    Junk. EFS writes to nobody outside (RFC 3834 2: no answers to answers).
 * 5. A report refused because of its content (what it says or how large it is, not who gets it) goes once more
 *    without it; refused for good, its original goes to Junk; deferred to the end of its life, it is made anew an hour later (PRODUCT 2, table).
 */
import { splitAddress } from "../model/address.ts";
import type { Failure } from "../model/failure.ts";
import type {
  AttemptResult,
  Disposition,
  QueuedRecipient,
  RecipientState,
  ReportEffect,
  Settlement,
} from "../model/message.ts";
import { isPending } from "../model/message.ts";
import { assertNever } from "../util/assert-never.ts";

export interface SettlePolicy {
  readonly sendErrors: boolean;
  readonly backup: boolean;
}

const HOUR = 3_600_000;

export function settle(result: AttemptResult, policy: SettlePolicy): Settlement {
  const states = statesAfter(result);
  if (states.some(({ state }) => isPending(state))) {
    return { result, disposition: { kind: "stay" }, report: null };
  }
  switch (result.message.kind) {
    case "mail":
      return { result, disposition: mailDisposition(result, states, policy), report: null };
    case "alert":
      return {
        result,
        disposition: states.some(hasFailed)
          ? { kind: "junk", reason: "report-failed" }
          : { kind: "done", backup: false },
        report: null,
      };
    case "report":
      // The report itself is never kept: what counts is the original, which is where it was.
      return { result, disposition: { kind: "done", backup: false }, report: reportEffect(result, states) };
    default:
      return assertNever(result.message.kind);
  }
}

interface After {
  readonly recipient: QueuedRecipient;
  readonly state: RecipientState;
}

function statesAfter(result: AttemptResult): readonly After[] {
  const next = new Map(result.recipients.map((entry) => [entry.recipient.id, entry.next]));
  return result.message.recipients.map((recipient) => ({
    recipient,
    state: next.get(recipient.id) ?? recipient.state,
  }));
}

function hasFailed({ state }: After): boolean {
  return state.kind === "failed" || state.kind === "expired";
}

function mailDisposition(result: AttemptResult, states: readonly After[], policy: SettlePolicy): Disposition {
  const failed = states.filter((after) => hasFailed(after) && after.recipient.role !== "bcc-all");
  if (failed.length === 0) {
    const delivered = states.some(({ state }) => state.kind === "delivered");
    return { kind: "done", backup: policy.backup && delivered };
  }
  if (result.message.neverReported || failed.every(({ recipient }) => isMailerDaemon(recipient.address))) {
    return { kind: "junk", reason: "report-failed" };
  }
  return { kind: "errors", report: policy.sendErrors ? "waiting" : "off" };
}

function isMailerDaemon(address: string): boolean {
  return splitAddress(address).local.toLowerCase() === "mailer-daemon";
}

function reportEffect(result: AttemptResult, states: readonly After[]): ReportEffect {
  const form = result.message.reportForm ?? "with-content";
  for (const { state } of states) {
    if (state.kind === "expired" || state.kind === "removed") {
      return { kind: "again", nextAt: result.endedAt + HOUR, form };
    }
    if (state.kind === "failed") {
      return form === "with-content" && becauseOfContent(state.failure)
        ? { kind: "again", nextAt: result.endedAt, form: "without-content" }
        : { kind: "refused" };
    }
  }
  return { kind: "reported" };
}

/** Too large (RFC 1870: 552 to MAIL or RCPT, or not offered at all), or refused once it was seen. */
function becauseOfContent({ phase, reply, scope }: Failure): boolean {
  if (phase === "mail" || phase === "rcpt") {
    return reply === null ? scope === "message" : reply.code === 552 || TOO_LARGE.test(reply.enhanced ?? "");
  }
  return true;
}

/** RFC 3463: 5.2.3 message length exceeds administrative limit, 5.3.4 message too big for system. */
const TOO_LARGE = /^5\.(?:2\.3|3\.4)$/;

/** What an administrator is told about single messages that need a look. */
import type { AcceptOrder, AttemptResult } from "../model/message.ts";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";

/** "Alert postmaster" on POP3 errors, optionally time-outs too (PRODUCT section 6). Of an account's own trouble. */
export function isAlertWanted(trouble: string | null, alerts: Settings["alerts"]): boolean {
  return trouble === "timeout" ? alerts.pop3Timeouts : alerts.pop3Errors;
}

export function loopProblem({ summary, source, verdict }: AcceptOrder): Problem {
  const subject = escapeUnprintable(summary.subject) || "(no subject)";
  return {
    code: "mail-loop",
    what: `A message collected from account "${source.accountId}" goes round in a circle and is in Junk now: ${subject}.`,
    cure: "See that your mail server delivers your domains itself and does not send their mail out to the provider again.",
    ...("detail" in verdict ? { quote: verdict.detail } : {}),
  };
}

/** Single messages of a pass that went well otherwise. Who they are is in the log. */
export function uncollectedProblem(accountId: string, failed: number): Problem {
  return {
    code: "messages-not-collected",
    what: `${failed === 1 ? "One message" : `${failed} messages`} of account "${accountId}" could not be collected and stayed on the server.`,
    cure: "It is tried again at the next checks; after five tries a message is left alone, with an alert. The log says why.",
  };
}

/** No answer after the final dot, four times over (PRODUCT section 2, rule 5). */
export function heldProblem({ message, relay }: AttemptResult): Problem {
  return {
    code: "unknown-outcome",
    what: `${relay} never confirmed message ${message.queueId} from <${escapeUnprintable(message.sender)}>, in several tries; it may already have arrived, so it is held and not sent again.`,
    cure: "Look in the recipient's mailbox whether it is there, and at your mail server's log for why it does not answer.",
  };
}

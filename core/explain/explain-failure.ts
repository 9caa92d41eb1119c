/**
 * A failed delivery in plain words, whether or not the server gave an answer.
 *
 * 1. An answer about one message or recipient is explained from its words; where they say nothing, the command that
 *    it answered tells more (550 to RCPT is about the recipient, 550 to MAIL about the sender).
 * 2. Without an answer the failure's own problem has the words; they name the server and the step.
 * 3. Trouble of the whole route too: there the step tells more than the answer. Only its category comes from it.
 * 4. Permanent is what was decided for this failure, whatever the answer says.
 */
import type { Explanation } from "../model/explanation.ts";
import type { Failure, SmtpPhase } from "../model/failure.ts";
import type { Problem } from "../model/problem.ts";
import type { SmtpReply } from "../model/reply.ts";
import { answerFacts } from "./answer-facts.ts";
import { wordingFor } from "./explain.ts";
import { type WordingName, wordings } from "./wordings.ts";

export function explainFailure({ reply, problem, scope, phase, permanent }: Failure): Explanation {
  const answer = reply === null ? null : wordings[wordingInPhase(reply, phase)];
  if (problem === null) return { ...(answer ?? wordings.other), permanent };
  const known = problemKinds[problem.code] ?? OTHER_TROUBLE;
  const told = { meaning: problem.what, cure: problem.cure, permanent };
  if (answer === null || answer.category === "other") return { ...known, ...told };
  if (scope === "route") return { category: answer.category, who: known.who, ...told };
  return { ...answer, permanent };
}

function wordingInPhase(reply: SmtpReply, phase: SmtpPhase): WordingName {
  const wording = wordingFor(answerFacts(reply));
  const refused = reply.code >= 500;
  if (!refused || !SAYS_NOTHING.has(wording)) return wording;
  switch (phase) {
    case "mail":
      return "sender-refused";
    case "rcpt":
      return "recipient-refused";
    case "data":
    case "body":
    case "final-reply":
      return "policy-perhaps";
    default:
      return wording;
  }
}

const SAYS_NOTHING: ReadonlySet<WordingName> = new Set(["other", "recipient-refused", "policy-perhaps"]);

type Kind = Pick<Explanation, "category" | "who">;

const OTHER_TROUBLE: Kind = { category: "other", who: "office-server" };

/** What kind of trouble a delivery's problem is, by its code. */
export const problemKinds: Readonly<Record<Problem["code"], Kind>> = {
  "smtp-unknown-host": { category: "dns", who: "this-gateway" },
  "smtp-refused": { category: "connection", who: "office-server" },
  "smtp-unreachable": { category: "connection", who: "office-server" },
  "smtp-timeout": { category: "connection", who: "office-server" },
  "smtp-closed": { category: "connection", who: "office-server" },
  "smtp-connection": { category: "connection", who: "office-server" },
  "smtp-route-deferred": { category: "connection", who: "office-server" },
  "unknown-outcome": { category: "connection", who: "office-server" },
  "smtp-protocol": { category: "syntax", who: "office-server" },
  "smtp-rejected": { category: "reputation", who: "office-server" },
  "smtp-no-starttls": { category: "tls", who: "office-server" },
  "smtp-certificate": { category: "tls", who: "office-server" },
  "smtp-tls-failed": { category: "tls", who: "this-gateway" },
  "smtp-login-refused": { category: "authentication", who: "this-gateway" },
  "smtp-password-missing": { category: "authentication", who: "this-gateway" },
  "smtp-login-unprotected": { category: "authentication", who: "this-gateway" },
  "smtp-authentication-required": { category: "authentication", who: "this-gateway" },
  "smtp-server-full": { category: "server-trouble", who: "office-server" },
  "smtp-too-large": { category: "too-large", who: "office-server" },
  "smtp-unsendable-address": { category: "syntax", who: "sender" },
  "message-file-unreadable": { category: "other", who: "this-gateway" },
  "message-file-changed": { category: "other", who: "this-gateway" },
  "smtp-cancelled": { category: "other", who: "nobody" },
};

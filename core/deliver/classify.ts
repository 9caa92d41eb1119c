/**
 * The only place where a reply or a lost connection becomes a `Failure`. PRODUCT section 5's table, row by row
 * (RFC 5321 4.2, 4.2.4.2, 4.5.3.1.10, 4.5.3.2; RFC 1870; RFC 3207; RFC 4954):
 *
 *  1. no answer after the final dot                     -> unknown-outcome, before every other row
 *  2. 4xx to a recipient / to MAIL, DATA, the dot       -> that recipient / that message, temporary
 *  3. 452, 552 "too many recipients" after an accepted  -> "another-transaction": no failure at all
 *  4. trouble before the first MAIL of a connection; login, TLS; "authentication required" to MAIL;
 *     500, 502, 503 to MAIL; 452 4.3.x to MAIL for the third time running -> route
 *  5. 421, loss, time-out later                         -> session: this message waits, the others go on
 *  6. 5xx to a recipient                                -> that recipient, permanent
 *  7. 5xx to MAIL                                       -> message, permanent
 *  8. 5xx to DATA or after it                           -> message (all its accepted recipients), permanent
 *  9. SIZE announced is smaller than the message        -> message, permanent, nothing sent
 * 10. our own file cannot be read                       -> message, temporary
 * 11. whatever is not foreseen                          -> temporary
 */
import type { Failure, SmtpPhase } from "../model/failure.ts";
import type { Problem } from "../model/problem.ts";
import type { SmtpReply } from "../model/reply.ts";
import type { Loss } from "./loss.ts";
import { lossProblem, routeReplyProblem, tooLargeProblem, unsendableAddressProblem } from "./problems.ts";

export interface ReplyContext {
  /** `host:port` */
  readonly server: string;
  /** Recipients that were accepted in this transaction before this answer. */
  readonly accepted: number;
  /** How many MAIL commands in a row were answered 452 4.3.x, this one included. */
  readonly storageRefusals: number;
}

export const ANOTHER_TRANSACTION = "another-transaction";

/** A refusing answer to MAIL, RCPT, DATA or the final dot. An accepting one is not for here. */
export function classifyReply(
  phase: "mail" | "rcpt" | "data" | "final-reply",
  reply: SmtpReply,
  context: ReplyContext,
): Failure | typeof ANOTHER_TRANSACTION {
  const failure = (scope: Failure["scope"], permanent: boolean, problem: Problem | null = null): Failure => ({
    scope,
    permanent,
    phase,
    reply,
    problem,
  });
  const permanent = reply.code >= 500 && reply.code <= 599;
  // An answer that neither accepts nor refuses: not foreseen (row 11). Behind the dot it leaves everything open.
  if (reply.code < 400) {
    return failure(
      phase === "final-reply" ? "unknown-outcome" : phase === "rcpt" ? "recipient" : "session",
      false,
    );
  }
  if (reply.code === 421) {
    return failure("session", false, routeReplyProblem(phase, reply, context.server));
  }
  switch (phase) {
    case "mail":
      if (ROUTE_CODES_TO_MAIL.has(reply.code) || wantsLoginOrTls(reply) || storageTrouble(reply, context)) {
        return failure("route", false, routeReplyProblem(phase, reply, context.server));
      }
      return failure("message", permanent);
    case "rcpt":
      if (context.accepted > 0 && tooManyRecipients(reply)) return ANOTHER_TRANSACTION;
      return failure("recipient", permanent);
    default:
      return failure("message", permanent);
  }
}

export interface LossContext {
  readonly server: string;
  /** A MAIL command has left on this connection. */
  readonly mailSent: boolean;
  /** The final dot was handed over to the system. */
  readonly terminatorOut: boolean;
}

export function classifyLoss(loss: Loss, context: LossContext): Failure {
  const problem = lossProblem(loss, context.server);
  const base = { permanent: false, phase: loss.phase, reply: loss.reply, problem };
  if (context.terminatorOut) return { ...base, phase: "final-reply", scope: "unknown-outcome" };
  if (loss.cause === "body") return { ...base, phase: "local", scope: "message" };
  if (!context.mailSent) return { ...base, scope: "route" };
  // Several servers refuse what they do not want in the midst of the body, and hang up (row 8).
  if (loss.phase === "body" && loss.reply !== null && loss.reply.code >= 500) {
    return { ...base, scope: "message", permanent: true };
  }
  return { ...base, scope: "session" };
}

export function tooLarge(octets: number, allowed: number, server: string): Failure {
  return localFailure("mail", true, tooLargeProblem(octets, allowed, server));
}

/** An address that would break the command it is written into. */
export function unsendableAddress(phase: "mail" | "rcpt", address: string): Failure {
  const failure = localFailure(phase, true, unsendableAddressProblem(address));
  return phase === "rcpt" ? { ...failure, scope: "recipient" } : failure;
}

export function unreadableBody(problem: Problem): Failure {
  return localFailure("local", false, problem);
}

function localFailure(phase: SmtpPhase, permanent: boolean, problem: Problem): Failure {
  return { scope: "message", permanent, phase, reply: null, problem };
}

const ROUTE_CODES_TO_MAIL: ReadonlySet<number> = new Set([500, 502, 503, 530, 534, 535, 538]);

/** 452 4.3.x or 452 without more: the server is short of space (RFC 3463 3.4: x.3.z is the mail system's). */
export function isStorageRefusal(reply: SmtpReply): boolean {
  return reply.code === 452 && (reply.enhanced?.startsWith("4.3.") ?? false);
}

const STORAGE_REFUSALS = 3;

function storageTrouble(reply: SmtpReply, context: ReplyContext): boolean {
  return isStorageRefusal(reply) && context.storageRefusals >= STORAGE_REFUSALS;
}

const LOGIN_OR_TLS: readonly RegExp[] = [
  /\bauthentication (?:is )?(?:required|needed)\b/i,
  /\b(?:requires?|required|needs?|must) (?:smtp |to )?(?:authenticate|authentication)\b/i,
  /\bauthenticate (?:first|yourself)\b/i,
  /\b(?:auth|login) (?:is )?required\b/i,
  /\bclient (?:was|is) not authenticated\b/i,
  /\bstarttls\b/i,
  /\b(?:tls|ssl|encryption) (?:is )?(?:required|needed)\b/i,
  /\brequires? (?:tls|ssl|encryption)\b/i,
];

function wantsLoginOrTls(reply: SmtpReply): boolean {
  const text = reply.text.slice(0, 2_000);
  return LOGIN_OR_TLS.some((pattern) => pattern.test(text));
}

/**
 * RFC 5321 4.5.3.1.10: 452, and 552 from older servers. Where the server does not say more than 452, the rest
 * is tried in another transaction too: there it is first, and the same answer counts for what it says.
 */
function tooManyRecipients(reply: SmtpReply): boolean {
  if (reply.code !== 452 && reply.code !== 552) return false;
  if (reply.enhanced !== null && /\.5\.3$/.test(reply.enhanced)) return true;
  if (
    /\btoo many\b|\brecipients? limit\b|\b(?:max|maximum)(?: number of)? recipients\b/i.test(
      reply.text.slice(0, 2_000),
    )
  ) {
    return true;
  }
  return reply.code === 452 && reply.enhanced === null;
}

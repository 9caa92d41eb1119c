import type { SmtpPhase } from "../model/failure.ts";
import type { SmtpReply } from "../model/reply.ts";

/** How a connection was lost, before it is judged (deliver/classify). */
export interface Loss {
  readonly cause: /** The name has no address. */
    | "unknown-host"
    /** Nobody listens there. */
    | "refused"
    | "unreachable"
    /** The other side ended it, with or without a 421. */
    | "closed"
    | "timeout"
    /** An answer that is none, one too many, one too early, too long. */
    | "protocol"
    /** STARTTLS is required and was not offered, or was refused. */
    | "no-tls"
    | "certificate"
    | "handshake"
    /** The login was refused. */
    | "login"
    /** There is a user name, but no password that can be used. */
    | "password"
    /** A login over a connection that may be unprotected. */
    | "login-unprotected"
    /** Greeting, EHLO and HELO refused. */
    | "rejected"
    /** The body could not be read to its recorded end. */
    | "body"
    /** We were told to stop. */
    | "cancelled"
    | "system";
  readonly phase: SmtpPhase;
  /** The system's or library's code, e.g. `ECONNRESET`; for people who search for it. */
  readonly code: string | null;
  /** The answer that ended it. */
  readonly reply: SmtpReply | null;
}

/** An answer, or why there is none. */
export type Answer = SmtpReply | Loss;

export function isLoss(answer: Answer): answer is Loss {
  return "cause" in answer;
}

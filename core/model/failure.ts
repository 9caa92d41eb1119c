import type { Problem } from "./problem.ts";
import type { SmtpReply } from "./reply.ts";

/** Where in the SMTP dialogue something happened. `body` = after 354, before the final dot is out. */
export type SmtpPhase =
  | "connect"
  | "greeting"
  | "ehlo"
  | "starttls"
  | "auth"
  | "mail"
  | "rcpt"
  | "data"
  | "body"
  | "final-reply"
  | "local";

/**
 * Why a delivery did not succeed, named by what it takes down (PRODUCT section 5's table):
 * one recipient, the whole message, this connection, or the route (every message to this server).
 * A temporary one is tried again; a permanent one sends the recipients it covers to Errors.
 * `unknown-outcome`: no answer after the final dot; the server may have the message.
 */
export interface Failure {
  readonly scope: "recipient" | "message" | "session" | "route" | "unknown-outcome";
  readonly permanent: boolean;
  readonly phase: SmtpPhase;
  /** The server's answer, when it gave one. */
  readonly reply: SmtpReply | null;
  /** What happened and what to do when no answer was given (refused, time-out, certificate, ...). */
  readonly problem: Problem | null;
}

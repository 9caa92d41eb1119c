import type { Failure } from "./failure.ts";
import type { SmtpReply } from "./reply.ts";

/** What kind of trouble it is. Closed: pages and statistics count on it. */
export const explanationCategories = [
  "unknown-user",
  "mailbox-full",
  "too-large",
  "relay-denied",
  /** Blocked because of who sends: block lists, the reputation of an IP address or a domain. */
  "reputation",
  /** Asked to come again later: greylisting and limits on how much may come in how short a time. */
  "greylisted",
  /** Somebody could not prove who they are: a login here, or SPF, DKIM and DMARC of the sender's domain. */
  "authentication",
  /** Refused by a rule of the server, or for what is in the message. */
  "policy",
  "sender-refused",
  "dns",
  "connection",
  "tls",
  "server-trouble",
  "syntax",
  "loop-expired",
  "other",
] as const;

export type ExplanationCategory = (typeof explanationCategories)[number];

/** Who has to act: the office's mail server, this program, the provider, the sender of the message, nobody. */
export type WhoActs = "office-server" | "this-gateway" | "provider" | "sender" | "nobody";

/** A server's answer in plain words. */
export interface Explanation {
  readonly category: ExplanationCategory;
  /** What happened, one or two sentences. */
  readonly meaning: string;
  readonly who: WhoActs;
  /** What to do, one or two sentences. */
  readonly cure: string;
  /** True: the server will say the same next time. False: it is worth trying again. Null: the answer does not say. */
  readonly permanent: boolean | null;
}

export type Explain = (reply: SmtpReply) => Explanation;

/** Knows also what the answer was to, and what happened where there was none. */
export type ExplainFailure = (failure: Failure) => Explanation;

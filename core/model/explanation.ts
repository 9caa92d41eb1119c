import type { SmtpReply } from "./reply.ts";

/** A server's answer in plain words. */
export interface Explanation {
  /** What kind of trouble; a closed list, see explain/rules. */
  readonly category: string;
  /** One sentence: what happened. */
  readonly meaning: string;
  /** Who has to act. */
  readonly who: "office-server" | "this-gateway" | "provider" | "sender" | "nobody";
  /** One sentence: what to do. */
  readonly cure: string;
}

export type Explain = (reply: SmtpReply) => Explanation;

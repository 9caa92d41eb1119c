/** "Find the right header" (PRODUCT section 4): what the headers of the newest messages of an account say. */
import type { Problem } from "./problem.ts";
import type { AccountSettings } from "./settings.ts";

export interface HeaderRow {
  /** As it is spelt in the messages; `Received (for)` for the `for` clauses of Received lines. */
  readonly header: string;
  /**
   * `custom`: named in the settings. `envelope`: known to say for whom a message is. `received-for`.
   * `address`: To, Cc, ..., which the sender writes. `other`: any other header with an address of our domains.
   */
  readonly kind: "custom" | "envelope" | "received-for" | "address" | "other";
  /** Messages that have this header at all. */
  readonly present: number;
  /** Messages in which it holds an address of our domains; the mailbox's own address does not count. */
  readonly ours: number;
  /** Those in which it holds one in the provider's part of the header: only there it counts. */
  readonly trusted: number;
  /** Messages in which it holds the mailbox's own address. */
  readonly own: number;
  /** Different addresses of our domains. */
  readonly distinct: number;
  /** The most frequent of them, up to five. */
  readonly examples: readonly string[];
  /** Where it stands: so many Received lines above it, in so many messages; most frequent first. */
  readonly receivedAbove: readonly { readonly lines: number; readonly messages: number }[];
}

/** A value that was learnt, with the reason in plain words. */
export interface LearntLines {
  /** null: it could not be learnt, the setting stays. */
  readonly value: number | null;
  /** The setting as it is. */
  readonly current: number;
  readonly reason: string;
}

export interface ProposedAddress {
  readonly address: string;
  readonly reason: string;
}

export interface HeaderRecommendation {
  /**
   * `use-header`: an envelope header. `use-received-for`: the provider's Received lines. `use-addresses`: only
   * To and Cc say it. `unclear`: no advice can be given (no messages, no address of our domains, ...).
   */
  readonly kind: "use-header" | "use-received-for" | "use-addresses" | "unclear";
  /** For `use-header`. */
  readonly header: string | null;
  /** One or more sentences. */
  readonly reason: string;
}

/** What "one click to adopt" writes into the account; null: stays as it is. */
export interface HeaderAdoption {
  readonly custom: readonly string[] | null;
  readonly trustedReceivedLines: number | null;
  readonly mailboxAddresses: readonly string[] | null;
}

export interface HeaderReport {
  readonly accountId: string;
  /** In the mailbox. */
  readonly listed: number;
  /** Looked at. */
  readonly messages: number;
  /** The server would not give these. */
  readonly refused: number;
  /** The most telling first. */
  readonly rows: readonly HeaderRow[];
  readonly trustedReceivedLines: LearntLines;
  readonly mailboxAddresses: readonly ProposedAddress[];
  readonly recommendation: HeaderRecommendation;
  /** null: nothing has to be changed. */
  readonly adopt: HeaderAdoption | null;
  /** Why fewer messages than wanted were looked at; null: it went well. */
  readonly problem: Problem | null;
}

export const NOTHING_TO_ADOPT: HeaderAdoption = {
  custom: null,
  trustedReceivedLines: null,
  mailboxAddresses: null,
};

/** The account with a recommendation taken over. */
export function withAdoption(account: AccountSettings, adopt: HeaderAdoption): AccountSettings {
  const { custom, trustedReceivedLines, mailboxAddresses } = adopt;
  return {
    ...account,
    headers: custom === null ? account.headers : { ...account.headers, custom: [...custom] },
    trustedReceivedLines: trustedReceivedLines ?? account.trustedReceivedLines,
    mailboxAddresses: mailboxAddresses === null ? account.mailboxAddresses : [...mailboxAddresses],
  };
}

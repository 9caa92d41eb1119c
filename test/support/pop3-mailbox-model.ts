/** What the embedded POP3 server serves, what it may announce, and what it can be told to do wrong. */
import { completeLastLine } from "./line-ends.ts";
import type { MessageContent } from "./message-content.ts";
import type { TestCertificate } from "./test-certificate.ts";

export interface MailboxMessage {
  readonly uid: string;
  readonly content: MessageContent;
  /** What STAT and LIST say instead of the true size. */
  readonly announcedSize?: number;
}

/** Octets as RETR sends them, without stuffing. Lazy content has to end its last line itself. */
export function servedSize(content: MessageContent): number {
  return Buffer.isBuffer(content)
    ? completeLastLine(content.subarray(-2)).length + Math.max(0, content.length - 2)
    : content.size;
}

export type Pop3Verb =
  | "CAPA"
  | "STLS"
  | "USER"
  | "PASS"
  | "APOP"
  | "STAT"
  | "LIST"
  | "UIDL"
  | "TOP"
  | "RETR"
  | "DELE"
  | "RSET"
  | "NOOP"
  | "QUIT";

export interface MailboxFault {
  /** `connect`: instead of the greeting. */
  readonly on: Pop3Verb | "connect";
  /** Counted over all sessions since the fault was added; default 1, the first time. */
  readonly nth?: number | "every";
  /** Only for this message (TOP, RETR, DELE). */
  readonly uid?: string;
  readonly act: /**
   * The connection ends without a word; for TOP and RETR after `afterOctets` of the body (default: half of it).
   * `reset`: RST instead of FIN. `late` (QUIT): the deletions are done, only the answer is lost.
   */
    | {
        readonly kind: "drop";
        readonly afterOctets?: number;
        readonly reset?: boolean;
        readonly late?: boolean;
      }
    /** `-ERR text`. */
    | { readonly kind: "refuse"; readonly text: string }
    /** Silence, with the connection open; for TOP and RETR after `afterOctets` of the body (default 0). */
    | { readonly kind: "stall"; readonly afterOctets?: number }
    /** These octets (latin1) instead of the answer. */
    | { readonly kind: "answer"; readonly octets: string };
}

/** Everything but the messages; plain data, so that it can be handed to another process. */
export interface MailboxOptions {
  /** Default: one that is free. */
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** What CAPA lists and what is understood; default: all. `CAPA` missing: the command is unknown. */
  readonly capabilities?: readonly Capability[];
  /** `starttls`: STLS is offered. Default none. */
  readonly security?: "none" | "starttls" | "tls";
  readonly certificate?: TestCertificate;
  /** A second session while one is open gets `-ERR [IN-USE]`. */
  readonly exclusive?: boolean;
  readonly faults?: readonly MailboxFault[];
}

export type Capability = "CAPA" | "PIPELINING" | "UIDL" | "TOP" | "APOP";
export const ALL_CAPABILITIES: readonly Capability[] = ["CAPA", "PIPELINING", "UIDL", "TOP", "APOP"];

/** In the order in which they happened. */
export type MailboxEvent =
  | { readonly kind: "connected"; readonly session: number }
  | {
      readonly kind: "logged-in";
      readonly session: number;
      readonly secured: boolean;
      readonly messages: number;
    }
  | { readonly kind: "login-refused"; readonly session: number }
  /** The whole message and its terminator were written. */
  | { readonly kind: "retrieved"; readonly session: number; readonly uid: string }
  /** Deleted for good, at QUIT. */
  | { readonly kind: "deleted"; readonly session: number; readonly uid: string }
  | { readonly kind: "fault"; readonly session: number; readonly on: MailboxFault["on"] }
  /** `quit`: after QUIT; `lost`: by the client or by a fault. */
  | { readonly kind: "closed"; readonly session: number; readonly by: "quit" | "lost" };

export interface MailboxCounts {
  readonly sessions: number;
  readonly openSessions: number;
  readonly logins: number;
  readonly retrieved: number;
  readonly deleted: number;
  /** Messages that are still there. */
  readonly left: number;
  /** Commands received, by verb. */
  readonly commands: Readonly<Record<string, number>>;
}

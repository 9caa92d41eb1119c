import type { FolderAction } from "./action.ts";
import type { Resolution, TrailStep } from "./envelope.ts";
import type { Failure } from "./failure.ts";
import type { SmtpReply } from "./reply.ts";

/** The four folders that people see. Temporary files are the spool's own affair. */
export type Folder = "Inbox" | "Errors" | "Junk" | "Backup";

/** `mail`: collected. `report`: ours to the postmaster about a message in Errors. `alert`: ours about the gateway. */
export type MessageKind = "mail" | "report" | "alert";

/** Where a message comes from. */
export interface MessageSource {
  readonly accountId: string;
  /**
   * The identity under which the POP3 server lists it: its UIDL, or `sha256:<hex>#<n>` where the server gives
   * none (the n-th equal message of a listing; then it is only known after the body was read, and `null` here).
   */
  readonly uid: string | null;
  /** For our trace header: the POP3 server's name. */
  readonly server: string;
  /** Octets by LIST; null where the server did not say. */
  readonly announcedSize: number | null;
  /**
   * The id alone does not tell whether we have this message (every id changed at once; an id that was gone came
   * back): exact bytes that this account has given already mean `known`. Left out: false. Into
   * `AcceptOrder.hashDecides`.
   */
  readonly hashDecides?: boolean;
  /**
   * Where `uid` is null: called once with `ReceivedBody.wholeHash`, before the message is accepted; gives the
   * uid to put in its place. Left out where `uid` is given.
   */
  readonly identify?: (wholeHash: string) => string;
}

/** A body that is complete and fsynced in a temporary file, not yet part of the spool. */
export interface ReceivedBody {
  readonly temporaryPath: string;
  /** Octets, as stored. */
  readonly size: number;
  /** The header block with its final line end, without the empty line; cut at `limits.headerBytes`. */
  readonly header: Buffer;
  /** SHA-256, hex, of header (with the empty line) and of the rest. */
  readonly headerHash: string;
  readonly bodyHash: string;
  /** SHA-256, hex, over both of the above: identity of the whole message, byte for byte. */
  readonly wholeHash: string;
  /** Any octet above 127 (then BODY=8BITMIME is asked for where offered), in the header, in the body. */
  readonly eightBitHeader: boolean;
  readonly eightBitBody: boolean;
  /** Any bare CR or bare LF: the size on the wire differs from `size`. */
  readonly wireSize: number;
}

/** The same, once its header was read. */
export type StoredBody = Omit<ReceivedBody, "header">;

/** What of the header is kept in the journal, to be shown and searched. Decoded for display, never sent. */
export interface MessageSummary {
  readonly from: string;
  readonly subject: string;
  readonly messageId: string;
  /** The Date header's time in ms since 1970, null where it has none that can be read. */
  readonly date: number | null;
}

/** What policy says of a message. */
export type Verdict =
  | { readonly kind: "pass" }
  | { readonly kind: "junk"; readonly reason: JunkReason; readonly detail: string }
  | { readonly kind: "discard"; readonly reason: JunkReason; readonly detail: string };

export type JunkReason =
  | "no-recipient"
  | "unknown-user"
  | "blocked"
  | "loop"
  | "report-refused"
  | "report-failed"
  | "by-hand";

/** Everything the spool needs to take a message over for good. */
export interface AcceptOrder {
  readonly kind: MessageKind;
  readonly source: MessageSource;
  readonly body: StoredBody;
  readonly summary: MessageSummary;
  readonly resolution: Resolution;
  readonly verdict: Verdict;
  /** Key of PRODUCT section 4 "Duplicates"; null: never a duplicate (no Message-ID). */
  readonly duplicateKey: string | null;
  /** For `kind: "report"`: the message in Errors that it reports. */
  readonly reportOf: number | null;
  readonly reportForm: ReportForm | null;
  /** Carries our own report header: delivered once, a failure is never reported (no answers to answers). */
  readonly neverReported?: boolean;
  /**
   * Mass UIDL change (PRODUCT section 2, rule 2): none of the listed ids was known though some were before.
   * A message whose exact bytes this account has given already is then `known`, under its new id too.
   */
  readonly hashDecides: boolean;
  /** Recipients that are held from the start by the guard; as in the resolution. */
  readonly held?: readonly string[];
  /** Made by a person's action on another message: entered with it, and only once. */
  readonly action?: ActionEntry;
  /** Only for a file that lies in the folders without a record: it is taken over where it is. */
  readonly adopt?: OrphanFile;
}

/** An action to be entered in the way of the message that it was for. */
export interface ActionEntry {
  readonly message: number;
  readonly actionId: string;
  readonly actor: string;
  readonly kind: FolderAction;
  readonly detail: string;
}

/** A message file without a record, found in one of the four folders (PRODUCT section 2, rule 6). */
export interface OrphanFile {
  /** Inbox: to be queued. The others: to be listed again, never sent by itself. */
  readonly folder: Folder;
  /** Its name in the folder. */
  readonly file: string;
  readonly path: string;
  readonly size: number;
  /** ms since 1970 */
  readonly modifiedAt: number;
  readonly kind: MessageKind;
  /** From a name of ours; `_hand` for a foreign name (put there by hand: catch-all mail, duplicates rule). */
  readonly accountId: string;
  /** From a name of ours; null for a foreign name. */
  readonly uidHash: string | null;
  readonly queueId: string | null;
}

export type ReportForm = "with-content" | "without-content";

/** Answer of the spool; each of them is on disk when it is given. Only then may the original be deleted. */
export type Accepted =
  | { readonly kind: "queued"; readonly id: number; readonly queueId: string; readonly recipients: number }
  | { readonly kind: "junked"; readonly id: number; readonly queueId: string; readonly reason: JunkReason }
  /** Closed at once with a history row: discarded by policy, nobody left (duplicates, IGNORE). */
  | { readonly kind: "closed"; readonly id: number; readonly queueId: string; readonly why: string }
  /** Already in the spool or the history under this or another id: nothing new was made. */
  | { readonly kind: "known"; readonly id: number };

/** State of one recipient of one message. Closed; every switch over it ends in assertNever. */
export type RecipientState =
  | { readonly kind: "queued" }
  | { readonly kind: "deferred"; readonly nextAt: number; readonly failure: Failure }
  | {
      readonly kind: "held";
      readonly since: number;
      readonly reason: HoldReason;
      readonly failure: Failure | null;
    }
  | { readonly kind: "delivered"; readonly at: number; readonly reply: SmtpReply; readonly relay: string }
  | { readonly kind: "failed"; readonly at: number; readonly failure: Failure }
  | { readonly kind: "expired"; readonly at: number; readonly failure: Failure | null }
  | { readonly kind: "removed"; readonly at: number; readonly reason: RemovalReason };

/** `by-policy`: the message went to Junk or was listed again; nothing was sent to this recipient. */
export type RemovalReason = "by-hand" | "by-other-software" | "by-policy";

export type HoldReason = "unknown-outcome" | "by-hand" | "guard";

/** queued, deferred, held: the message's file stays in Inbox until none of its recipients is pending. */
export function isPending(state: RecipientState): boolean {
  return state.kind === "queued" || state.kind === "deferred" || state.kind === "held";
}

export interface QueuedRecipient {
  readonly id: number;
  readonly address: string;
  readonly role: "addressed" | "bcc-all" | "postmaster";
  readonly state: RecipientState;
  /** Attempts that reached a definite answer for this recipient or its message (route failures do not count). */
  readonly tries: number;
  /** Attempts that ended in `unknown-outcome`. */
  readonly unknownTries: number;
}

/** A message as delivery sees it. */
export interface QueuedMessage {
  readonly id: number;
  /** As in the mail log: 12 upper-case hexadecimal digits. */
  readonly queueId: string;
  readonly kind: MessageKind;
  readonly source: MessageSource;
  readonly sender: string;
  /** All of them, also those that are settled. */
  readonly recipients: readonly QueuedRecipient[];
  readonly path: string;
  readonly size: number;
  readonly wireSize: number;
  readonly eightBitHeader: boolean;
  readonly eightBitBody: boolean;
  /** ms since 1970 */
  readonly receivedAt: number;
  /** When it was placed into the active queue for this attempt (for the log's `delays=`). */
  readonly claimedAt: number;
  /** Milliseconds of usable route since it was queued (PRODUCT section 5, expiry). */
  readonly usableAge: number;
  readonly reportOf: number | null;
  readonly reportForm: ReportForm | null;
  /** Carries our own report header (see AcceptOrder). */
  readonly neverReported?: boolean;
}

/** What one attempt came to for one recipient, before policy (back-off, expiry) is applied. */
export type DeliveryOutcome =
  | { readonly kind: "delivered"; readonly reply: SmtpReply }
  | { readonly kind: "refused"; readonly failure: Failure }
  /** Nothing was learnt about it: the route failed first, or the rest of too many recipients. Due again at once. */
  | { readonly kind: "not-tried" };

/** One attempt of one message over one connection. */
export interface AttemptResult {
  readonly message: QueuedMessage;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `mail.office.lan[192.0.2.1]:25`, or `none`. */
  readonly relay: string;
  readonly session: string;
  /** Milliseconds: before the queue manager, in the queue, connection set-up, transmission (Postfix's a/b/c/d). */
  readonly delays: readonly [number, number, number, number];
  readonly recipients: readonly {
    readonly recipient: QueuedRecipient;
    readonly outcome: DeliveryOutcome;
    /** What it becomes (deliver/transition). */
    readonly next: RecipientState;
    readonly tries: number;
    readonly unknownTries: number;
  }[];
}

/** What becomes of the message after an attempt (outcome/settle decides, the spool acts). */
export type Disposition =
  /** Some recipient is pending: the file stays in Inbox. */
  | { readonly kind: "stay" }
  /** Nobody is pending, nobody failed: gone from the spool, or to Backup. */
  | { readonly kind: "done"; readonly backup: boolean }
  /** Nobody is pending, somebody failed: to Errors. `report`: will the postmaster be told? */
  | { readonly kind: "errors"; readonly report: "waiting" | "off" }
  | { readonly kind: "junk"; readonly reason: JunkReason };

/** What a settled report means for the message in Errors that it is about. */
export type ReportEffect =
  | { readonly kind: "reported" }
  /** Deferred or expired: made anew at `nextAt`, in the given form. */
  | { readonly kind: "again"; readonly nextAt: number; readonly form: ReportForm }
  /** Refused for good: the original goes to Junk. */
  | { readonly kind: "refused" };

export interface Settlement {
  readonly result: AttemptResult;
  readonly disposition: Disposition;
  /** Only for reports. */
  readonly report: ReportEffect | null;
}

/** A message in Errors whose report is due. */
export interface ReportOrder {
  readonly id: number;
  readonly queueId: string;
  readonly path: string;
  readonly sender: string;
  readonly summary: MessageSummary;
  readonly receivedAt: number;
  readonly accountId: string;
  readonly size: number;
  readonly form: ReportForm;
  /** Its file has gone, or cannot be read; the form is `without-content` then. */
  readonly unreadable?: boolean;
  /** The recipients that failed or expired, with the failure of each. */
  readonly failed: readonly { readonly address: string; readonly state: RecipientState }[];
  readonly delivered: readonly string[];
}

/** For `efs queue` and, later, the folder browsers. */
export interface FolderRow {
  readonly id: number;
  readonly queueId: string;
  readonly folder: Folder;
  readonly kind: MessageKind;
  readonly accountId: string;
  readonly sender: string;
  readonly summary: MessageSummary;
  readonly size: number;
  readonly receivedAt: number;
  readonly file: string;
  readonly junkReason: JunkReason | null;
  readonly reportState: ReportState | null;
  readonly recipients: readonly QueuedRecipient[];
  readonly trail: readonly TrailStep[];
}

/** For messages in Errors (and those of them that went to Junk). */
export type ReportState = "waiting" | "sending" | "reported" | "refused" | "off";

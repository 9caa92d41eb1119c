/**
 * What people can do to messages in the folders (PRODUCT section 8). Each is entered in the message's way, with
 * who asked and when, and the same action asked for once more does nothing more.
 */
export type FolderAction =
  /** A report about it, or where there is nothing to report the message itself. */
  | "resend-to-postmaster"
  /** Errors: to the recipients that failed or expired. Junk, Backup: to those it was for. Inbox: now. */
  | "resend-to-original"
  /** A copy; the message stays where it is. */
  | "resend-to-address"
  | "hold"
  /** Resolved anew, then sent; what the guard holds stays held. */
  | "release"
  /** Resolved anew, then sent, whatever the guard says. */
  | "send-anyway"
  /** The file; its history stays. */
  | "delete";

export interface ActionOrder {
  readonly action: FolderAction;
  /** Queue ids; repeated ones count once. */
  readonly messages: readonly string[];
  /** Only for `resend-to-address`. */
  readonly address?: string;
  /** The same id once more for the same message: nothing is done again, the first answer is given. */
  readonly actionId?: string;
  /** Who asks, for the message's way; default: `somebody`. */
  readonly actor?: string;
}

export type ActionResultCode =
  | "done"
  /** This very action was carried out before. */
  | "repeated"
  /** It is so already. */
  | "already"
  /** There is no such message. */
  | "unknown"
  /** The message has no file any more. */
  | "gone"
  /** It is just being sent. */
  | "busy"
  /** It makes no sense for this message, where it is now. */
  | "not-possible"
  /** The disk or the journal. */
  | "failed";

/** One for each message asked for, in the order asked for. */
export interface ActionResult {
  readonly queueId: string;
  readonly code: ActionResultCode;
  /** For people, one sentence. */
  readonly what: string;
  /** The message that was made. */
  readonly made?: string;
}

/** It is as was asked for. */
export function isDone({ code }: Pick<ActionResult, "code">): boolean {
  return code === "done" || code === "repeated" || code === "already";
}

/** What somebody did, as kept with the message. */
export interface ActionRecord {
  /** ms since 1970 */
  readonly at: number;
  readonly actor: string;
  readonly kind: FolderAction;
  readonly detail: string;
  /** The message that it made. */
  readonly made: number | null;
}

/** Where a message's file is now; it may be moved at any time. */
export interface MessageFileFacts {
  readonly queueId: string;
  readonly path: string;
  readonly size: number;
}

/**
 * History: every message that was ever taken over, whatever became of it (PRODUCT section 8). A row stays when
 * the file has gone.
 */
import type { ActionRecord } from "./action.ts";
import type { TrailStep } from "./envelope.ts";
import type {
  DeliveryOutcome,
  Folder,
  JunkReason,
  MessageKind,
  MessageSource,
  MessageSummary,
  QueuedRecipient,
  ReportState,
} from "./message.ts";

/** What became of a message. Until then it is `pending`. */
export type MessageOutcome =
  | "delivered"
  | "errors"
  | "junk"
  | "discarded"
  | "nobody-left"
  | "removed"
  | "listed-again";

export const MESSAGE_OUTCOMES = [
  "removed",
  "delivered",
  "errors",
  "junk",
  "discarded",
  "nobody-left",
  "listed-again",
] as const satisfies readonly MessageOutcome[];

/**
 * All that is given has to hold. Words are parts of addresses, names, subjects and ids, separated by blanks, each
 * as it is written or begins; upper and lower case and accents do not matter. What holds no letter or digit is
 * left out.
 */
export interface HistoryQuery {
  /** Anywhere: sender, recipients, subject, Message-ID, queue id. */
  readonly words?: string;
  /** The envelope's sender, or the From header. */
  readonly sender?: string;
  readonly recipient?: string;
  readonly subject?: string;
  readonly messageId?: string;
  readonly queueId?: string;
  /** Taken over at this time or later, ms since 1970. */
  readonly from?: number;
  /** Taken over before this time. */
  readonly to?: number;
  readonly outcome?: MessageOutcome | "pending";
  readonly accountId?: string;
  readonly kind?: MessageKind;
  /** `next` of the page before. */
  readonly after?: number;
  /** Rows of a page; default 50. */
  readonly limit?: number;
}

/** Recipients shown with a row; the others are counted. */
export const HISTORY_ROW_RECIPIENTS = 20;
export const HISTORY_PAGE_ROWS = 200;

export interface HistoryRow {
  readonly id: number;
  readonly queueId: string;
  readonly kind: MessageKind;
  readonly accountId: string;
  /** Of the envelope; "" is the null sender. */
  readonly sender: string;
  readonly summary: MessageSummary;
  /** Octets. */
  readonly size: number;
  /** ms since 1970 */
  readonly receivedAt: number;
  /** ms since 1970; null: some recipient is pending. */
  readonly closedAt: number | null;
  readonly outcome: MessageOutcome | "pending";
  /** In words, where there is more to say. */
  readonly outcomeDetail: string | null;
  readonly junkReason: JunkReason | null;
  readonly reportState: ReportState | null;
  /** Where its file is; null: it has gone. */
  readonly folder: Folder | null;
  /** The first of them. */
  readonly recipients: readonly QueuedRecipient[];
  readonly recipientCount: number;
  readonly attemptCount: number;
}

/** Newest first. */
export interface HistoryPage {
  readonly rows: readonly HistoryRow[];
  /**
   * For the next page; null: that was all. A page may hold fewer rows than asked for, even none, although there
   * are more: looking through very many rows is done a little at a time, so that mail never waits for it.
   */
  readonly next: number | null;
}

/** One try to deliver, with the answers it got. */
export interface HistoryAttempt {
  /** 0: under way. */
  readonly id: number;
  /** ms since 1970 */
  readonly startedAt: number;
  /** null: under way. */
  readonly endedAt: number | null;
  /** interrupted: the process ended during it. body-missing: the file was gone. */
  readonly state: "open" | "finished" | "interrupted" | "body-missing";
  readonly relay: string | null;
  readonly session: string | null;
  /** Milliseconds, as in the mail log. */
  readonly delays: readonly [number, number, number, number] | null;
  readonly results: readonly { readonly address: string; readonly outcome: DeliveryOutcome }[];
}

/** A message's whole way. */
export interface HistoryMessage extends Omit<HistoryRow, "recipients" | "recipientCount" | "attemptCount"> {
  readonly source: MessageSource;
  /** All of them. */
  readonly recipients: readonly QueuedRecipient[];
  /** How they came about. */
  readonly trail: readonly TrailStep[];
  readonly attempts: readonly HistoryAttempt[];
  /** What people did to it, oldest first; left out: nothing. */
  readonly actions?: readonly ActionRecord[];
  /** null: it has gone. */
  readonly file: { readonly folder: Folder; readonly path: string } | null;
  /** For a report: the message that it is about. */
  readonly reportOf: number | null;
  /** Reports about this message. */
  readonly reports: readonly number[];
  /** SHA-256 of its octets, hex. */
  readonly wholeHash: string;
}

/** What was asked to be deleted from the history. */
export interface ForgottenHistory {
  readonly erased: number;
  /** Still at work, or their file is still in a folder. */
  readonly kept: readonly number[];
}

/** The gateway's calls about what has been, and what is kept how long. */
export interface HistoryGateway {
  /** A few milliseconds at a time. */
  history(query?: HistoryQuery): Promise<HistoryPage>;
  /** By its row's id or its queue id; null: there is no such row (any more). */
  historyMessage(which: HistoryKey): Promise<HistoryMessage | null>;
  /** Deletes rows from history and index; the files of messages are deleted in their folders. */
  forgetHistory(ids: readonly number[]): Promise<ForgottenHistory>;
  /** Junk that was never reported is aged from now on. The number of messages. */
  acknowledgeJunk(ids: readonly number[] | "all"): Promise<number>;
  /** The computer's clock is right as it is (`GatewayStatus.clock`). */
  confirmClock(): Promise<void>;
}

export type HistoryKey = { readonly id: number } | { readonly queueId: string };

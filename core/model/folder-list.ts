/** A folder as the pages list it: sorted, searched, a window of rows at a time (PRODUCT section 8). */
import type { Folder, JunkReason, MessageKind, ReportState } from "./message.ts";

export const FOLDER_SORTS = ["received", "size", "sender", "subject", "state"] as const;

export type FolderSort = (typeof FOLDER_SORTS)[number];

export interface FolderListOrder {
  readonly folder: Folder;
  /** As `HistoryQuery.words`: all of them, anywhere in sender, recipients, subject, ids. */
  readonly words?: string;
  readonly sort: FolderSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** A message's state in one word, from those of its recipients and its report. */
export type ListedState =
  | "queued"
  | "sending"
  | "deferred"
  | "held"
  | "report-waiting"
  | "reported"
  | "report-refused"
  | "not-reported"
  | "junk"
  | "delivered"
  | "listed-again";

export interface ListedMessage {
  readonly id: number;
  readonly queueId: string;
  readonly kind: MessageKind;
  readonly accountId: string;
  /** Of the envelope; "" is the null sender. */
  readonly sender: string;
  /** The From header, decoded. */
  readonly from: string;
  readonly subject: string;
  /** Octets. */
  readonly size: number;
  /** ms since 1970 */
  readonly receivedAt: number;
  readonly state: ListedState;
  /** When it is tried again; null: it is not, or at once. */
  readonly nextAt: number | null;
  /** The first few. */
  readonly recipients: readonly string[];
  readonly recipientCount: number;
  /** The last answer, or what happened, shortened; null: none yet. */
  readonly lastAnswer: string | null;
  readonly junkReason: JunkReason | null;
  readonly reportState: ReportState | null;
}

export interface FolderList {
  /** All that fit the words. */
  readonly total: number;
  readonly rows: readonly ListedMessage[];
}

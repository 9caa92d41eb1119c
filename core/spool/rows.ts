/** Rows of the journal as the types that the stages know. */
import { join } from "node:path";
import { MESSAGE_OUTCOMES, type MessageOutcome } from "../model/history.ts";
import type {
  FolderRow,
  JunkReason,
  MessageSource,
  MessageSummary,
  QueuedMessage,
  QueuedRecipient,
  ReportForm,
  ReportState,
} from "../model/message.ts";
import type { Journal, Row } from "./journal.ts";
import { folderOrNull, number, numberOrNull, oneOf, text, textOrNull } from "./spool-context.ts";
import { readState, readTrail } from "./stored-values.ts";

const JUNK_REASONS = [
  "by-hand",
  "no-recipient",
  "unknown-user",
  "blocked",
  "loop",
  "report-refused",
  "report-failed",
] as const satisfies readonly JunkReason[];

export function messageKind(row: Row) {
  return oneOf(row["kind"], ["mail", "report", "alert"]);
}

export function junkReason(value: unknown): JunkReason | null {
  return value === null || value === undefined ? null : oneOf(value, JUNK_REASONS);
}

export function reportForm(value: unknown): ReportForm | null {
  return value === null || value === undefined
    ? null
    : oneOf<ReportForm>(value, ["with-content", "without-content"]);
}

export function reportState(value: unknown): ReportState | null {
  return value === null
    ? null
    : oneOf<ReportState>(value, ["off", "waiting", "sending", "reported", "refused"]);
}

export function summaryOf(row: Row): MessageSummary {
  return {
    from: text(row["from_text"]),
    subject: text(row["subject"]),
    messageId: text(row["message_id"]),
    date: numberOrNull(row["date"]),
  };
}

export function sourceOf(row: Row): MessageSource {
  return {
    accountId: text(row["account"]),
    uid: textOrNull(row["uid"]),
    server: text(row["server"]),
    announcedSize: numberOrNull(row["announced_size"]),
  };
}

/** In their order; `limit`: the first of them. */
export function recipientsOf(journal: Journal, message: number, limit = -1): readonly QueuedRecipient[] {
  // `+ 0`: a limit that is merely bound has the statement prepared again at each call.
  const sql = "SELECT * FROM recipient WHERE message = ? ORDER BY id LIMIT ? + 0";
  return journal.all(sql, message, limit).map(recipientOf);
}

/** The same of many messages, by their ids. */
export function recipientsOfAll(
  journal: Journal,
  messages: readonly number[],
): ReadonlyMap<number, readonly QueuedRecipient[]> {
  const found = new Map<number, QueuedRecipient[]>(messages.map((id) => [id, []]));
  const sql = "SELECT * FROM recipient WHERE message IN (SELECT value FROM json_each(?)) ORDER BY id";
  for (const row of journal.all(sql, JSON.stringify(messages))) {
    found.get(number(row["message"]))?.push(recipientOf(row));
  }
  return found;
}

function recipientOf(row: Row): QueuedRecipient {
  return {
    id: number(row["id"]),
    address: text(row["address"]),
    role: oneOf(row["role"], ["addressed", "bcc-all", "postmaster"]),
    state: readState(text(row["state"]), text(row["detail"])),
    tries: number(row["tries"]),
    unknownTries: number(row["unknown_tries"]),
  };
}

export function trailOf(journal: Journal, message: number) {
  return readTrail(textOrNull(journal.get("SELECT steps FROM trail WHERE message = ?", message)?.["steps"]));
}

/** What `queuedMessage` reads of `message`. */
export const QUEUED_COLUMNS = `id, queue_id, kind, account, uid, server, announced_size, file, sender, size, wire_size,
  eight_bit_header, eight_bit_body, received_at, due_at, usable_from, usable_stopped, report_of, report_form, never_reported`;

export function queuedMessage(
  row: Row,
  recipients: readonly QueuedRecipient[],
  inbox: string,
  claimedAt: number,
  usableTime: number,
): QueuedMessage {
  return {
    id: number(row["id"]),
    queueId: text(row["queue_id"]),
    kind: messageKind(row),
    source: sourceOf(row),
    sender: text(row["sender"]),
    recipients,
    path: join(inbox, text(row["file"])),
    size: number(row["size"]),
    wireSize: number(row["wire_size"]),
    eightBitHeader: row["eight_bit_header"] === 1,
    eightBitBody: row["eight_bit_body"] === 1,
    receivedAt: number(row["received_at"]),
    claimedAt,
    usableAge: (numberOrNull(row["usable_stopped"]) ?? usableTime) - number(row["usable_from"]),
    reportOf: numberOrNull(row["report_of"]),
    reportForm: reportForm(row["report_form"]),
    neverReported: row["never_reported"] === 1,
  };
}

/** A message as the journal has it; `folder` null: its file has gone, this is history. */
export interface MessageRecord extends Omit<FolderRow, "folder"> {
  readonly folder: FolderRow["folder"] | null;
  readonly path: string | null;
  readonly source: MessageSource;
  readonly wholeHash: string;
  /** ms since 1970; null: some recipient is pending. */
  readonly closedAt: number | null;
  readonly outcome: MessageOutcome | null;
  /** In words: why it was closed without delivery; the policy's detail. */
  readonly outcomeDetail: string | null;
}

export function messageRecord(journal: Journal, row: Row, mail: string): MessageRecord {
  const id = number(row["id"]);
  const folder = folderOrNull(row["folder"]);
  const file = text(row["file"]);
  return {
    id,
    queueId: text(row["queue_id"]),
    folder,
    path: folder === null ? null : join(mail, folder, file),
    kind: messageKind(row),
    accountId: text(row["account"]),
    source: sourceOf(row),
    sender: text(row["sender"]),
    summary: summaryOf(row),
    size: number(row["size"]),
    receivedAt: number(row["received_at"]),
    file,
    junkReason: junkReason(row["junk_reason"]),
    reportState: reportState(row["report_state"]),
    recipients: recipientsOf(journal, id),
    trail: trailOf(journal, id),
    wholeHash: text(row["whole_hash"]),
    closedAt: numberOrNull(row["closed_at"]),
    outcome: row["outcome"] === null ? null : oneOf(row["outcome"], MESSAGE_OUTCOMES),
    outcomeDetail: textOrNull(row["outcome_detail"]),
  };
}

/** The row of a folder's listing; null when its file has gone since. */
export function folderRow(record: MessageRecord): FolderRow | null {
  const { folder } = record;
  if (folder === null) return null;
  return {
    id: record.id,
    queueId: record.queueId,
    folder,
    kind: record.kind,
    accountId: record.accountId,
    sender: record.sender,
    summary: record.summary,
    size: record.size,
    receivedAt: record.receivedAt,
    file: record.file,
    junkReason: record.junkReason,
    reportState: record.reportState,
    recipients: record.recipients,
    trail: record.trail,
  };
}

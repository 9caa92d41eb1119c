/** Rows of the history as pages show them. */
import { join } from "node:path";
import {
  HISTORY_ROW_RECIPIENTS,
  type HistoryKey,
  type HistoryMessage,
  type HistoryRow,
  MESSAGE_OUTCOMES,
} from "../model/history.ts";
import { actionsOf } from "./action-rows.ts";
import type { Row } from "./journal.ts";
import { attemptsOf } from "./listing.ts";
import { junkReason, messageKind, recipientsOf, reportState, sourceOf, summaryOf, trailOf } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, numberOrNull, oneOf, text, textOrNull } from "./spool-context.ts";

export function historyRow(context: SpoolContext, row: Row): HistoryRow {
  const { journal } = context;
  const id = number(row["id"]);
  const count = (table: "recipient" | "attempt"): number =>
    number(journal.get(`SELECT count(*) AS number FROM ${table} WHERE message = ?`, id)?.["number"]);
  const open = row["claimed"] === 1 ? 1 : 0;
  return {
    ...basics(row),
    recipients: recipientsOf(journal, id, HISTORY_ROW_RECIPIENTS),
    recipientCount: count("recipient"),
    attemptCount: count("attempt") + open,
  };
}

/** A message's whole way, as the journal has it; null: there is no such row. */
export function historyMessage(context: SpoolContext, which: HistoryKey): HistoryMessage | null {
  const { journal, directory } = context;
  const row =
    "id" in which
      ? journal.get("SELECT * FROM message WHERE id = ?", which.id)
      : journal.get("SELECT * FROM message WHERE queue_id = ?", which.queueId.trim().toUpperCase());
  if (row === undefined) return null;
  const id = number(row["id"]);
  const folder = folderOrNull(row["folder"]);
  const actions = actionsOf(context, id);
  return {
    ...basics(row),
    source: sourceOf(row),
    recipients: recipientsOf(journal, id),
    trail: trailOf(journal, id),
    attempts: attemptsOf(context, id),
    ...(actions.length === 0 ? {} : { actions }),
    file: folder === null ? null : { folder, path: join(directory.folder(folder), text(row["file"])) },
    reportOf: numberOrNull(row["report_of"]),
    reports: journal
      .all("SELECT id FROM message WHERE report_of = ? ORDER BY id", id)
      .map((report) => number(report["id"])),
    wholeHash: text(row["whole_hash"]),
  };
}

function basics(row: Row): Omit<HistoryRow, "recipients" | "recipientCount" | "attemptCount"> {
  return {
    id: number(row["id"]),
    queueId: text(row["queue_id"]),
    kind: messageKind(row),
    accountId: text(row["account"]),
    sender: text(row["sender"]),
    summary: summaryOf(row),
    size: number(row["size"]),
    receivedAt: number(row["received_at"]),
    closedAt: numberOrNull(row["closed_at"]),
    outcome: row["outcome"] === null ? "pending" : oneOf(row["outcome"], MESSAGE_OUTCOMES),
    outcomeDetail: textOrNull(row["outcome_detail"]),
    junkReason: junkReason(row["junk_reason"]),
    reportState: reportState(row["report_state"]),
    folder: folderOrNull(row["folder"]),
  };
}

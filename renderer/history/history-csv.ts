/**
 * The history as CSV (RFC 4180): UTF-8 with byte order mark, so that office programs read it. What such a program would
 * take for the begin of a formula gets an apostrophe before it, since subjects and names are written by strangers: at the
 * begin of a field, and within one behind whatever else may be taken for a separator. (Excel splits at semicolons where
 * the comma is for decimals, and then sees no quotes within a line.) Pure.
 */
import type { HistoryRow } from "../../core/model/history.ts";

export const CSV_FIELDS = [
  "received",
  "closed",
  "outcome",
  "detail",
  "account",
  "kind",
  "sender",
  "from",
  "recipients",
  "subject",
  "size",
  "messageId",
  "queueId",
] as const;

export function csvHead(): string {
  return `\ufeff${CSV_FIELDS.join(",")}\r\n`;
}

export function csvRow(row: HistoryRow): string {
  const { summary, recipients, recipientCount } = row;
  const more = recipientCount - recipients.length;
  const values: Readonly<Record<(typeof CSV_FIELDS)[number], string>> = {
    received: new Date(row.receivedAt).toISOString(),
    closed: row.closedAt === null ? "" : new Date(row.closedAt).toISOString(),
    outcome: row.outcome,
    detail: row.outcomeDetail ?? "",
    account: row.accountId,
    kind: row.kind,
    sender: row.sender,
    from: summary.from,
    recipients: [...recipients.map(({ address }) => address), ...(more > 0 ? [`(+${more})`] : [])].join(" "),
    subject: summary.subject,
    size: String(row.size),
    messageId: summary.messageId,
    queueId: row.queueId,
  };
  return `${CSV_FIELDS.map((field) => quoted(values[field])).join(",")}\r\n`;
}

const BEHIND_A_SEPARATOR = /([;|\t\r\n]"*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const AT_THE_BEGIN = /^(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/;

function quoted(value: string): string {
  const harmless = value.replace(BEHIND_A_SEPARATOR, "$1'").replace(AT_THE_BEGIN, "'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

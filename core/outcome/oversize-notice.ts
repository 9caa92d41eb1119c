/**
 * The notice to the postmaster about a message that was too large to collect (PRODUCT section 3): a message of
 * ours with what is known of the other one, its headers. Header rules as in postmaster-report.
 */
import type { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import type { MessageSummary } from "../model/message.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatReportHeader, REPORT_HEADER } from "../wire/report-header.ts";
import type { AlertMailContext } from "./alert-mail.ts";
import { ownSender } from "./postmaster-report.ts";

export interface OversizeMessage {
  readonly accountId: string;
  /** Octets by the server's list; null: it did not say. */
  readonly size: number | null;
  /** Octets. */
  readonly maximum: number;
  readonly header: Buffer;
  readonly summary: MessageSummary;
}

export function oversizeSubject({ summary }: OversizeMessage): string {
  return `Too large to collect: ${escapeUnprintable(summary.subject) || "(no subject)"}`;
}

export function composeOversizeNotice(
  message: OversizeMessage,
  context: AlertMailContext,
  messageId: string,
): Readable {
  const composer = new MailComposer({
    from: { name: "EFS Mail Gateway", address: ownSender(context.primaryDomain) },
    to: context.postmaster,
    subject: oversizeSubject(message),
    date: new Date(context.now),
    messageId,
    headers: {
      "Auto-Submitted": "auto-generated",
      [REPORT_HEADER]: formatReportHeader(context.installationId, "oversize"),
    },
    text: noticeText(message, context),
    attachments: [
      {
        filename: "headers.txt",
        contentType: "text/plain; charset=utf-8",
        contentDisposition: "inline",
        contentTransferEncoding: "quoted-printable",
        content: message.header,
      },
    ],
    // Fixed by the message, so that the same notice is the same bytes.
    baseBoundary: `oversize-${context.now}`,
    newline: "\r\n",
  });
  return composer.compile().createReadStream();
}

function noticeText(
  { accountId, size, maximum, summary }: OversizeMessage,
  { hostName }: AlertMailContext,
): string {
  const shown =
    size !== null && size > maximum ? `${size.toLocaleString("en")} bytes` : "(the server's list is wrong)";
  return [
    "A message too large to collect is waiting on the server:",
    "",
    `  From:      ${escapeUnprintable(summary.from) || "(no From header)"}`,
    `  Subject:   ${escapeUnprintable(summary.subject) || "(no subject)"}`,
    `  Mailbox:   "${accountId}"`,
    `  Size:      ${shown}`,
    `  Maximum:   ${maximum.toLocaleString("en")} bytes`,
    "",
    "It stays there and is never deleted by this program. Nobody else has been told.",
    "",
    "What to do: raise the mailbox's maximum message size to collect it at the next",
    "check (your mail server has to take that size, too), or fetch it from the mailbox",
    "by other means, such as the provider's web pages, and delete it there.",
    "",
    "Its headers follow; they say for whom it is.",
    "",
    `EFS Mail Gateway on ${hostName}`,
    "",
  ].join("\r\n");
}

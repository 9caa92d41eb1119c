/**
 * The report to the postmaster about one message in Errors: a new message of ours, which enters the spool
 * like any other.
 *
 * 1. From and envelope sender are MAILER-DAEMON of the primary domain, whatever was wrong with the original
 *    (the local server is known to take it), `Auto-Submitted: auto-replied` (RFC 3834 5).
 * 2. It carries `X-EFS-Report`, so that a report that comes back is never reported again.
 * 3. multipart/mixed, not multipart/report: Exchange rewrites the latter into its own form and would hide our
 *    plain words.
 * 4. The original's bytes travel as a quoted-printable excerpt (any byte survives, no server can refuse the
 *    line length), or whole as message/rfc822 where the setting says so.
 * 5. Nothing from outside reaches a header of ours unescaped (nodemailer's composer encodes and folds).
 */
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import type { ExplainFailure } from "../model/explanation.ts";
import type { Failure } from "../model/failure.ts";
import { limits } from "../model/limits.ts";
import type { RecipientState, ReportOrder } from "../model/message.ts";
import { describeProblem } from "../model/problem.ts";
import { escapeUnprintable, formatReply } from "../model/reply.ts";
import { formatReportHeader, REPORT_HEADER } from "../wire/report-header.ts";
import { MessageExcerpt } from "./message-excerpt.ts";

export interface ReportContext {
  readonly primaryDomain: string;
  readonly postmaster: string;
  readonly style: "first-500-lines" | "attach";
  /** Days for which a reported original is kept. */
  readonly reportedDays: number;
  readonly hostName: string;
  readonly installationId: string;
  readonly now: number;
  readonly explain: ExplainFailure;
}

/** MAILER-DAEMON at the primary domain: sender of everything that this gateway writes itself. */
export function ownSender(primaryDomain: string): string {
  return `MAILER-DAEMON@${primaryDomain}`;
}

/** The report as a stream of bytes, ready for the spool. The original is opened only when it is needed. */
export function composeReport(order: ReportOrder, context: ReportContext): Readable {
  const sender = ownSender(context.primaryDomain);
  const composer = new MailComposer({
    from: { name: "EFS Mail Gateway", address: sender },
    to: context.postmaster,
    subject: `Could not be delivered: ${escapeUnprintable(order.summary.subject) || "(no subject)"}`,
    date: new Date(context.now),
    messageId: `<${order.queueId}.${context.now}.report@${context.primaryDomain}>`,
    headers: {
      "Auto-Submitted": "auto-replied",
      [REPORT_HEADER]: formatReportHeader(context.installationId, order.queueId),
    },
    text: reportText(order, context),
    attachments: order.form === "without-content" ? [] : [originalPart(order, context)],
    // Fixed by the message, so that the same report is the same bytes.
    baseBoundary: `${order.queueId}-${context.now}`,
    newline: "\r\n",
  });
  return composer.compile().createReadStream();
}

function originalPart(order: ReportOrder, context: ReportContext) {
  const original = createReadStream(order.path);
  if (context.style === "attach") {
    return {
      filename: `${order.queueId}.eml`,
      contentType: "message/rfc822",
      contentTransferEncoding: "8bit" as const,
      content: original,
    };
  }
  const excerpt = new MessageExcerpt(limits.reportLines);
  // Whichever ends early ends the other; what went wrong is heard by whoever reads the excerpt.
  pipeline(original, excerpt, () => undefined);
  return {
    filename: `${order.queueId}.txt`,
    contentType: "text/plain; charset=utf-8",
    contentDisposition: "inline" as const,
    contentTransferEncoding: "quoted-printable" as const,
    content: excerpt,
  };
}

/** The part that people read. Plain text, lines under 78 characters where ours to choose. */
export function reportText(order: ReportOrder, context: ReportContext): string {
  const lines = [
    "This message was collected, but your mail server did not take it:",
    "",
    `  From:      ${escapeUnprintable(order.summary.from) || "(no From header)"}`,
    `  Sender:    ${order.sender === "" ? "<> (an automatic message)" : escapeUnprintable(order.sender)}`,
    `  Subject:   ${escapeUnprintable(order.summary.subject) || "(no subject)"}`,
    `  Collected: ${new Date(order.receivedAt).toUTCString()}, mailbox "${order.accountId}"`,
    `  Size:      ${order.size.toLocaleString("en")} bytes`,
    "",
    "It could not be delivered to:",
    "",
    ...order.failed.flatMap(({ address, state }) => [
      `  ${escapeUnprintable(address)}`,
      ...whatHappened(state, context.explain).map((line) => `    ${line}`),
      "",
    ]),
  ];
  if (order.delivered.length > 0) {
    lines.push("These recipients did get it:", "");
    lines.push(...order.delivered.map((address) => `  ${escapeUnprintable(address)}`), "");
  }
  if (order.unreadable === true) {
    lines.push(
      `The message itself is not included: its file has gone from the Errors folder, or cannot be read (${order.queueId}).`,
    );
  } else {
    lines.push(
      `The whole message stays in the Errors folder (${order.queueId})`,
      // 0 days keep it for ever.
      context.reportedDays === 0
        ? "until it is deleted, and can be sent again from there."
        : `for ${context.reportedDays} ${context.reportedDays === 1 ? "day" : "days"} and can be sent again from there.`,
    );
  }
  lines.push("The sender has not been told.", "", `EFS Mail Gateway on ${context.hostName}`);
  if (order.unreadable === true) return `${lines.join("\r\n")}\r\n`;
  if (order.form === "without-content") {
    lines.push("", "The message itself is not included: your server refused the report that held it.");
  } else if (context.style === "first-500-lines") {
    lines.push("", `Its first ${limits.reportLines} lines follow.`);
  } else {
    lines.push("", "The whole message is attached.");
  }
  return `${lines.join("\r\n")}\r\n`;
}

function whatHappened(state: RecipientState, explain: ExplainFailure): readonly string[] {
  switch (state.kind) {
    case "failed":
      return failureLines(state.failure, explain);
    case "expired":
      return [
        "It was tried again and again until its time was over.",
        ...(state.failure === null ? [] : failureLines(state.failure, explain)),
      ];
    default:
      return [];
  }
}

function failureLines(failure: Failure, explain: ExplainFailure): readonly string[] {
  if (failure.reply !== null) {
    const { meaning, cure } = explain(failure);
    return [
      `The server's answer: ${formatReply(failure.reply)}`,
      `What it means: ${meaning}`,
      `What to do: ${cure}`,
    ];
  }
  return failure.problem === null ? [] : [describeProblem(failure.problem)];
}

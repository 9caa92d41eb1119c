/**
 * Alerts to the postmaster (PRODUCT section 6): what was raised during a run, in one message of ours that enters
 * the spool like any other.
 *
 * 1. From and envelope sender are MAILER-DAEMON of the primary domain, `Auto-Submitted: auto-generated`
 *    (RFC 3834 5), and it carries `X-EFS-Report`, so that it is never reported itself.
 * 2. For each alert: what happened, in whose words, what to do, since when and how often, and the last lines
 *    of the log that belong to it.
 * 3. Nothing from outside reaches a header of ours unescaped (nodemailer's composer encodes and folds).
 */
import type { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import type { LogLine } from "../model/event.ts";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatReportHeader, REPORT_HEADER } from "../wire/report-header.ts";
import { ownSender } from "./postmaster-report.ts";

/** One cause, however often it was raised since the last mail. Times in ms since 1970. */
export interface MailedAlert {
  readonly cause: string;
  readonly problem: Problem;
  readonly firstAt: number;
  readonly lastAt: number;
  /** At least 1. */
  readonly times: number;
  /** It is over, or this mail could not be written. */
  readonly over: boolean;
  readonly lines: readonly LogLine[];
}

export interface AlertMailContext {
  readonly primaryDomain: string;
  readonly postmaster: string;
  readonly hostName: string;
  readonly installationId: string;
  readonly now: number;
}

/** More of them are a flood: named in one line each, to be read in the log. */
const SHOWN = 20;
const NAMED = 80;
const SUBJECT = 120;
const LINE = 300;

export function alertMailSubject(alerts: readonly MailedAlert[]): string {
  const [only] = alerts;
  if (only === undefined || alerts.length > 1) return `EFS Mail Gateway: ${alerts.length} alerts`;
  return `EFS Mail Gateway: ${cut(only.problem.what, SUBJECT)}`;
}

export function alertMessageId({
  now,
  primaryDomain,
}: Pick<AlertMailContext, "now" | "primaryDomain">): string {
  return `<${now}.alert@${primaryDomain}>`;
}

export function composeAlertMail(alerts: readonly MailedAlert[], context: AlertMailContext): Readable {
  const composer = new MailComposer({
    from: { name: "EFS Mail Gateway", address: ownSender(context.primaryDomain) },
    to: context.postmaster,
    subject: alertMailSubject(alerts),
    date: new Date(context.now),
    messageId: alertMessageId(context),
    headers: {
      "Auto-Submitted": "auto-generated",
      [REPORT_HEADER]: formatReportHeader(context.installationId, "alert"),
    },
    text: alertMailText(alerts, context),
    newline: "\r\n",
  });
  return composer.compile().createReadStream();
}

export function alertMailText(alerts: readonly MailedAlert[], context: AlertMailContext): string {
  const lines = [
    alerts.length === 1
      ? "The mail gateway has something that you should know:"
      : `The mail gateway has ${alerts.length} things that you should know:`,
    "",
  ];
  alerts.slice(0, SHOWN).forEach((alert, index) => {
    const { problem } = alert;
    lines.push(`${alerts.length === 1 ? "" : `${index + 1}. `}${escapeUnprintable(problem.what)}`);
    if (problem.quote !== undefined)
      lines.push(`   Why: the answer was "${escapeUnprintable(problem.quote)}"`);
    lines.push(`   What to do: ${escapeUnprintable(problem.cure)}`);
    lines.push(`   When: ${when(alert)}`);
    if (alert.lines.length > 0) lines.push("   The last lines of the log about it (times in UTC):");
    for (const { at, source, text } of alert.lines) {
      lines.push(`     ${new Date(at).toISOString().slice(11, 19)} ${source}: ${cut(text, LINE)}`);
    }
    lines.push("");
  });
  if (alerts.length > SHOWN) {
    lines.push("And in short:", "");
    lines.push(
      ...alerts.slice(SHOWN, SHOWN + NAMED).map(({ problem }) => `- ${escapeUnprintable(problem.what)}`),
    );
    if (alerts.length > SHOWN + NAMED) lines.push(`- ${alerts.length - SHOWN - NAMED} more, see the log.`);
    lines.push("");
  }
  lines.push(
    "There is at most one alert an hour for the same cause.",
    "",
    `EFS Mail Gateway on ${context.hostName}`,
  );
  return `${lines.join("\r\n")}\r\n`;
}

function when({ firstAt, lastAt, times, over }: MailedAlert): string {
  const first = new Date(firstAt).toUTCString();
  const last = new Date(lastAt).toUTCString();
  if (over) return `since ${first}. It is over: otherwise this mail could not have been sent.`;
  if (times === 1) return first;
  return first === last ? `${last}, ${times} times` : `${times} times from ${first} to ${last}`;
}

function cut(text: string, most: number): string {
  const shown = escapeUnprintable(text);
  return shown.length > most ? `${shown.slice(0, most - 3)}...` : shown;
}

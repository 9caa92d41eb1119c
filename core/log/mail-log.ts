/**
 * Lines of the mail log in Postfix's form (PRODUCT section 10), so that the tools that read its log read
 * ours. Pure; golden files are in the tests.
 *
 * 1. One line an event, one line for each recipient that was tried. Recipients that nothing was learnt
 *    about (`not-tried`) have none.
 * 2. `delay=` and `delays=a/b/c/d` in seconds with Postfix's digits (its `format_tv` with 2 and 2).
 * 3. Everything from outside is escaped: no text of a server, sender or recipient makes a second line or
 *    looks like another field of the line.
 */
import type { Failure, SmtpPhase } from "../model/failure.ts";
import type { AttemptResult, RecipientState } from "../model/message.ts";
import { escapeUnprintable, formatReply } from "../model/reply.ts";
import { assertNever } from "../util/assert-never.ts";
import { onceASecond } from "../util/once-a-second.ts";

/** Where a line comes from: this computer's name and the process's id. */
export interface LogOrigin {
  readonly host: string;
  readonly pid: number;
}

export type MailLogDaemon = "pop3" | "smtp" | "qmgr" | "cleanup" | "bounce";

/** `Nov 20 15:20:36 host efs/smtp[3110]: text`. `at` in ms since 1970, shown in local time. */
export function formatLine(at: number, origin: LogOrigin, daemon: MailLogDaemon, text: string): string {
  return `${timestamp(at)} ${word(origin.host)} efs/${daemon}[${origin.pid}]: ${oneLine(text)}`;
}

/** Of collecting: `efs/pop3[3110]: account main: 3 messages collected`. */
export function formatCollecting(at: number, origin: LogOrigin, accountId: string, text: string): string {
  return formatLine(at, origin, "pop3", `account ${word(accountId)}: ${text}`);
}

/** When a message is in the spool: its Message-ID, then sender, size and number of recipients. */
export function formatQueued(
  message: {
    readonly queueId: string;
    readonly sender: string;
    readonly size: number;
    /** How many. */
    readonly recipients: number;
  },
  messageId: string,
  at: number,
  origin: LogOrigin,
): readonly string[] {
  const { queueId, sender, size, recipients } = message;
  return [
    formatLine(at, origin, "cleanup", `${queueId}: message-id=${word(messageId)}`),
    formatLine(
      at,
      origin,
      "qmgr",
      `${queueId}: from=<${address(sender)}>, size=${size}, nrcpt=${recipients} (queue active)`,
    ),
  ];
}

/**
 * What policy let nobody have: `hold` stays where people can see it (Junk), `discard` is closed at once. Postfix's
 * cleanup calls them so.
 */
export function formatTurnedAway(
  message: { readonly queueId: string; readonly sender: string; readonly messageId: string },
  action: "hold" | "discard",
  why: string,
  at: number,
  origin: LogOrigin,
): readonly string[] {
  const { queueId, sender, messageId } = message;
  return [
    formatLine(at, origin, "cleanup", `${queueId}: message-id=${word(messageId)}`),
    formatLine(at, origin, "cleanup", `${queueId}: ${action}: ${why}; from=<${address(sender)}>`),
  ];
}

/** When no recipient of a message is pending any more. */
export function formatRemoved(queueId: string, at: number, origin: LogOrigin): string {
  return formatLine(at, origin, "qmgr", `${queueId}: removed`);
}

/** `originalOf` gives the address that a recipient was mapped from (alias, VdA), for `orig_to=`. */
export function formatAttempt(
  result: AttemptResult,
  origin: LogOrigin,
  originalOf: (recipientId: number) => string | null = () => null,
): readonly string[] {
  const delays = result.delays.map(seconds).join("/");
  const delay = seconds(result.delays.reduce((sum, part) => sum + part, 0));
  return result.recipients.flatMap(({ recipient, outcome, next }) => {
    if (outcome.kind === "not-tried") return [];
    const original = originalOf(recipient.id);
    const fields = [
      `to=<${address(recipient.address)}>`,
      ...(original === null || original === recipient.address ? [] : [`orig_to=<${address(original)}>`]),
      `relay=${word(result.relay)}`,
      `delay=${delay}`,
      `delays=${delays}`,
      `dsn=${outcome.kind === "delivered" ? (outcome.reply.enhanced ?? "2.0.0") : dsn(outcome.failure, next)}`,
      `status=${status(next)}`,
    ];
    const text =
      outcome.kind === "delivered" ? formatReply(outcome.reply) : failureText(outcome.failure, result.relay);
    return [
      formatLine(result.endedAt, origin, "smtp", `${result.message.queueId}: ${fields.join(", ")} (${text})`),
    ];
  });
}

function status(next: RecipientState): "sent" | "deferred" | "bounced" | "expired" {
  switch (next.kind) {
    case "delivered":
      return "sent";
    case "failed":
    case "removed":
      return "bounced";
    case "expired":
      return "expired";
    case "queued":
    case "deferred":
    case "held":
      return "deferred";
    default:
      return assertNever(next);
  }
}

/** RFC 3463. The server's own; else by what kind of trouble it was, as Postfix has it. */
function dsn(failure: Failure, next: RecipientState): string {
  if (failure.reply?.enhanced) return failure.reply.enhanced;
  const group = next.kind === "failed" ? "5" : "4";
  if (failure.reply !== null) return `${group}.0.0`;
  switch (failure.phase) {
    case "connect":
      return `${group}.4.1`;
    case "starttls":
      return `${group}.7.5`;
    case "auth":
      return `${group}.7.0`;
    case "local":
      return `${group}.3.0`;
    default:
      return `${group}.4.2`;
  }
}

/** In reply to what, in Postfix's words; null where it says it in another way. */
function command(phase: SmtpPhase): string | null {
  switch (phase) {
    case "ehlo":
      return "EHLO command";
    case "starttls":
      return "STARTTLS command";
    case "auth":
      return "AUTH command";
    case "mail":
      return "MAIL FROM command";
    case "rcpt":
      return "RCPT TO command";
    case "data":
      return "DATA command";
    case "body":
    case "final-reply":
      return "end of DATA command";
    case "connect":
    case "greeting":
    case "local":
      return null;
    default:
      return assertNever(phase);
  }
}

function failureText(failure: Failure, relay: string): string {
  const host = relay.replace(/:\d+$/, "");
  if (failure.reply === null) {
    const { problem } = failure;
    if (problem === null) return "unknown failure";
    return problem.quote === undefined ? problem.what : `${problem.what} (${problem.quote})`;
  }
  const answer = formatReply(failure.reply);
  const to = command(failure.phase);
  if (to !== null) return `host ${host} said: ${answer} (in reply to ${to})`;
  return failure.phase === "local" ? answer : `host ${host} refused to talk to me: ${answer}`;
}

/** Postfix's own: two significant digits, at most two behind the point, none that mean nothing. */
export function seconds(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds * 1_000));
  let whole = Math.floor(total / 1_000_000);
  let micro = total % 1_000_000;
  let resolution = 10_000;
  if (whole > 0) {
    let digits = 1;
    while (whole >= digits && digits <= 10) digits *= 10;
    resolution = 10_000 * digits;
  } else {
    while (micro >= 100 * resolution) resolution *= 10;
  }
  micro += resolution / 2;
  if (micro >= 1_000_000) {
    whole += 1;
    micro -= 1_000_000;
  }
  let text = String(whole);
  if (micro < resolution) return text;
  text += ".";
  let rest = Math.floor(micro);
  for (let unit = 100_000; rest >= resolution && unit > 0; unit = Math.floor(unit / 10)) {
    text += String(Math.floor(rest / unit));
    rest %= unit;
  }
  return text;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `Nov  2 09:05:36`: the day padded with a blank, as syslog has it. */
const timestamp = onceASecond((at) => {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2, " ")} ${time}`;
});

/** Answers may be long; a line is not longer than Postfix's own (syslog cuts at 2048). */
function oneLine(text: string): string {
  const cut = text.length > 2_000 ? `${text.slice(0, 2_000)}...` : text;
  return PLAIN_LINE.test(cut) ? cut : escapeUnprintable(cut).replaceAll("\t", " ");
}

/** Inside `<>`: nothing that could end it. */
function address(text: string): string {
  return PLAIN_ADDRESS.test(text) ? text : escapeUnprintable(text).replace(/[<>\t ]/g, hexadecimal);
}

/** One word: no blank, no comma, which would begin the next field. */
function word(text: string): string {
  return PLAIN_WORD.test(text) ? text : escapeUnprintable(text).replace(/[,\s]/g, hexadecimal);
}

/** ASCII in which nothing is to be escaped: nearly all that there is. */
const PLAIN_LINE = /^[\x20-\x7e]*$/;
const PLAIN_ADDRESS = /^[\x21-\x3b\x3d\x3f-\x7e]*$/;
const PLAIN_WORD = /^[\x21-\x2b\x2d-\x7e]*$/;

function hexadecimal(found: string): string {
  return `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/**
 * `efs history`: what has become of messages, newest first. JSON is one object a line; the last one's id goes on with
 * `--after`.
 */
import {
  HISTORY_PAGE_ROWS,
  type HistoryMessage,
  type HistoryQuery,
  type HistoryRow,
} from "../model/history.ts";
import { ProblemError } from "../model/problem.ts";
import { escapeUnprintable, formatReply } from "../model/reply.ts";
import { formatTrailStep } from "../model/trail-sentence.ts";
import { assertNever } from "../util/assert-never.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { failureWords, marks, stateWords, subjectOf } from "./message-words.ts";
import { formatBytes } from "./progress-line.ts";
import { localTime } from "./run-status.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export interface HistoryOptions {
  readonly sender?: string;
  readonly recipient?: string;
  readonly subject?: string;
  readonly outcome?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly after?: number;
  readonly show?: string;
}

export async function runHistory(
  context: CommandContext,
  words: readonly string[],
  options: HistoryOptions,
): Promise<ExitCode> {
  if (options.show !== undefined) return showMessage(context, options.show);
  const query = queryOf(words, options);
  const { output, json } = context;
  await withGateway(context, async ({ call }) => {
    let after = options.after ?? null;
    let count = 0;
    while (!context.signal.aborted && count < options.limit) {
      const page = wireValue(
        await call("history", {
          ...query,
          limit: Math.min(options.limit - count, HISTORY_PAGE_ROWS),
          ...(after === null ? {} : { after }),
        }),
      );
      for (const row of page.rows) {
        if (json) output.json(row);
        else for (const line of formatHistoryRow(row)) output.line(line);
      }
      await output.flushed();
      count += page.rows.length;
      after = page.next;
      if (after === null) break;
    }
    if (json) return;
    if (count === 0) output.line("Nothing was found.");
    else if (after !== null) output.line(`There may be more: --after ${after}`);
  });
  return exitCode.done;
}

async function showMessage(context: CommandContext, queueId: string): Promise<ExitCode> {
  const { output, json } = context;
  return withGateway(context, async ({ call }) => {
    const message = wireValue(await call("history-message", { queueId }));
    if (message === null) {
      throw new ProblemError({
        code: "message-unknown",
        what: `There is no message ${escapeUnprintable(queueId)} in the history.`,
        cure: "Use a queue id as efs history and the mail log show it; rows go after the days set in the settings.",
      });
    }
    if (json) output.document(message);
    else for (const line of formatMessage(message)) output.line(line);
    return exitCode.done;
  });
}

function queryOf(words: readonly string[], options: HistoryOptions): HistoryQuery {
  const { sender, recipient, subject, outcome, account, from, to } = options;
  if (from !== undefined && to !== undefined && timeOf(to, "to").end <= timeOf(from, "from").start) {
    throw new ProblemError({
      code: "usage-time",
      what: "What is after --to is before what is after --from, so nothing lies between them.",
      cure: "Exchange the two.",
    });
  }
  return {
    ...(words.length === 0 ? {} : { words: words.join(" ") }),
    ...(sender === undefined ? {} : { sender }),
    ...(recipient === undefined ? {} : { recipient }),
    ...(subject === undefined ? {} : { subject }),
    ...(outcome === undefined ? {} : { outcome: outcome as NonNullable<HistoryQuery["outcome"]> }),
    ...(account === undefined ? {} : { accountId: account }),
    ...(from === undefined ? {} : { from: timeOf(from, "from").start }),
    ...(to === undefined ? {} : { to: timeOf(to, "to").end }),
  };
}

/** Local time, as a day, a minute or a second; from its beginning to its end. */
export function timeOf(text: string, option: string): { readonly start: number; readonly end: number } {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (found !== null) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
      .slice(1)
      .map((part) => Number(part ?? 0));
    const start = new Date(year, month - 1, day, hour, minute, second);
    const real = start.getMonth() === month - 1 && start.getDate() === day && minute < 60 && second < 60;
    if (real) {
      const length = found[6] !== undefined ? 1_000 : 60_000;
      const end =
        found[4] === undefined ? new Date(year, month - 1, day + 1).getTime() : start.getTime() + length;
      return { start: start.getTime(), end };
    }
  }
  throw new ProblemError({
    code: "usage-time",
    what: `"${escapeUnprintable(text)}" after --${option} is not a day.`,
    cure: "Write it like 2026-11-20, or with the time: 2026-11-20T15:20.",
  });
}

function formatHistoryRow(row: HistoryRow): readonly string[] {
  const lines = [
    `${row.queueId}  ${localTime(row.receivedAt)}  ${formatBytes(row.size).padStart(7)}  ${row.outcome.padEnd(11)}  ${row.accountId}  from=<${row.sender}>  ${subjectOf(row)}${marks(row)}`,
    ...row.recipients.map((recipient) => `    to=<${recipient.address}>  ${stateWords(recipient)}`),
  ];
  const more = row.recipientCount - row.recipients.length;
  return more > 0 ? [...lines, `    and ${more} more`] : lines;
}

/** The whole way, from where it came to where it is. */
function formatMessage(message: HistoryMessage): readonly string[] {
  const { source, summary, closedAt, outcomeDetail, file } = message;
  return [
    `Message:    ${message.queueId}${marks(message)}`,
    `Subject:    ${subjectOf(message)}`,
    `From:       ${summary.from}`,
    `Message-ID: ${summary.messageId === "" ? "(none)" : summary.messageId}`,
    `Sender:     <${message.sender}>`,
    `Source:     ${source.accountId} (${source.server === "" ? "none" : source.server})${source.uid === null ? "" : `, id ${source.uid}`}`,
    `Received:   ${localTime(message.receivedAt)}, ${formatBytes(message.size)}`,
    ...message.trail.map((step) => `Recipient:  ${formatTrailStep(step)}`),
    ...message.attempts.flatMap((attempt) => [
      `Attempt:    ${localTime(attempt.startedAt)} ${attempt.relay ?? ""} ${attempt.state}`,
      ...attempt.results.map(({ address, outcome }) => `            <${address}> ${outcomeWords(outcome)}`),
    ]),
    ...(message.actions ?? []).map(
      ({ at, actor, kind, detail }) => `Action:     ${localTime(at)} ${kind} by ${actor}: ${detail}`,
    ),
    ...message.recipients.map((recipient) => `State:      <${recipient.address}> ${stateWords(recipient)}`),
    `Outcome:    ${message.outcome}${closedAt === null ? "" : ` ${localTime(closedAt)}`}${outcomeDetail === null ? "" : `: ${outcomeDetail}`}`,
    `File:       ${file === null ? "gone" : file.path}`,
  ];
}

function outcomeWords(outcome: HistoryMessage["attempts"][number]["results"][number]["outcome"]): string {
  switch (outcome.kind) {
    case "delivered":
      return `delivered: ${formatReply(outcome.reply)}`;
    case "refused":
      return `${outcome.failure.permanent ? "refused" : "refused for now"}: ${failureWords(outcome.failure)}`;
    case "not-tried":
      return "not tried";
    default:
      return assertNever(outcome);
  }
}

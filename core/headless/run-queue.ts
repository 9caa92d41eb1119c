/**
 * `efs queue`: the messages of a folder, page by page, so that a full one needs no memory. JSON is one object
 * a line.
 */
import { PAGE_ROWS } from "../api/contract.ts";
import type { Failure } from "../model/failure.ts";
import type { Folder, FolderRow, QueuedRecipient } from "../model/message.ts";
import { describeProblem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable, formatReply } from "../model/reply.ts";
import { assertNever } from "../util/assert-never.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { formatBytes } from "./progress-line.ts";
import { localTime } from "./run-status.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

const FOLDERS: readonly Folder[] = ["Inbox", "Errors", "Junk", "Backup"];

export async function runQueue(context: CommandContext, options: { folder?: string }): Promise<ExitCode> {
  const folder = folderNamed(options.folder ?? "Inbox");
  const { output, json } = context;
  await withGateway(context, async ({ call }) => {
    let after: number | null = null;
    let count = 0;
    while (!context.signal.aborted) {
      const page: readonly FolderRow[] = wireValue(
        await call("queue", { folder, limit: PAGE_ROWS, ...(after === null ? {} : { after }) }),
      );
      for (const row of page) {
        if (json) output.json(row);
        else for (const line of formatRow(row)) output.line(line);
      }
      await output.flushed();
      count += page.length;
      after = page.at(-1)?.id ?? null;
      if (page.length < PAGE_ROWS || after === null) break;
    }
    if (!json) output.line(count === 0 ? `${folder} is empty` : `${count} in ${folder}`);
  });
  return exitCode.done;
}

function folderNamed(text: string): Folder {
  const found = FOLDERS.find((folder) => folder.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new ProblemError({
    code: "usage-folder",
    what: `There is no folder "${escapeUnprintable(text)}".`,
    cure: `Use one of ${FOLDERS.join(", ")}.`,
  });
}

/** One line for the message, one for each recipient. */
export function formatRow(row: FolderRow): readonly string[] {
  const subject = row.summary.subject === "" ? "(no subject)" : row.summary.subject;
  const extra = [
    ...(row.kind === "mail" ? [] : [row.kind]),
    ...(row.junkReason === null ? [] : [row.junkReason]),
    ...(row.reportState === null ? [] : [`report ${row.reportState}`]),
  ];
  const marks = extra.length === 0 ? "" : ` [${extra.join(", ")}]`;
  return [
    `${row.queueId}  ${localTime(row.receivedAt)}  ${formatBytes(row.size).padStart(7)}  ${row.accountId}  from=<${row.sender}>  ${subject}${marks}`,
    ...row.recipients.map((recipient) => `    to=<${recipient.address}>  ${stateWords(recipient)}`),
  ];
}

export function stateWords({ state }: QueuedRecipient): string {
  switch (state.kind) {
    case "queued":
      return "queued";
    case "deferred":
      return `deferred until ${localTime(state.nextAt)}: ${failureWords(state.failure)}`;
    case "held":
      return `held (${state.reason})${state.failure === null ? "" : `: ${failureWords(state.failure)}`}`;
    case "delivered":
      return `delivered ${localTime(state.at)}: ${formatReply(state.reply)}`;
    case "failed":
      return `failed ${localTime(state.at)}: ${failureWords(state.failure)}`;
    case "expired":
      return `expired ${localTime(state.at)}${state.failure === null ? "" : `: ${failureWords(state.failure)}`}`;
    case "removed":
      return `removed ${localTime(state.at)} (${state.reason})`;
    default:
      return assertNever(state);
  }
}

export function failureWords(failure: Failure): string {
  if (failure.reply !== null) return formatReply(failure.reply);
  return failure.problem === null ? "unknown failure" : describeProblem(failure.problem);
}

/**
 * `efs queue`: the messages of a folder, page by page, so that a full one needs no memory. JSON is one object
 * a line.
 */
import { PAGE_ROWS } from "../api/contract.ts";
import type { Folder, FolderRow } from "../model/message.ts";
import { ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { marks, stateWords, subjectOf } from "./message-words.ts";
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
function formatRow(row: FolderRow): readonly string[] {
  return [
    `${row.queueId}  ${localTime(row.receivedAt)}  ${formatBytes(row.size).padStart(7)}  ${row.accountId}  from=<${row.sender}>  ${subjectOf(row)}${marks(row)}`,
    ...row.recipients.map((recipient) => `    to=<${recipient.address}>  ${stateWords(recipient)}`),
  ];
}

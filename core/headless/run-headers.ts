/** `efs headers --account ID`: which header of the provider's says for whom a message is. */
import type { HeaderReport, HeaderRow } from "../model/header-report.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export interface HeadersOptions {
  readonly account: string;
  readonly count: number;
  readonly adopt?: boolean;
}

export async function runHeaders(context: CommandContext, options: HeadersOptions): Promise<ExitCode> {
  const { output, json } = context;
  const { account, count } = options;
  const { report, adopted } = await withGateway(context, async ({ call }) => {
    const found = wireValue(await call("headers", { account, count }));
    if (options.adopt !== true || found.adopt === null) return { report: found, adopted: false };
    const { custom, trustedReceivedLines, mailboxAddresses } = found.adopt;
    const adopt = {
      custom: custom === null ? null : [...custom],
      trustedReceivedLines,
      mailboxAddresses: mailboxAddresses === null ? null : [...mailboxAddresses],
    };
    wireValue(await call("adopt-headers", { account, adopt }));
    return { report: found, adopted: true };
  });
  if (json) output.json({ ...report, adopted });
  else {
    for (const line of formatReport(report)) output.line(line);
    if (adopted) output.line("Adopted: the settings of the account were changed accordingly.");
    else if (report.adopt !== null)
      output.line(`To change the settings accordingly: efs headers --account ${account} --adopt`);
    if (report.problem !== null) output.problem(report.problem);
  }
  return report.problem === null ? exitCode.done : exitCode.failed;
}

export function formatReport(report: HeaderReport): readonly string[] {
  const { listed, messages, refused, rows } = report;
  const not = refused === 0 ? "" : `, ${refused} could not be read`;
  const lines = [
    `Looked at the newest ${messages} of ${listed} messages${not}; nothing was changed in the mailbox.`,
  ];
  if (rows.length > 0) lines.push("", ...table(rows));
  lines.push("", report.recommendation.reason, report.trustedReceivedLines.reason);
  for (const { address, reason } of report.mailboxAddresses) lines.push(`${address}: ${reason}`);
  return lines;
}

const HEADINGS = ["header", "messages", "counting", "different", "Received above", "for example"] as const;

function table(rows: readonly HeaderRow[]): readonly string[] {
  const cells = rows.map((row) => [
    row.header,
    String(row.ours),
    String(row.trusted),
    String(row.distinct),
    row.receivedAbove
      .slice(0, 3)
      .map(({ lines }) => String(lines))
      .join(", "),
    row.examples.length > 0 ? row.examples.slice(0, 3).join(", ") : "only the mailbox's own address",
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.min(40, Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0))),
  );
  return [HEADINGS, ...cells].map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

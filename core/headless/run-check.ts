/**
 * `efs check`: one run, its summary on stdout, what went wrong on stderr.
 * 0: all done. 1: an account or the server failed, or mail was deferred or refused.
 */
import type { RunSummary } from "../model/event.ts";
import type { Problem } from "../model/problem.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { createProgressLine, formatBytes } from "./progress-line.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export interface CheckOptions {
  readonly account?: readonly string[];
  readonly sendNow?: boolean;
}

export async function runCheck(context: CommandContext, options: CheckOptions): Promise<ExitCode> {
  const { output, json, clock } = context;
  const alerts: Problem[] = [];
  const summary = await withGateway(context, async ({ call, gateway, owner }) => {
    const terminal = json ? null : output.terminal;
    const progress = terminal === null || gateway === null ? null : createProgressLine(terminal, clock);
    const unsubscribe = gateway?.subscribe((event) => {
      if (event.kind === "progress") progress?.show(event.totals);
      if (event.kind === "alert") alerts.push(event.alert.problem);
    });
    if (owner !== null && terminal !== null)
      output.note(`The gateway that runs (process ${owner.pid}) checks now.`);
    try {
      const { account, sendNow } = options;
      return wireValue(
        await call("check", {
          ...(account === undefined ? {} : { accounts: [...account] }),
          ...(sendNow === undefined ? {} : { sendNow }),
        }),
      );
    } finally {
      unsubscribe?.();
      progress?.clear();
    }
  });
  if (json) output.json(summary);
  else output.line(formatSummary(summary));
  if (!json) for (const problem of worthTelling(summary, alerts)) output.problem(problem);
  const good = summary.problems.length === 0 && summary.deferred === 0 && summary.errors === 0;
  return good && !context.signal.aborted ? exitCode.done : exitCode.failed;
}

/** Each once: what is a problem of the run was an alert too. */
function worthTelling(summary: RunSummary, alerts: readonly Problem[]): readonly Problem[] {
  const all = [...summary.problems, ...alerts, ...(summary.findings ?? [])];
  return [...new Map(all.map((problem) => [`${problem.code} ${problem.what}`, problem])).values()];
}

/** `collected 12, delivered 12, deferred 0, errors 0, junk 0, discarded 0, 1.2 MB in 3.4 seconds` */
export function formatSummary(summary: RunSummary): string {
  const { collected, delivered, deferred, errors, junk, discarded, bytes, seconds } = summary;
  return [
    `collected ${collected}`,
    `delivered ${delivered}`,
    `deferred ${deferred}`,
    `errors ${errors}`,
    `junk ${junk}`,
    `discarded ${discarded}`,
    `${formatBytes(bytes)} in ${seconds.toFixed(1)} seconds`,
  ].join(", ");
}

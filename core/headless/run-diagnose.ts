/**
 * `efs diagnose`: the checklist, with causes and cures. 0: nothing failed (there may be warnings). 1: something did.
 *
 * 1. A gateway that runs is asked; otherwise this process examines by itself.
 * 2. Where no gateway can be opened (no settings, invalid ones, a damaged folder) that is the first line, and what
 *    needs no settings is examined nevertheless.
 */
import { access } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { checkComputer } from "../diagnose/computer.ts";
import { computerPorts } from "../diagnose/node-ports.ts";
import type { ExaminedFolder, ExaminedFolders } from "../diagnose/ports.ts";
import { countVerdicts, type Diagnosis, type DiagnosisCheck } from "../model/diagnosis.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode, exitCodeOf } from "./exit-code.ts";
import { formatDiagnosis } from "./format-diagnosis.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export async function runDiagnose(context: CommandContext): Promise<ExitCode> {
  const { output, json } = context;
  const diagnosis = await diagnoseGateway(context);
  const { checks } = diagnosis;
  if (json) output.json(diagnosis);
  else for (const line of formatDiagnosis(checks, output.symbols)) output.line(line);
  return countVerdicts(checks).fail > 0 || context.signal.aborted ? exitCode.failed : exitCode.done;
}

async function diagnoseGateway(context: CommandContext): Promise<Diagnosis> {
  const { output, json } = context;
  let asked = false;
  try {
    return await withGateway(context, async ({ call, gateway, owner }) => {
      asked = true;
      const terminal = json ? null : output.terminal;
      if (terminal !== null && owner !== null) {
        output.note(`The gateway that runs (process ${owner.pid}) examines; this takes a while.`);
      }
      let done = 0;
      const unsubscribe = gateway?.subscribe((event) => {
        if (event.kind !== "diagnosis") return;
        done += 1;
        const line = escapeUnprintable(`${done}: ${event.check.subject}: ${event.check.title}`);
        terminal?.write(`\r${line.slice(0, Math.max(0, terminal.columns - 1))}\x1b[K`);
      });
      try {
        return wireValue(await call("diagnose", {}));
      } finally {
        unsubscribe?.();
        if (done > 0) terminal?.write("\r\x1b[K");
      }
    });
  } catch (error) {
    // With an owner there is a gateway; its trouble is the command's.
    if (asked || !(error instanceof ProblemError) || exitCodeOf(error.problem) === exitCode.inUse)
      throw error;
    return withoutGateway(context, error.problem);
  }
}

async function withoutGateway(
  { dataDirectory, clock }: CommandContext,
  problem: Problem,
): Promise<Diagnosis> {
  const settings = problem.code.startsWith("settings-");
  const checks: DiagnosisCheck[] = [
    {
      id: settings ? "settings/usable" : "gateway/opened",
      subject: settings ? "Settings" : "Gateway",
      title: settings ? "Settings" : "Start",
      verdict: "fail",
      cause: problem.what,
      cure: problem.cure,
      ...(problem.quote === undefined ? {} : { quote: problem.quote }),
      place: null,
    },
    {
      id: "servers/examined",
      subject: "Servers",
      title: "Accounts and mail server",
      verdict: "skipped",
      cause: "Not tried: the gateway cannot start.",
      cure: "",
      place: null,
    },
  ];
  await checkComputer(await existing(dataDirectory), null, computerPorts(clock), (check) =>
    checks.push(check),
  );
  return { checks };
}

/** What there is of the data folder; where there is nothing yet, the disk on which it would be. */
async function existing(dataDirectory: string): Promise<ExaminedFolders> {
  const folders: ExaminedFolder[] = [];
  for (const name of ["", "mail/Inbox", "mail/Errors", "mail/Junk", "mail/Backup", "log"]) {
    const path = join(dataDirectory, name);
    if (await exists(path)) folders.push({ name: name === "" ? "data folder" : basename(name), path });
  }
  let place = resolve(dataDirectory);
  while (!(await exists(place)) && dirname(place) !== place) place = dirname(place);
  return { dataDirectory: place, folders };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

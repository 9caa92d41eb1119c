/**
 * The command line as one function: arguments in, exit code out.
 *
 * 1. Expected trouble is one or two sentences on stderr (with `--json` also `{"error": ...}` on stdout).
 * 2. A bug is one sentence; its details are in log/efs.log. No stack trace reaches a person.
 * 3. The first SIGINT or SIGTERM stops in an orderly way, the second one at once.
 */
import type { Command } from "commander";
import { programFault } from "../api/commands.ts";
import type { OpenGateway } from "../model/gateway.ts";
import type { OpenSetUp } from "../model/gateway-host.ts";
import type { Clock, Secrets } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { CommandContext } from "./command-context.ts";
import { currentDataPath } from "./data-path.ts";
import { type ExitCode, exitCode, exitCodeOf } from "./exit-code.ts";
import { logFault } from "./fault-log.ts";
import { openKeyFileSecrets } from "./key-file-secrets.ts";
import { createOutput, type Output, type OutputStream } from "./output.ts";
import { createProgram, type GlobalOptions, isAnswered, isWrongUsage } from "./program.ts";
import { programVersion } from "./program-version.ts";

export interface EfsHost {
  readonly stdin: AsyncIterable<Buffer>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly clock: Clock;
  /** Left out: the key file in the data folder. The desktop app has the system's keychain as well. */
  readonly openSecrets?: (dataDirectory: string) => Secrets;
  readonly openGateway: OpenGateway;
  readonly openSetUp: OpenSetUp;
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal;
}

export async function runEfs(args: readonly string[], host: EfsHost): Promise<ExitCode> {
  const { stdin, stdout, stderr, clock, openGateway, openSetUp, signal } = host;
  const openSecrets = host.openSecrets ?? openKeyFileSecrets;
  const output = createOutput(stdout, stderr);
  const version = programVersion();
  let code: ExitCode = exitCode.done;

  const program = createProgram(version, async (options, command) => {
    const context = createContext(options);
    try {
      code = await command(context);
    } catch (error) {
      code = tellError(output, context, error);
    }
  });
  program.configureOutput({
    writeOut: (text) => stdout.write(text),
    // It quotes arguments, which may come from a script.
    writeErr: (text) => stderr.write(text.split("\n").map(escapeUnprintable).join("\n")),
  });
  const inherit = (parent: Command): void => {
    for (const command of parent.commands) {
      command.copyInheritedSettings(parent);
      inherit(command);
    }
  };
  inherit(program);

  function createContext(options: GlobalOptions): CommandContext {
    const dataDirectory = currentDataPath(options.data);
    return {
      dataDirectory,
      json: options.json === true,
      output,
      stdin,
      clock,
      openSecrets,
      version,
      signal,
      openGateway,
      openSetUp,
      onFault(error, doing) {
        const untold = logFault(dataDirectory, clock, error, doing);
        if (untold !== null) output.note(`efs: The log cannot be written. While ${doing}: ${untold}`);
      },
    };
  }

  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (isWrongUsage(error)) {
      code = exitCode.settings;
      if (args.includes("--json")) output.json({ error: usageProblem(error.message) });
    } else if (!isAnswered(error)) throw error;
  }
  await output.flushed();
  return code;
}

function usageProblem(message: string): Problem {
  return {
    code: "usage",
    what: escapeUnprintable(message.replace(/^error: /, "").replaceAll("\n", " ")),
    cure: "efs --help shows how.",
  };
}

function tellError(output: Output, context: CommandContext, error: unknown): ExitCode {
  let problem: Problem;
  if (error instanceof ProblemError) {
    problem = error.problem;
  } else {
    context.onFault(error, "running a command");
    problem = programFault();
  }
  if (context.json) output.json({ error: problem });
  output.problem(problem);
  return exitCodeOf(problem);
}

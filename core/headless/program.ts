/** The command line, command by command. What a command needs is loaded when it is called. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { CommandContext } from "./command-context.ts";
import type { ExitCode } from "./exit-code.ts";

export interface GlobalOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** Runs a command in its context; what it throws is the host's affair. */
export type RunCommand = (
  options: GlobalOptions,
  command: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>;

export function createProgram(version: string, run: RunCommand): Command {
  const program = new Command("efs")
    .description(
      "EFS Mail Gateway: collects mail from POP3 mailboxes and forwards it to the office's mail server",
    )
    .version(version)
    .option("--data <directory>", "data folder (default: EFS_DATA, else the user's application-data folder)")
    .option("--json", "results as JSON")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(efs --help shows how)")
    .exitOverride();

  program
    .command("import")
    .description(
      "take over settings from a JSON file (- is standard input); passwords in it are stored encrypted",
    )
    .argument("<file>")
    .action((file: string, _options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-import.ts")).runImport(context, file),
      ),
    );

  program
    .command("export")
    .description("write the settings as JSON")
    .option("--with-secrets", "with all passwords in clear")
    .action((options: { withSecrets?: boolean }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-export.ts")).runExport(context, options),
      ),
    );

  program
    .command("check")
    .description("one run: collect, deliver, report errors; then a summary")
    .option("--account <id>", "only this account (may be given several times)", collect)
    .option("--send-now", "also send what waits for a later try")
    .action((options: { account?: string[]; sendNow?: boolean }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-check.ts")).runCheck(context, options),
      ),
    );

  program
    .command("status")
    .description("what the gateway does, and how much is in its folders")
    .action((_options, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await import("./run-status.ts")).runStatus(context)),
    );

  program
    .command("queue")
    .description("the messages of a folder")
    .option("--folder <name>", "Inbox, Errors, Junk or Backup", "Inbox")
    .action((options: { folder: string }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-queue.ts")).runQueue(context, options),
      ),
    );

  program
    .command("serve")
    .description("run the gateway with its schedule until it is told to stop")
    .option("--host <address>", "loopback address of the local API", "127.0.0.1")
    .option("--port <number>", "its port; 0: any free one", portNumber, 7025)
    .action((options: { host: string; port: number }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-serve.ts")).runServe(context, options),
      ),
    );

  return program;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("It is a number from 0 to 65535.");
  return port;
}

/** Help and version are asked for; everything else that commander ends with is wrong usage. */
export function isWrongUsage(error: unknown): error is CommanderError {
  return error instanceof CommanderError && error.exitCode !== 0;
}

export function isAnswered(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

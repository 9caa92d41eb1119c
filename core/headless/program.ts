/** The command line, command by command. What a command needs is loaded when it is called. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { AddressListName } from "../model/address-lists.ts";
import { MESSAGE_OUTCOMES } from "../model/history.ts";
import type { CommandContext } from "./command-context.ts";
import type { ExitCode } from "./exit-code.ts";
import type { ReleaseOptions } from "./run-act.ts";
import type { HistoryOptions } from "./run-history.ts";
import type { ServiceAction } from "./service/run-service.ts";

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
    .option(
      "--data <directory>",
      "data folder (default: EFS_DATA, else the user's application-data folder)",
      folderName,
    )
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
    .command("headers")
    .description(
      "look which header of the newest messages says for whom they are; nothing is deleted or marked",
    )
    .requiredOption("--account <id>", "the account to look at")
    .option("--count <number>", "how many of the newest messages", messageCount, 50)
    .option("--adopt", "change the account's settings accordingly")
    .action((options: { account: string; count: number; adopt?: boolean }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-headers.ts")).runHeaders(context, options),
      ),
    );

  program
    .command("resolve")
    .description("who would get this message, and why (- is standard input); nothing is sent")
    .argument("<file>")
    .option("--settings <file>", "with these settings instead of those in the data folder")
    .option("--account <id>", "as mail of this account")
    .action((file: string, options: { settings?: string; account?: string }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-resolve.ts")).runResolve(context, file, options),
      ),
    );

  const aliases = program
    .command("aliases")
    .description("the list of aliases, in the classic form: from = to");
  addListCommands(aliases, "aliases", run);
  const users = program.command("users").description("the list of users, one address a line");
  addListCommands(users, "users", run);

  program
    .command("diagnose")
    .description("examine everything, from DNS to a trial recipient, and print a checklist; nothing is sent")
    .action((_options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-diagnose.ts")).runDiagnose(context),
      ),
    );

  program
    .command("explain")
    .description("what a mail server's answer means, and what to do (- is standard input)")
    .argument("<answer...>", 'such as "550 5.1.1 User unknown", or a line of a mail log')
    .action((words: string[], _options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-explain.ts")).runExplain(context, words),
      ),
    );

  program
    .command("history")
    .description("what has become of messages, newest first: words of sender, recipients, subject, ids")
    .argument("[words...]")
    .option("--sender <words>", "only of this sender")
    .option("--recipient <words>", "only for this recipient")
    .option("--subject <words>", "only with this in the subject")
    .addOption(
      new Option("--outcome <outcome>", "only what became").choices([...MESSAGE_OUTCOMES, "pending"]),
    )
    .option("--account <id>", "only of this account")
    .option("--from <day>", "from this day or time on, like 2026-11-20 or 2026-11-20T15:20")
    .option("--to <day>", "up to this day or time, included")
    .option("--limit <number>", "rows at most", historyRows, 50)
    .option("--after <id>", "behind this row of an earlier answer", rowId)
    .option("--show <queue id>", "the whole way of one message")
    .action((words: string[], options: HistoryOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-history.ts")).runHistory(context, words, options),
      ),
    );

  program
    .command("acknowledge-junk")
    .description("mail in Junk that could not be reported: noted, it may go when its days are over")
    .argument("[queue ids...]", "default: all of it")
    .action((queueIds: string[], _options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-acknowledge-junk.ts")).runAcknowledgeJunk(context, queueIds),
      ),
    );

  program
    .command("confirm-clock")
    .description("this computer's clock is right: after it was set by over a day, old mail may go again")
    .action((_options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-confirm-clock.ts")).runConfirmClock(context),
      ),
    );

  program
    .command("resend")
    .description("send messages again, by their ids (efs queue, efs history)")
    .argument("<id...>")
    .option("--to <whom>", "original (those who did not get it), postmaster, or an address", "original")
    .option("--action-id <text>", "asked for once more with the same one, nothing is sent twice")
    .action((ids: string[], options: { to: string; actionId?: string }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-act.ts")).runResend(context, ids, options),
      ),
    );

  program
    .command("hold")
    .description("keep messages in Inbox until they are released")
    .argument("<id...>")
    .action((ids: string[], _options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-act.ts")).runAct(context, ids, { action: "hold" }),
      ),
    );

  program
    .command("release")
    .description("let held messages go on, to the recipients that they have by the settings of now")
    .argument("[id...]")
    .option("--anyway", "also what the guard holds because the server refuses mail like it")
    .option("--domain <name>", "with --anyway: all that is held for this domain")
    .option("--account <id>", "with --anyway: all of this account that is held for having no recipient")
    .option("--bcc-all", "with --anyway: make the copies of BCC all again")
    .option("--reports", "with --anyway: send the reports that wait")
    .action((ids: string[], options: ReleaseOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-act.ts")).runRelease(context, ids, options),
      ),
    );

  program
    .command("delete")
    .description("delete messages; their history stays")
    .argument("<id...>")
    .action((ids: string[], _options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-act.ts")).runAct(context, ids, { action: "delete" }),
      ),
    );

  program
    .command("save")
    .description("save messages as .eml files, octet by octet as they were received")
    .argument("<id...>")
    .option("--to <path>", "a folder, or for one message a file that does not exist", ".")
    .action((ids: string[], options: { to: string }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-save.ts")).runSave(context, ids, options),
      ),
    );

  program
    .command("open")
    .description("an address of the pages that signs in a browser once, within ten minutes")
    .action((_options, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await import("./run-open.ts")).runOpen(context)),
    );

  program
    .command("web-password")
    .description("set the password of the pages: one line from standard input, at least 8 characters")
    .option("--remove", "no password any more")
    .action((options: { remove?: boolean }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-web-password.ts")).runWebPassword(context, options),
      ),
    );

  program
    .command("serve")
    .description("run the gateway with its schedule and its pages until it is told to stop")
    .option("--host <address>", "where the pages are (default: web.host of the settings, 127.0.0.1)")
    .option(
      "--port <number>",
      "their port; 0: any free one (default: web.port of the settings, 7025)",
      portNumber,
    )
    .action((options: { host?: string; port?: number }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-serve.ts")).runServe(context, options),
      ),
    );

  const service = program
    .command("service")
    .description("the gateway as a service of this computer, which runs without anybody logged in");
  addServiceCommand(service, "install", "install and start it; needs an administrator", run);
  addServiceCommand(service, "remove", "stop and remove it; mail and settings stay", run);
  addServiceCommand(service, "status", "whether it is installed and runs", run);

  return program;
}

function addServiceCommand(
  parent: Command,
  action: ServiceAction,
  description: string,
  run: RunCommand,
): void {
  parent
    .command(action)
    .description(description)
    .action((_options, command: Command) => {
      const options: GlobalOptions = command.optsWithGlobals();
      return run(options, async (context) =>
        (await import("./service/run-service.ts")).runService(context, action, options.data),
      );
    });
}

function addListCommands(parent: Command, list: AddressListName, run: RunCommand): void {
  const importing = parent
    .command("import")
    .description("take over a list (- is standard input); all of it or, with what is wrong, nothing")
    .argument("<file>");
  if (list === "users") {
    importing.option("--shorter", "also when it is less than half as long as the list in force");
  }
  importing.action((file: string, options: { shorter?: boolean }, command: Command) =>
    run(command.optsWithGlobals(), async (context) =>
      (await import("./run-list.ts")).runListImport(context, list, file, options),
    ),
  );
  parent
    .command("export")
    .description("write the list that is in force (- is standard output)")
    .argument("<file>")
    .action((file: string, _options, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import("./run-list.ts")).runListExport(context, list, file),
      ),
    );
}

/** An unset variable of a script must not mean the folder that it runs in. */
function folderName(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty; name a folder.");
  return text;
}

function messageCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 500) {
    throw new InvalidArgumentError("It is a number from 1 to 500.");
  }
  return count;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function historyRows(text: string): number {
  const rows = Number(text);
  if (!/^\d+$/.test(text) || rows < 1 || rows > 1_000_000) {
    throw new InvalidArgumentError("It is a number from 1 to 1000000.");
  }
  return rows;
}

function rowId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is the id of a row.");
  return Number(text);
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

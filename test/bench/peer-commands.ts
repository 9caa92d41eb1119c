/**
 * How each program is told to move the whole mailbox. The peers get their usual form: one poll, everything, no keeping,
 * no memory of earlier runs; one fixed recipient, because they cannot all read one from the header.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { USER } from "./bed.ts";
import type { Command } from "./measured-run.ts";

export interface Way {
  readonly pop3: number;
  readonly smtp: number;
  readonly password: string;
  /** Its own, empty. */
  readonly folder: string;
}

const HOST = "127.0.0.1";
const DOMAIN = "office.test";
const RECIPIENT = `ada@${DOMAIN}`;
export const EFS = fileURLToPath(new URL("../../out/cli/efs.js", import.meta.url));
const CEILING = fileURLToPath(new URL("ceiling.ts", import.meta.url));

/** What is built, with the settings as they come: history, log, trace header, four connections. */
export async function efsCommand({ pop3, smtp, folder }: Way): Promise<Command> {
  const data = join(folder, "data");
  await saveOfficeSettings(data, officeSettings({ pop3, smtp }));
  return { file: process.execPath, args: [EFS, "check", "--data", data] };
}

export function ceilingCommand({ pop3, smtp, password }: Way): Command {
  return { file: process.execPath, args: [CEILING, pop3, smtp, USER, password, RECIPIENT].map(String) };
}

export function fetchmailCommand({ pop3, smtp, password, folder }: Way): Command {
  const file = configuration(folder, [
    "set no bouncemail",
    "set no syslog",
    `poll mailbox.test via ${HOST} protocol POP3 port ${pop3}`,
    `  user '${USER}' password '${password}' to 'ada' here`,
    `  smtphost ${HOST}/${smtp} smtpaddress ${DOMAIN}`,
    "  fetchall no keep sslproto ''",
  ]);
  return {
    file: "/usr/bin/fetchmail",
    args: ["--silent", "--nodetach", "--nosyslog", "--pidfile", join(folder, "pid"), "--fetchmailrc", file],
    environment: { FETCHMAILHOME: folder },
  };
}

/** mpop has no SMTP of its own: its manual says msmtp. */
export function mpopCommand({ pop3, smtp, password, folder }: Way): Command {
  const file = configuration(folder, [
    "account default",
    `host ${HOST}`,
    `port ${pop3}`,
    `user ${USER}`,
    `password ${password}`,
    "auth user",
    "tls off",
    "keep off",
    "only_new off",
    `uidls_file ${join(folder, "uidls")}`,
    `delivery mda /usr/bin/msmtp ${msmtpArguments(smtp, "'%F'").join(" ")}`,
  ]);
  return { file: "/usr/bin/mpop", args: ["--quiet", `--file=${file}`] };
}

/**
 * It may miss the end of msmtp when that is quicker than its own waiting for it (it begins to watch after the fork), and
 * then waits for its time-out and leaves the message. That is rare; the time-out is short, and such a run does not count.
 */
export function getmailCommand({ pop3, smtp, password, folder }: Way): Command {
  const quoted = msmtpArguments(smtp, "%(sender)").map((each) => `"${each}"`);
  configuration(folder, [
    "[retriever]",
    "type = SimplePOP3Retriever",
    `server = ${HOST}`,
    `port = ${pop3}`,
    `username = ${USER}`,
    `password = ${password}`,
    "timeout = 20",
    "[destination]",
    "type = MDA_external",
    "path = /usr/bin/msmtp",
    `arguments = (${quoted.join(", ")},)`,
    "allow_root_commands = true",
    "unixfrom = false",
    "[options]",
    "delete = true",
    "read_all = true",
    "verbose = 0",
  ]);
  return { file: "/usr/bin/getmail", args: ["--quiet", "--getmaildir", folder, "--rcfile", NAME] };
}

function msmtpArguments(port: number, sender: string): string[] {
  return [
    `--host=${HOST}`,
    `--port=${port}`,
    "--auth=off",
    "--tls=off",
    "--domain=bench.test",
    `--from=${sender}`,
    "--",
    RECIPIENT,
  ];
}

const NAME = "configuration";

function configuration(folder: string, lines: readonly string[]): string {
  const file = join(folder, NAME);
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return file;
}

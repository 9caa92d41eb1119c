/**
 * A real Postfix for tests: an office's mail server on loopback with a list of users, delivering into maildirs that can
 * be read back octet by octet. Configuration, queue and mailboxes are in a temporary folder; nothing of the system's
 * Postfix is touched, and nothing leaves the machine.
 *
 * 1. Unknown users get 550 5.1.1; `defer-*` 450, `full-*` 452, `denied-*` 554, `closed-*` 421.
 * 2. Everything that Postfix usually repairs is switched off, so that what it stores is what it was sent: no missing
 *    headers added, no headers dropped, no addresses rewritten, no MIME looked at. It still adds, on top, its
 *    delivery headers and its own Received; `delivered` takes these off again.
 * 3. It stores LF for CRLF; `delivered` gives CRLF.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestCertificate } from "../support/test-certificate.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";
import { mailUser } from "./dovecot.ts";
import type { GuardedProcess } from "./guarded-process.ts";
import { freePort, listens, startGuarded, untilListening } from "./guarded-process.ts";

export interface PostfixOptions {
  readonly domain?: string;
  /** Local parts; all others are unknown. `postmaster` is always one. */
  readonly users: readonly string[];
  /** Octets; default 200 MB. */
  readonly sizeLimit?: number;
}

export interface DeliveredCopy {
  /** The recipient. */
  readonly recipient: string;
  /** Envelope sender; "" is the null sender. */
  readonly sender: string;
  /** As it came in by SMTP, with CRLF. */
  readonly bytes: Buffer;
}

export interface Postfix {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly domain: string;
  readonly certificate: TestCertificate;
  /** Everything it writes, and where its processes work. */
  readonly folder: string;
  /** All copies in all mailboxes, one for each recipient. */
  delivered(): DeliveredCopy[];
  /** How many there are; cheap. */
  deliveredCount(): number;
  /** Resolves when there are so many, rejects after the given time. */
  untilDelivered(count: number, withinMilliseconds?: number): Promise<void>;
  /** Resolves when its queue is empty: what it accepted has been delivered. */
  untilEmpty(withinMilliseconds?: number): Promise<void>;
  /** Empties all mailboxes. */
  clear(): void;
  /** What every RCPT gets from now on. `patient`: as normal, with the `defer-*` and `full-*` rules lifted. */
  setMode(mode: "normal" | "patient" | "defer-all" | "refuse-all"): Promise<void>;
  log(): string;
  /** Stops listening and ends all its processes; queue and mailboxes stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes everything. */
  close(): Promise<void>;
}

export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), "efs-postfix-"));
  chmodSync(folder, 0o755);
  const domain = options.domain ?? "office.test";
  const certificate = makeTestCertificate();
  const { uid, gid } = mailUser();
  const port = await freePort();
  const etc = join(folder, "etc");
  const mail = join(folder, "mail");
  for (const name of ["etc", "spool", "data", "mail"]) mkdirSync(join(folder, name), { mode: 0o755 });
  chownSync(mail, uid, gid);
  chownSync(join(folder, "data"), Number(spawnSync("id", ["-u", "postfix"], { encoding: "utf8" }).stdout), 0);
  const users = [...new Set([...options.users, "postmaster"])];
  writeFileSync(join(etc, "users"), users.map((user) => `${user}@${domain} ${user}/\n`).join(""));
  writeFileSync(join(etc, "cert.pem"), certificate.cert);
  writeFileSync(join(etc, "key.pem"), certificate.key, { mode: 0o600 });
  writeFileSync(
    join(etc, "main.cf"),
    mainConfiguration({ folder, domain, uid, gid, sizeLimit: options.sizeLimit ?? 200_000_000 }),
  );
  writeFileSync(join(etc, "master.cf"), masterConfiguration(port));
  writeRules(etc, "normal");
  // After a hard end "postfix check" tidies the queue up, as another user, and fails where it cannot log that.
  const mailLog = join(folder, "mail.log");
  writeFileSync(mailLog, "");
  chmodSync(mailLog, 0o666);

  let server: GuardedProcess | null = null;
  const log = (): string =>
    `${server?.output() ?? ""}${readFileSync(join(folder, "mail.log"), { encoding: "utf8", flag: "a+" })}`;
  const start = async (): Promise<void> => {
    // Makes the queue's folders. "postfix start-fg" would put a shell between us and the master.
    const { status, stderr } = spawnSync("/usr/sbin/postfix", ["-c", etc, "check"], { encoding: "utf8" });
    if (status !== 0) throw new Error(`postfix check: ${stderr}`);
    server = startGuarded("/usr/lib/postfix/sbin/master", ["-c", etc, "-s"]);
    await untilListening(port, server);
  };
  const stop = async (): Promise<void> => {
    await server?.stop();
    await untilGone(join(folder, "spool", "pid", "master.pid"), port);
  };
  const boxes = (): string[] =>
    readdirSync(mail).flatMap((user) =>
      existsSync(join(mail, user, "new"))
        ? readdirSync(join(mail, user, "new")).map((file) => join(mail, user, "new", file))
        : [],
    );
  try {
    await start();
  } catch (error) {
    const words = log();
    await stop();
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`Postfix did not start: ${words}`, { cause: error });
  }
  return {
    host: "127.0.0.1",
    port,
    domain,
    certificate,
    folder,
    delivered: () => boxes().map((file) => withoutPostfix(readFileSync(file))),
    deliveredCount: () => boxes().length,
    async untilDelivered(count, withinMilliseconds = 30_000) {
      const deadline = Date.now() + withinMilliseconds;
      while (boxes().length < count) {
        if (Date.now() > deadline)
          throw new Error(`${boxes().length} of ${count} copies delivered\n${log().slice(-2_000)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async untilEmpty(withinMilliseconds = 30_000) {
      const deadline = Date.now() + withinMilliseconds;
      for (
        let waiting = queued(join(folder, "spool"));
        waiting > 0;
        waiting = queued(join(folder, "spool"))
      ) {
        if (Date.now() > deadline) throw new Error(`${waiting} messages queued\n${log().slice(-2_000)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    clear() {
      for (const file of boxes()) rmSync(file);
    },
    async setMode(mode) {
      writeRules(etc, mode);
      // Its processes read the rules when they start: a new generation of them.
      const { status, stderr } = spawnSync("/usr/sbin/postfix", ["-c", etc, "reload"], { encoding: "utf8" });
      if (status !== 0) throw new Error(`postfix reload: ${stderr}`);
      if (server !== null) await untilListening(port, server);
    },
    log,
    stop,
    start,
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Messages in its queue. One that is still coming in is not executable yet. */
function queued(spool: string): number {
  const folders = ["incoming", "active", "deferred"].map((name) => join(spool, name));
  return folders
    .flatMap((path) => readdirSync(path, { withFileTypes: true, recursive: true }))
    .filter((entry) => {
      const { mode } =
        (entry.isFile() && statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })) || {};
      return mode !== undefined && (mode & 0o100) !== 0;
    }).length;
}

/** The master's children end a moment after it. */
async function untilGone(pidFile: string, port: number): Promise<void> {
  const group = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8").trim()) : 0;
  const deadline = Date.now() + 10_000;
  while ((group > 1 && groupLives(group)) || (await listens(port))) {
    if (Date.now() > deadline) throw new Error("Postfix does not end");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Master leads a process group of its own; signal 0 only asks. */
function groupLives(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

const RULES = {
  normal: "",
  patient: "/^(defer|full)-/ DUNNO\n",
  "defer-all": "/./ 450 4.3.0 Try again later\n",
  "refuse-all": "/./ 554 5.7.1 Relay access denied\n",
} as const;

function writeRules(etc: string, mode: keyof typeof RULES): void {
  const magic = [
    "/^defer-/ 450 4.2.1 Mailbox is busy, try again later",
    "/^full-/ 452 4.2.2 Mailbox is full",
    "/^denied-/ 554 5.7.1 Relay access denied",
    "/^closed-/ 421 4.3.2 Going away",
  ];
  writeFileSync(join(etc, "recipients"), `${RULES[mode]}${magic.join("\n")}\n`);
}

const DELIVERY_HEADERS =
  /^Return-Path: <(.*)>\nX-Original-To: .*\nDelivered-To: (.*)\nReceived: .*\n(?:[ \t].*\n)*/;

function withoutPostfix(stored: Buffer): DeliveredCopy {
  const added = DELIVERY_HEADERS.exec(stored.subarray(0, 16_384).toString("latin1"));
  if (added === null)
    throw new Error(`no delivery headers on top: ${stored.subarray(0, 200).toString("latin1")}`);
  const bytes = Buffer.from(
    stored.subarray(added[0].length).toString("latin1").replaceAll("\n", "\r\n"),
    "latin1",
  );
  return { recipient: String(added[2]), sender: String(added[1]), bytes };
}

interface MainOptions {
  readonly folder: string;
  readonly domain: string;
  readonly uid: number;
  readonly gid: number;
  readonly sizeLimit: number;
}

function mainConfiguration({ folder, domain, uid, gid, sizeLimit }: MainOptions): string {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/spool
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
myhostname = mail.${domain}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = ${domain}
virtual_mailbox_maps = texthash:${folder}/etc/users
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
bounce_queue_lifetime = 0
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:${folder}/etc/recipients
smtpd_reject_unlisted_recipient = yes
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_junk_command_limit = 10000
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${folder}/etc/cert.pem
smtpd_tls_key_file = ${folder}/etc/key.pem
smtpd_tls_loglevel = 0
message_size_limit = ${sizeLimit}
header_size_limit = 20000000
local_header_rewrite_clients =
message_drop_headers =
disable_mime_input_processing = yes
hopcount_limit = 200
in_flow_delay = 0
`;
}

function masterConfiguration(port: number): string {
  return `
127.0.0.1:${port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
tlsmgr    unix  - - n 1000? 1 tlsmgr
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;
}

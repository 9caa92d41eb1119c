/**
 * A real Dovecot 2.3 for tests: POP3 with STLS, and POP3S, on loopback, with a configuration and a mailbox of its own
 * in a temporary folder; nothing of the system's Dovecot is touched.
 *
 * Dovecot ends every line with CRLF when it serves: a bare LF in a stored message arrives as CRLF. NUL, bare CR, 8-bit
 * octets and lines of any length arrive as stored.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageContent } from "../support/message-content.ts";
import { contentBytes } from "../support/message-content.ts";
import type { TestCertificate } from "../support/test-certificate.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";
import type { GuardedProcess } from "./guarded-process.ts";
import { freePort, startGuarded, untilListening } from "./guarded-process.ts";

export interface Dovecot {
  readonly host: "127.0.0.1";
  /** Plain, with STLS. */
  readonly port: number;
  /** TLS from the first octet. */
  readonly tlsPort: number;
  readonly certificate: TestCertificate;
  /** Everything it writes, and where its processes work. */
  readonly folder: string;
  readonly password: string;
  /** Any user name has a mailbox. Messages appear in this order. */
  load(user: string, messages: readonly { readonly content: MessageContent }[]): void;
  /**
   * Only these files from now on, as hard links: quick, however big they are. They belong to the mail user and are named
   * as a maildir has them.
   */
  link(user: string, folder: string, names: readonly string[]): void;
  /** Messages in the mailbox. */
  count(user: string): number;
  log(): string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes everything. */
  close(): Promise<void>;
}

const PASSWORD = "secret";

export async function startDovecot(): Promise<Dovecot> {
  const folder = mkdtempSync(join(tmpdir(), "efs-dovecot-"));
  // Its login processes run as users of their own and have to come here.
  chmodSync(folder, 0o755);
  const certificate = makeTestCertificate();
  writeFileSync(join(folder, "cert.pem"), certificate.cert);
  writeFileSync(join(folder, "key.pem"), certificate.key, { mode: 0o600 });
  mkdirSync(join(folder, "run"), { mode: 0o755 });
  mkdirSync(join(folder, "mail"), { mode: 0o755 });
  const { uid, gid } = mailUser();
  const port = await freePort();
  const tlsPort = await freePort();
  writeFileSync(join(folder, "dovecot.conf"), configuration({ folder, port, tlsPort, uid, gid }));

  let server: GuardedProcess;
  const start = async (): Promise<void> => {
    server = startGuarded("/usr/sbin/dovecot", ["-F", "-c", join(folder, "dovecot.conf")]);
    await untilListening(port, server);
  };
  const log = (): string =>
    `${server.output()}${readFileSync(join(folder, "dovecot.log"), { encoding: "utf8", flag: "a+" })}`;
  let loaded = 0;
  const makeBox = (user: string): string => {
    const box = join(folder, "mail", user);
    for (const each of [box, ...["tmp", "new", "cur"].map((name) => join(box, name))]) {
      mkdirSync(each, { recursive: true, mode: 0o700 });
      chownSync(each, uid, gid);
    }
    return box;
  };
  try {
    await start();
  } catch (error) {
    const words = log();
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`Dovecot did not start: ${words}`, { cause: error });
  }
  return {
    host: "127.0.0.1",
    port,
    tlsPort,
    certificate,
    folder,
    password: PASSWORD,
    load(user, messages) {
      const box = makeBox(user);
      for (const { content } of messages) {
        loaded += 1;
        const file = join(box, "new", `1767600000.M${String(loaded).padStart(8, "0")}P1.test`);
        writeFileSync(file, contentBytes(content), { mode: 0o600 });
        chownSync(file, uid, gid);
      }
    },
    link(user, from, names) {
      rmSync(join(folder, "mail", user), { recursive: true, force: true, maxRetries: 5 });
      const box = makeBox(user);
      for (const name of names) linkSync(join(from, name), join(box, "new", name));
    },
    count(user) {
      const box = join(folder, "mail", user);
      return readdirSync(join(box, "new")).length + readdirSync(join(box, "cur")).length;
    },
    log,
    stop: () => server.stop(),
    start,
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian's unprivileged owner of mail. */
export function mailUser(): { uid: number; gid: number } {
  const ask = (flag: string): number => Number(spawnSync("id", [flag, "mail"], { encoding: "utf8" }).stdout);
  return { uid: ask("-u"), gid: ask("-g") };
}

interface Places {
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly uid: number;
  readonly gid: number;
}

function configuration({ folder, port, tlsPort, uid, gid }: Places): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/dovecot.log
protocols = pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = ${uid}
first_valid_gid = ${gid}
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 100
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
service pop3-login {
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = ${tlsPort}
    ssl = yes
  }
}
service anvil {
  client_limit = 1000
}
`;
}

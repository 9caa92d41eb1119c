/** Are Dovecot and Postfix here, and can they be run? Without any test code: `install.ts` uses it too. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PROGRAMS: readonly (readonly [file: string, debianPackage: string])[] = [
  ["/usr/sbin/dovecot", "dovecot-core"],
  ["/usr/lib/dovecot/pop3", "dovecot-pop3d"],
  ["/usr/sbin/postfix", "postfix"],
  ["/usr/lib/postfix/sbin/smtpd", "postfix"],
];

/** Debian packages that are not installed. */
export function missingPackages(): string[] {
  return [...new Set(PROGRAMS.filter(([file]) => !existsSync(file)).map(([, name]) => name))];
}

/** Why the real servers cannot be run here; null: they can. */
export function whyNoRealServers(): string | null {
  const missing = missingPackages();
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  if (process.getuid?.() !== 0) return "Dovecot and Postfix have to be started as root";
  const version =
    spawnSync("/usr/sbin/dovecot", ["--version"], { encoding: "utf8" }).stdout.split(" ")[0] ?? "";
  return version.startsWith("2.3.")
    ? null
    : `the tests' configuration is for Dovecot 2.3, here is ${version}`;
}

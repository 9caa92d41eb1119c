/** Are Dovecot, Postfix and Chromium here, and can they be run? Without any test code: `install.ts` uses it too. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PROGRAMS: readonly (readonly [file: string, debianPackage: string])[] = [
  ["/usr/sbin/dovecot", "dovecot-core"],
  ["/usr/lib/dovecot/pop3", "dovecot-pop3d"],
  ["/usr/sbin/postfix", "postfix"],
  ["/usr/lib/postfix/sbin/smtpd", "postfix"],
];

/** Where Debian has it; another one: `EFS_TEST_CHROMIUM`. */
export const CHROMIUM = process.env["EFS_TEST_CHROMIUM"] ?? "/usr/bin/chromium";

const BROWSER: typeof PROGRAMS = [
  [CHROMIUM, "chromium"],
  ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core"],
];

/** Debian packages that are not installed. */
export function missingPackages(): string[] {
  return missing([...PROGRAMS, ...BROWSER]);
}

function missing(programs: typeof PROGRAMS): string[] {
  return [...new Set(programs.filter(([file]) => !existsSync(file)).map(([, name]) => name))];
}

/** Why no browser can be run here; null: one can. */
export function whyNoBrowser(): string | null {
  return existsSync(CHROMIUM) ? null : `no Chromium at ${CHROMIUM}`;
}

/** Why the real servers cannot be run here; null: they can. */
export function whyNoRealServers(): string | null {
  const absent = missing(PROGRAMS);
  if (absent.length > 0) return `not installed: ${absent.join(", ")}`;
  if (process.getuid?.() !== 0) return "Dovecot and Postfix have to be started as root";
  const version =
    spawnSync("/usr/sbin/dovecot", ["--version"], { encoding: "utf8" }).stdout.split(" ")[0] ?? "";
  return version.startsWith("2.3.")
    ? null
    : `the tests' configuration is for Dovecot 2.3, here is ${version}`;
}

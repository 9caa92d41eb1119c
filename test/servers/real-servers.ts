/** Are Dovecot, Postfix and Chromium here, and can they be run? Without any test code: `install.ts` uses it too. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Files, each with Debian's package that it comes in. */
export type Programs = readonly (readonly [file: string, debianPackage: string])[];

const PROGRAMS: Programs = [
  ["/usr/sbin/dovecot", "dovecot-core"],
  ["/usr/lib/dovecot/pop3", "dovecot-pop3d"],
  ["/usr/sbin/postfix", "postfix"],
  ["/usr/lib/postfix/sbin/smtpd", "postfix"],
];

/** Where Debian has it; another one: `EFS_TEST_CHROMIUM`. */
export const CHROMIUM = process.env["EFS_TEST_CHROMIUM"] ?? "/usr/bin/chromium";

const BROWSER: Programs = [
  [CHROMIUM, "chromium"],
  ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core"],
];

/** What the bench needs besides: a server that only counts, and what measures a process. */
const BENCH: Programs = [
  ["/usr/sbin/smtp-sink", "postfix"],
  ["/usr/bin/time", "time"],
];

/** Debian packages that are not installed. */
export function missingPackages(): string[] {
  return missing([...PROGRAMS, ...BENCH, ...BROWSER]);
}

/** Those of the bench, without a browser, and with whatever else it can use. */
export function missingForBench(others: Programs): string[] {
  return missing([...PROGRAMS, ...BENCH, ...others]);
}

export function missing(programs: Programs): string[] {
  return [...new Set(programs.filter(([file]) => !existsSync(file)).map(([, name]) => name))];
}

/** Why no browser can be run here; null: one can. */
export function whyNoBrowser(): string | null {
  return existsSync(CHROMIUM) ? null : `no Chromium at ${CHROMIUM}`;
}

/** Why the bench cannot be run here; null: it can. */
export function whyNoBench(): string | null {
  const absent = missing(BENCH);
  return whyNoRealServers() ?? (absent.length > 0 ? `not installed: ${absent.join(", ")}` : null);
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

/**
 * Installs what the tests with real servers and a real browser need: Dovecot, Postfix and Chromium, from Debian's packages. Does nothing when they
 * are here. Needs Debian (or a relative with apt) and root; elsewhere it lists what is missing.
 *
 *     node test/servers/install.ts              exit 1 when something is missing in the end
 *     node test/servers/install.ts --optional   exit 0 all the same, unless CI=true: the tests then skip by name
 *
 * The packages' services are neither started nor enabled: the tests start servers of their own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { missingPackages, whyNoBrowser, whyNoRealServers } from "./real-servers.ts";

/** Debian asks this program before it starts a service; 101 is "no" (Debian Policy 9.3.3.1). */
const POLICY = "/usr/sbin/policy-rc.d";

function run(command: string, args: readonly string[], input = ""): boolean {
  const { status, error } = spawnSync(command, args, {
    input,
    stdio: ["pipe", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

function install(packages: readonly string[]): void {
  console.log(`Installing for the tests: ${packages.join(", ")}`);
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    if (packages.includes("postfix")) {
      run("debconf-set-selections", [], "postfix postfix/main_mailer_type select No configuration\n");
    }
    const args = ["install", "-y", "-q", "--no-install-recommends", ...packages];
    // A machine that was never updated has no package lists, an old one stale lists.
    if (!run("apt-get", ["update", "-q"]) || !run("apt-get", args)) console.error("apt-get did not succeed.");
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

const canInstall = existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
const wanted = missingPackages();
if (wanted.length > 0 && canInstall) install(wanted);

const reasons = [whyNoRealServers(), whyNoBrowser()].filter((reason) => reason !== null);
if (reasons.length > 0) {
  const how = canInstall ? "" : " (they are installed by themselves only on Debian, as root)";
  console.log(`The tests with real mail servers or a browser cannot run: ${reasons.join("; ")}${how}.`);
  const optional = process.argv.includes("--optional") && process.env["CI"] !== "true";
  process.exitCode = optional ? 0 : 1;
}

/** Debian's packages for tests and benches. The packages' services are neither started nor enabled. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** Debian asks this program before it starts a service; 101 is "no" (Debian Policy 9.3.3.1). */
const POLICY = "/usr/sbin/policy-rc.d";

/** Only on Debian (or a relative with apt), as root. */
export function canInstall(): boolean {
  return existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
}

/** `purpose` as in "Installing for the tests: ..."; whether it helped has to be looked at afterwards. */
export function installPackages(packages: readonly string[], purpose: string): void {
  console.log(`Installing for ${purpose}: ${packages.join(", ")}`);
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

function run(command: string, args: readonly string[], input = ""): boolean {
  const { status, error } = spawnSync(command, args, {
    input,
    stdio: ["pipe", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

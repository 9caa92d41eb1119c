/**
 * Installs what the tests with real servers and a real browser need: Dovecot, Postfix and Chromium, from Debian's packages. Does nothing when they
 * are here. Needs Debian (or a relative with apt) and root; elsewhere it lists what is missing.
 *
 *     node test/servers/install.ts              exit 1 when something is missing in the end
 *     node test/servers/install.ts --optional   exit 0 all the same, unless CI=true: the tests then skip by name
 *
 * The packages' services are neither started nor enabled: the tests start servers of their own.
 */
import { canInstall, installPackages } from "./apt.ts";
import { missingPackages, whyNoBench, whyNoBrowser } from "./real-servers.ts";

const wanted = missingPackages();
if (wanted.length > 0 && canInstall()) installPackages(wanted, "the tests");

const reasons = [whyNoBench(), whyNoBrowser()].filter((reason) => reason !== null);
if (reasons.length > 0) {
  const how = canInstall() ? "" : " (they are installed by themselves only on Debian, as root)";
  console.log(`The tests with real mail servers or a browser cannot run: ${reasons.join("; ")}${how}.`);
  const optional = process.argv.includes("--optional") && process.env["CI"] !== "true";
  process.exitCode = optional ? 0 : 1;
}

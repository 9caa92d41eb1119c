import type { Problem } from "../../model/problem.ts";
import { escapeUnprintable } from "../../model/reply.ts";

export function notAdministrator(platform: NodeJS.Platform): Problem {
  const cure =
    platform === "win32"
      ? 'Open a terminal with "Run as administrator" and repeat the command there.'
      : "Repeat the command with sudo, or as root.";
  return {
    code: "service-needs-administrator",
    what: "Only an administrator can change a system's services.",
    cure,
  };
}

export function noServiceManager(platform: NodeJS.Platform): Problem {
  const what =
    platform === "linux" ? "systemd does not run on this computer" : `services of ${platform} are not known`;
  return {
    code: "service-not-supported",
    what: `The service cannot be installed by this command: ${what}.`,
    cure: "Let the system start this as an account of its own: efs serve --data /var/lib/efs",
  };
}

export function ownFolder(dataDirectory: string): Problem {
  return {
    code: "usage-service-data",
    what: `The service keeps its data in ${escapeUnprintable(dataDirectory)}, always.`,
    cure: "Leave --data out.",
  };
}

export function notInstalled(): Problem {
  return {
    code: "service-not-installed",
    what: "The service is not installed.",
    cure: "Nothing has to be done.",
  };
}

export function noAccountNumber(): Problem {
  return {
    code: "service-no-account",
    what: "This Mac has no free number from 200 to 400 for the account of the service.",
    cure: "Remove a role account that nobody needs, or make an account _efs yourself, and repeat the command.",
  };
}

export function stepFailed(command: string, words: string): Problem {
  return {
    code: "service-step-failed",
    what: `The system refused: ${command}.`,
    cure: "Put right what it says and repeat the command; what was done before is done again without harm.",
    quote: words,
  };
}

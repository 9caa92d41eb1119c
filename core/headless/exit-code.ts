import type { Problem } from "../model/problem.ts";

/** The contract for scripts. Wrong usage counts as settings: nothing was begun, the command has to be corrected. */
export const exitCode = {
  done: 0,
  /** Something failed or was deferred. */
  failed: 1,
  /** Settings (missing, invalid, newer), or the command line itself. */
  settings: 2,
  /** Another process has the data and does not answer. */
  inUse: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export function exitCodeOf(problem: Problem): ExitCode {
  if (problem.code === "data-directory-in-use" || problem.code.startsWith("owner-")) return exitCode.inUse;
  if (problem.code === "set-up-needed") return exitCode.settings;
  if (problem.code.startsWith("settings-") || problem.code.startsWith("usage-")) return exitCode.settings;
  return exitCode.failed;
}

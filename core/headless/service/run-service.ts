/**
 * `efs service install | remove | status`.
 *
 * 1. Everything is decided before anything is changed: the command line, the steps, whether this is an administrator.
 * 2. A step that fails ends it; repeating the command goes through all of them again, which does no harm.
 * 3. Removing leaves mail, settings and the account that owns them.
 */
import { ProblemError } from "../../model/problem.ts";
import { fileProblem } from "../../util/file-problem.ts";
import { connectOwner } from "../api-client.ts";
import type { CommandContext } from "../command-context.ts";
import { machineDataPath } from "../data-path.ts";
import { readEndpoint } from "../endpoint-file.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { freeRoleNumber } from "./launchd-plist.ts";
import { serviceCommand } from "./service-command.ts";
import { SERVICE } from "./service-facts.ts";
import {
  noAccountNumber,
  noServiceManager,
  notAdministrator,
  notInstalled,
  ownFolder,
  stepFailed,
} from "./service-problems.ts";
import {
  installedQuestion,
  installSteps,
  removeSteps,
  type ServicePlatform,
  type ServiceStep,
} from "./service-steps.ts";
import { type ServiceSystem, thisSystem } from "./service-system.ts";

export type ServiceAction = "install" | "remove" | "status";

export async function runService(
  context: CommandContext,
  action: ServiceAction,
  /** `--data`, if it was given. */
  data: string | undefined,
  system: ServiceSystem = thisSystem(),
): Promise<ExitCode> {
  const dataDirectory = machineDataPath(system);
  if (data !== undefined) throw new ProblemError(ownFolder(dataDirectory));
  const platform = managed(system);
  switch (action) {
    case "install":
      return install(context, system, platform, dataDirectory);
    case "remove":
      return remove(context, system, platform, dataDirectory);
    case "status":
      return status(context, system, platform, dataDirectory);
  }
}

async function install(
  { output, json }: CommandContext,
  system: ServiceSystem,
  platform: ServicePlatform,
  dataDirectory: string,
): Promise<ExitCode> {
  const command = serviceCommand(system, dataDirectory);
  if ("code" in command) throw new ProblemError(command);
  await asAdministrator(system);
  const newAccount = platform === "darwin" ? await newMacAccount(system) : null;
  await take(system, installSteps(platform, { command, dataDirectory, newAccount }));
  if (json) output.json({ service: "installed", dataDirectory });
  else {
    output.line(`The service is installed and started. Its data is in ${dataDirectory}`);
    output.line("For its pages, as an administrator:");
    output.line(`  efs open --data "${dataDirectory}"`);
  }
  return exitCode.done;
}

async function remove(
  { output, json }: CommandContext,
  system: ServiceSystem,
  platform: ServicePlatform,
  dataDirectory: string,
): Promise<ExitCode> {
  await asAdministrator(system);
  if (!(await isInstalled(system, platform))) throw new ProblemError(notInstalled());
  await take(system, removeSteps(platform));
  if (json) output.json({ service: "removed", dataDirectory });
  else output.line(`The service is removed. Its mail and settings stay in ${dataDirectory}`);
  return exitCode.done;
}

/** Anybody may ask. Whether it works is said by the gateway itself; its pages' address is public. */
async function status(
  { output, json, signal }: CommandContext,
  system: ServiceSystem,
  platform: ServicePlatform,
  dataDirectory: string,
): Promise<ExitCode> {
  const installed = await isInstalled(system, platform);
  const endpoint = await readEndpoint(dataDirectory);
  // Without an administrator's rights there is no token to ask with: then what it says itself has to do.
  const answers = endpoint !== null && (await connectOwner(dataDirectory, { signal })) !== null;
  const state = answers ? "runs" : endpoint === null ? "stopped" : "unknown";
  if (json) output.json({ installed, state, dataDirectory, host: endpoint?.host, port: endpoint?.port });
  else if (!installed) output.line("The service is not installed.");
  else if (state === "runs") output.line(`The service runs, on ${endpoint?.host}:${endpoint?.port}.`);
  else if (state === "stopped") output.line("The service is installed and does not run.");
  else output.line("The service is installed; only an administrator can ask whether it runs.");
  return installed && state !== "stopped" ? exitCode.done : exitCode.failed;
}

function managed(system: ServiceSystem): ServicePlatform {
  const { platform } = system;
  if (platform === "darwin" || platform === "win32") return platform;
  // sd_booted(3)
  if (platform === "linux" && system.exists("/run/systemd/system")) return platform;
  throw new ProblemError(noServiceManager(platform));
}

async function asAdministrator(system: ServiceSystem): Promise<void> {
  if (!(await system.isAdministrator())) throw new ProblemError(notAdministrator(system.platform));
}

async function isInstalled(system: ServiceSystem, platform: ServicePlatform): Promise<boolean> {
  const { program, args } = installedQuestion(platform);
  return (await system.run(program, args)).kind === "done";
}

async function newMacAccount(system: ServiceSystem): Promise<number | null> {
  const present = await system.run("/usr/bin/dscl", [".", "-read", `/Users/${SERVICE.macUser}`]);
  if (present.kind === "done") return null;
  const all = await system.run("/usr/bin/dscl", [".", "-list", "/Users", "UniqueID"]);
  if (all.kind === "failed") throw new ProblemError(stepFailed("dscl . -list /Users UniqueID", all.words));
  const number = freeRoleNumber(all.stdout);
  if (number === null) throw new ProblemError(noAccountNumber());
  return number;
}

async function take(system: ServiceSystem, steps: readonly ServiceStep[]): Promise<void> {
  for (const step of steps) {
    if (step.kind === "run") {
      const ran = await system.run(step.program, step.args);
      if (ran.kind === "failed" && step.mayFail !== true) {
        throw new ProblemError(stepFailed([step.program, ...step.args].join(" "), ran.words));
      }
      continue;
    }
    try {
      if (step.kind === "folder") await system.makeFolder(step.path);
      else if (step.kind === "write") await system.write(step.path, step.content);
      else await system.delete(step.path);
    } catch (error) {
      throw new ProblemError(fileProblem("service-file", "Changing", step.path, error), { cause: error });
    }
  }
}

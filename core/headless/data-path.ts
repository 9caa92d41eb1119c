import { homedir } from "node:os";
import { isAbsolute, join, resolve, win32 } from "node:path";

/** What decides where the data is. */
export interface DataPathInput {
  /** `--data`. */
  readonly option: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** `--data`, else `EFS_DATA`, else the user's application-data folder of this system. Absolute. Pure but for the current folder. */
export function dataPath({ option, environment, platform, home }: DataPathInput): string {
  const chosen = option ?? (environment["EFS_DATA"] || undefined);
  if (chosen !== undefined) return resolve(chosen);
  switch (platform) {
    case "win32":
      // Not the roaming one: mail would be copied to every computer where the user logs in.
      return join(environment["LOCALAPPDATA"] || join(home, "AppData", "Local"), "EFS Mail Gateway");
    case "darwin":
      return join(home, "Library", "Application Support", "EFS Mail Gateway");
    default: {
      // The XDG base directory specification: a relative value is to be ignored.
      const base = environment["XDG_DATA_HOME"];
      const folder = base !== undefined && isAbsolute(base) ? base : join(home, ".local", "share");
      return join(folder, "efs-mail-gateway");
    }
  }
}

/** Of the service, which is the machine's: administrators only, but for what says where it listens. */
export function machineDataPath({
  environment,
  platform,
}: Pick<DataPathInput, "environment" | "platform">): string {
  switch (platform) {
    case "win32":
      return win32.join(environment["ProgramData"] || "C:\\ProgramData", "EFS Mail Gateway");
    case "darwin":
      return "/Library/Application Support/EFS Mail Gateway";
    default:
      return "/var/lib/efs";
  }
}

export function currentDataPath(option: string | undefined): string {
  return dataPath({ option, environment: process.env, platform: process.platform, home: homedir() });
}

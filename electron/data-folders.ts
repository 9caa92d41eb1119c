/** Where this app looks for the gateway's data, and where its own window keeps what it needs. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { app } from "electron";
import { currentDataPath, machineDataPath } from "../core/headless/data-path.ts";

export interface DataFolders {
  /** In order: an owner of the first is found first; where there is none, the last is ours. */
  readonly folders: readonly string[];
  /** The user's. */
  readonly own: string;
  /** Of the window, apart from the mail. */
  readonly window: string;
}

/** What follows `--data`. Pure. */
export function dataOption(argv: readonly string[]): string | undefined {
  const place = argv.findIndex((each) => each === "--data" || each.startsWith("--data="));
  const found = argv[place];
  if (found === undefined) return undefined;
  return found === "--data" ? argv[place + 1] : found.slice("--data=".length);
}

/** Before the single-instance lock, which lies in the window's folder: one app for each data folder. */
export function chooseDataFolders(argv: readonly string[]): DataFolders {
  const chosen = dataOption(argv) ?? (process.env["EFS_DATA"] || undefined);
  const own = currentDataPath(chosen);
  const machine = machineDataPath({ environment: process.env, platform: process.platform });
  const window = takeWindowFolder(own);
  return { own, window, folders: chosen === undefined ? [machine, own] : [own] };
}

/**
 * On Windows the key of safeStorage lies in the window's folder: the command line opens what the window has sealed only
 * from there. Elsewhere the keychain has it.
 */
export function shareKeychain(argv: readonly string[]): void {
  if (process.platform !== "win32") return;
  const own = currentDataPath(dataOption(argv));
  const { env: environment, platform } = process;
  // The service has no keychain (`open-secrets.ts`).
  if (resolve(own) === resolve(machineDataPath({ environment, platform }))) return;
  try {
    takeWindowFolder(own);
  } catch {
    // What is wrong with the folder is told by the command.
  }
}

function takeWindowFolder(own: string): string {
  const window = join(own, "window");
  mkdirSync(window, { recursive: true, mode: 0o700 });
  app.setPath("userData", window);
  return window;
}

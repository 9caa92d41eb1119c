/** Where this app looks for the gateway's data, and where its own window keeps what it needs. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
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
  const place = argv.indexOf("--data");
  return place < 0 ? undefined : argv[place + 1];
}

/** Before the single-instance lock, which lies in the window's folder: one app for each data folder. */
export function chooseDataFolders(argv: readonly string[]): DataFolders {
  const chosen = dataOption(argv) ?? (process.env["EFS_DATA"] || undefined);
  const own = currentDataPath(chosen);
  const machine = machineDataPath({ environment: process.env, platform: process.platform });
  const window = join(own, "window");
  mkdirSync(window, { recursive: true, mode: 0o700 });
  app.setPath("userData", window);
  return { own, window, folders: chosen === undefined ? [machine, own] : [own] };
}

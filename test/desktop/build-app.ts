import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BUILD = fileURLToPath(new URL("../../build/build-desktop.ts", import.meta.url));

/** Where a source is newer than what was built. */
export async function buildApp(...parts: readonly ("main" | "preload")[]): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD, "--if-stale", ...parts]);
}

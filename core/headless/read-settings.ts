/**
 * Settings to look at, without lock, key file or gateway: passwords stay as they are. Rejects with ProblemError
 * `settings-invalid`, `settings-newer`, `usage-file`.
 */
import { join } from "node:path";
import { ProblemError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { parseSettings } from "../settings/parse-settings.ts";
import { invalidSettings, newerSettings } from "../settings/settings-store.ts";
import { assertNever } from "../util/assert-never.ts";
import { errorCode } from "../util/file-system.ts";
import { readSettingsFile } from "./settings-file.ts";

/** `-` is standard input. */
export async function readSettings(path: string, stdin: AsyncIterable<Buffer>): Promise<Settings> {
  const parsed = parseSettings(await readSettingsFile(path, stdin));
  switch (parsed.kind) {
    case "settings":
      return parsed.settings;
    case "newer":
      throw new ProblemError(newerSettings(path, parsed.version));
    case "invalid":
      throw new ProblemError(invalidSettings(path, parsed.problems));
    default:
      return assertNever(parsed);
  }
}

/** Those of a data folder; null: it has none yet. */
export async function readStoredSettings(
  dataDirectory: string,
  stdin: AsyncIterable<Buffer>,
): Promise<Settings | null> {
  try {
    return await readSettings(join(dataDirectory, "settings.json"), stdin);
  } catch (error) {
    if (error instanceof ProblemError && errorCode(error.cause) === "ENOENT") return null;
    throw error;
  }
}

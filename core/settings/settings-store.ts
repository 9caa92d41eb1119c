/**
 * `settings.json`.
 *
 * 1. Validated at every load. An invalid file is reported with path and reason of each problem, and a file
 *    of a newer version is refused; neither is ever overwritten.
 * 2. Saved durably (temporary file, fsync, rename, folder fsync), readable by its owner only. lowdb alone
 *    does not fsync, therefore the adapter of our own.
 * 3. No password is in the file in clear: `save` seals what is not sealed. One that a person wrote into the
 *    file by hand is sealed at the next load by the process that owns the data.
 * 4. Saves run one after another.
 */
import { readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Adapter, Low } from "lowdb";
import type { Secrets } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatSettingProblem, type SettingProblem } from "../model/setting-problems.ts";
import type { Settings } from "../model/settings.ts";
import { fileProblem } from "../util/file-problem.ts";
import { errorCode, nodeFileSystem } from "../util/file-system.ts";
import { writeDurably } from "../util/write-durably.ts";
import { parseSettings } from "./parse-settings.ts";
import { hasClearPasswords, sealPasswords } from "./passwords.ts";

export interface SettingsStore {
  readonly path: string;
  /**
   * null: there is no file yet. Rejects with ProblemError `settings-invalid`, `settings-newer` or
   * `settings-unreadable`. `readOnly` leaves the file alone even when it holds a password in clear.
   */
  load(options?: { readonly readOnly?: boolean }): Promise<Settings | null>;
  /** Gives back what is in the file now: the same with sealed passwords. Rejects with ProblemError. */
  save(settings: Settings): Promise<Settings>;
  /**
   * Moves a file that cannot be read as settings aside, for an import that replaces it. Gives its new name,
   * or null when the file is fine or absent. A newer version is refused here too.
   */
  moveInvalidAside(now: number): Promise<string | null>;
}

export function createSettingsStore(dataDirectory: string, secrets: Secrets): SettingsStore {
  const path = join(dataDirectory, "settings.json");
  let saving: Promise<unknown> = Promise.resolve();

  async function load({ readOnly = false } = {}): Promise<Settings | null> {
    const database = new Low<Settings | null>(adapter(path), null);
    await database.read();
    const found = database.data;
    if (found === null || !hasClearPasswords(found)) return found;
    return readOnly ? sealPasswords(found, secrets) : save(found);
  }

  function save(settings: Settings): Promise<Settings> {
    const saved = saving.then(async () => {
      const database = new Low<Settings | null>(adapter(path), null);
      const sealed = sealPasswords(settings, secrets);
      database.data = sealed;
      await database.write();
      return sealed;
    });
    saving = saved.catch(() => undefined);
    return saved;
  }

  async function moveInvalidAside(now: number): Promise<string | null> {
    try {
      await load({ readOnly: true });
      return null;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== "settings-invalid") throw error;
    }
    const aside = `${path}.invalid-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}`;
    try {
      await rename(path, aside);
      await nodeFileSystem.syncFolder(dirname(path));
    } catch (error) {
      throw new ProblemError(fileProblem("settings-unwritable", "Renaming", path, error), { cause: error });
    }
    return aside;
  }

  return { path, load, save, moveInvalidAside };
}

function adapter(path: string): Adapter<Settings | null> {
  return {
    async read() {
      const content = await readIfPresent(path);
      if (content === null) return null;
      const parsed = parseSettings(content);
      switch (parsed.kind) {
        case "settings":
          return parsed.settings;
        case "newer":
          throw new ProblemError(newerSettings(path, parsed.version));
        case "invalid":
          throw new ProblemError(invalidSettings(path, parsed.problems));
      }
    },
    async write(settings) {
      try {
        await writeDurably(path, `${JSON.stringify(settings, null, 2)}\n`, 0o600);
      } catch (error) {
        throw new ProblemError(fileProblem("settings-unwritable", "Writing", path, error), { cause: error });
      }
    },
  };
}

async function readIfPresent(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw new ProblemError(fileProblem("settings-unreadable", "Reading the settings file", path, error), {
      cause: error,
    });
  }
}

/** Several problems in one sentence; the first 20 of them. */
export function invalidSettings(path: string, problems: readonly SettingProblem[]): Problem {
  const shown = problems
    .slice(0, 20)
    .map((problem) => (problem.path === "" ? problem.message : formatSettingProblem(problem)))
    .join("; ");
  const more = problems.length > 20 ? `; and ${problems.length - 20} more` : "";
  return {
    code: "settings-invalid",
    what: `The settings file ${escapeUnprintable(path)} is not valid: ${escapeUnprintable(shown)}${more}.`,
    cure: "Correct the file, or import good settings with: efs import FILE.",
  };
}

export function newerSettings(path: string, version: number): Problem {
  return {
    code: "settings-newer",
    what: `The settings file ${escapeUnprintable(path)} was written by a newer program (version ${version} of the file).`,
    cure: "Install the newer program again; nothing was changed.",
  };
}

export function missingSettings(dataDirectory: string): Problem {
  return {
    code: "settings-missing",
    what: `There are no settings in ${escapeUnprintable(dataDirectory)} yet.`,
    cure: "Import some with: efs import FILE.",
  };
}

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
 * 5. A file that is provably damaged (`last-good`) is put aside and named by the process that owns the data, and the
 *    last good settings are in force.
 */
import { readFile, rename, stat } from "node:fs/promises";
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
import { type GoodSettings, goodInsteadOf, keepAsGood, restoredSettings } from "./last-good.ts";
import { parseSettings } from "./parse-settings.ts";
import { hasClearPasswords, sealPasswords } from "./passwords.ts";

export interface LoadOptions {
  readonly readOnly?: boolean;
  readonly restored?: (problem: Problem) => void;
}

export interface SettingsStore {
  readonly path: string;
  /**
   * null: there is no file yet. Rejects with ProblemError `settings-invalid`, `settings-newer` or
   * `settings-unreadable`. `readOnly` leaves the file alone even when it holds a password in clear, or is damaged.
   * `restored`: a damaged one was replaced.
   */
  load(options?: LoadOptions): Promise<Settings | null>;
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

  async function load({ readOnly = false, restored }: LoadOptions = {}): Promise<Settings | null> {
    const found = await read().catch(async (error: unknown) => {
      const good = isInvalid(error) ? await goodInsteadOf(path) : null;
      if (good === null) throw error;
      if (!readOnly) await restore(good, restored);
      return good.settings;
    });
    if (found !== null && hasClearPasswords(found)) {
      return readOnly ? sealPasswords(found, secrets) : save(found);
    }
    if (found !== null && !readOnly) await keepAsGood(path);
    return found;
  }

  async function read(): Promise<Settings | null> {
    const database = new Low<Settings | null>(adapter(path), null);
    await database.read();
    return database.data;
  }

  /** The damaged one is copied, not moved: at no moment there are no settings. */
  async function restore({ content }: GoodSettings, restored: LoadOptions["restored"]): Promise<void> {
    try {
      const aside = asideName("damaged", (await stat(path)).mtimeMs);
      await writeDurably(aside, await readFile(path), 0o600);
      await writeDurably(path, content, 0o600);
      restored?.(restoredSettings(path, aside));
    } catch (error) {
      throw new ProblemError(fileProblem("settings-unwritable", "Writing", path, error), { cause: error });
    }
  }

  function asideName(why: "invalid" | "damaged", at: number): string {
    return `${path}.${why}-${new Date(at).toISOString().replace(/[-:]|\.\d+/g, "")}`;
  }

  function save(settings: Settings): Promise<Settings> {
    const saved = saving.then(async () => {
      const database = new Low<Settings | null>(adapter(path), null);
      const sealed = sealPasswords(settings, secrets);
      database.data = sealed;
      await database.write();
      await keepAsGood(path);
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
      if (!isInvalid(error)) throw error;
    }
    const aside = asideName("invalid", now);
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

function isInvalid(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === "settings-invalid";
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

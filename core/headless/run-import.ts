/**
 * `efs import FILE`: settings from JSON. Either all of it is taken or nothing is changed.
 *
 * 1. Problems are told one a line, each with its path; exit 2.
 * 2. A gateway that runs is asked to take the settings; else this process takes the lock for as long as it
 *    writes.
 * 3. A stored file that is not valid is kept under another name, never overwritten; one of a newer version
 *    is left alone and nothing is imported.
 */
import { invalidImport } from "../api/settings-commands.ts";
import { ProblemError } from "../model/problem.ts";
import { formatSettingProblem, type SettingProblem } from "../model/setting-problems.ts";
import { importSettings, newerVersion } from "../settings/import-settings.ts";
import { parseSettings } from "../settings/parse-settings.ts";
import { createSettingsStore } from "../settings/settings-store.ts";
import { openDataDirectory } from "../spool/data-directory.ts";
import { nodeFileSystem } from "../util/file-system.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { readSettingsFile } from "./settings-file.ts";
import { wireValue } from "./wire-value.ts";
import { askOwnerOr } from "./with-gateway.ts";

type Imported =
  | { readonly accounts: number; readonly aside: string | null }
  | { readonly problems: readonly SettingProblem[] };

export async function runImport(context: CommandContext, file: string): Promise<ExitCode> {
  const { output, json } = context;
  const content = await readSettingsFile(file, context.stdin);
  const parsed = parseSettings(content);
  // What cannot be taken over leaves no trace: not even an empty data folder.
  const imported: Imported =
    parsed.kind === "invalid"
      ? { problems: parsed.problems }
      : parsed.kind === "newer"
        ? { problems: [newerVersion(parsed.version)] }
        : await takeOver(context, content);
  if ("problems" in imported) {
    if (json) output.json({ error: invalidImport(imported.problems), problems: imported.problems });
    else for (const problem of imported.problems) output.note(formatSettingProblem(problem));
    const source = file === "-" ? "The settings given" : `The settings in ${file}`;
    output.note(`efs: ${source} are not valid; nothing was imported. Correct them and import them again.`);
    return exitCode.settings;
  }
  const { accounts, aside } = imported;
  if (json) output.json({ ok: imported });
  else output.line(`Imported: ${accounts} ${accounts === 1 ? "account" : "accounts"}.`);
  if (aside !== null && !json) output.note(`The file that was there was not valid; it is kept as ${aside}.`);
  return exitCode.done;
}

function takeOver(context: CommandContext, content: Buffer): Promise<Imported> {
  const { dataDirectory } = context;
  return askOwnerOr<Imported>(
    context,
    async ({ call }) => {
      const { accounts } = wireValue(await call("import-settings", { text: content.toString("utf8") }));
      return { accounts, aside: null };
    },
    async () => {
      const lock = await openDataDirectory(dataDirectory, nodeFileSystem);
      return async () => {
        try {
          return await importHere(context, content);
        } finally {
          lock.release();
        }
      };
    },
  );
}

async function importHere(context: CommandContext, content: Buffer): Promise<Imported> {
  const { dataDirectory, clock } = context;
  const secrets = context.openSecrets(dataDirectory);
  const store = createSettingsStore(dataDirectory, secrets);
  const stored = await store.load({ readOnly: true }).catch((error: unknown) => {
    if (error instanceof ProblemError && error.problem.code === "settings-invalid") return null;
    throw error;
  });
  const result = importSettings(content, secrets, stored);
  if (result.kind === "invalid") return { problems: result.problems };
  const aside = await store.moveInvalidAside(clock.now());
  await store.save(result.settings);
  return { accounts: result.settings.accounts.length, aside };
}

/**
 * `efs export`: the settings as JSON on stdout. The file is replaced in one piece when it changes, so that it
 * can be read whoever owns the data.
 */
import { ProblemError } from "../model/problem.ts";
import { exportSettings } from "../settings/export-settings.ts";
import { createSettingsStore, missingSettings } from "../settings/settings-store.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";

export async function runExport(
  context: CommandContext,
  options: { withSecrets?: boolean },
): Promise<ExitCode> {
  const { output, dataDirectory } = context;
  const secrets = context.openSecrets(dataDirectory);
  const settings = await createSettingsStore(dataDirectory, secrets).load({ readOnly: true });
  if (settings === null) throw new ProblemError(missingSettings(dataDirectory));
  const exported = exportSettings(settings, options.withSecrets === true ? secrets : null);
  output.document(exported.settings);
  for (const path of exported.unopened) {
    output.note(`efs: ${path}: this password cannot be opened here. It is left out; enter it again.`);
  }
  return exported.unopened.length === 0 ? exitCode.done : exitCode.failed;
}

/** An office's data folder for tests that run `efs` as a process: settings for the embedded servers, and the process. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import { settingsSchema } from "../../core/model/settings.ts";
import { createSettingsStore } from "../../core/settings/settings-store.ts";
import { type Finished, type Running, type StartOptions, startProcess } from "./run-efs-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface OfficePorts {
  readonly pop3: number;
  readonly smtp: number;
}

/** The settings as a person would write them; `changes` replace whole top-level keys. */
export function officeSettings(
  ports: OfficePorts,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    accounts: [accountFor(ports.pop3)],
    domains: { primary: "office.test" },
    smtp: { host: "127.0.0.1", port: ports.smtp },
    postmaster: { address: "postmaster@office.test" },
    ...changes,
  };
}

/** The account `main` as the embedded POP3 server knows it. */
export function accountFor(
  port: number,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    id: "main",
    host: "127.0.0.1",
    port,
    username: "catchall",
    password: "secret",
    firstUse: "all",
    ...changes,
  };
}

/** A new data folder with these settings in it. */
export async function officeFolder(input: Readonly<Record<string, unknown>>): Promise<string> {
  const data = join(await temporaryFolder(), "data");
  await saveOfficeSettings(data, input);
  return data;
}

export async function saveOfficeSettings(
  data: string,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  await createSettingsStore(data, openKeyFileSecrets(data)).save(settingsSchema.parse(input));
}

/** The real program as a process of its own. */
export function startEfs(args: readonly string[], options: Partial<StartOptions> = {}): Running {
  return startProcess(args, { script: "core/headless/efs.ts", ...options });
}

export function efs(args: readonly string[], options: Partial<StartOptions> = {}): Promise<Finished> {
  return startEfs(args, options).finished;
}

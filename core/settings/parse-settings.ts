/**
 * Text to settings. Pure.
 *
 * 1. At most 8 MiB; UTF-8 with or without byte order mark.
 * 2. A JSON fault has its line and column; a schema problem its path and a sentence. All problems at once.
 * 3. A newer `version` is refused before anything else is looked at.
 */

import { type SettingProblem, settingProblems } from "../model/setting-problems.ts";
import { type Settings, settingsSchema } from "../model/settings.ts";
import { readJson } from "./json-text.ts";

export const SETTINGS_VERSION = 1;
export const SETTINGS_BYTES = 8 * 1_048_576;

export type ParsedSettings =
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "invalid"; readonly problems: readonly SettingProblem[] };

export function parseSettings(content: string | Buffer): ParsedSettings {
  if (content.length > SETTINGS_BYTES) {
    return invalid(`the file is larger than ${SETTINGS_BYTES / 1_048_576} MB, which no settings are`);
  }
  const text = typeof content === "string" ? content : decode(content);
  if (text === null) return invalid("the text is not UTF-8; save the file with this encoding");
  const json = readJson(text);
  if (json.kind === "fault") {
    const { line, column, message } = json.fault;
    return invalid(`not valid JSON in line ${line}, column ${column}: ${message}`);
  }
  const version = versionOf(json.value);
  if (version !== null && version > SETTINGS_VERSION) return { kind: "newer", version };
  // Read once or twice in a process: making code for it (what zod does otherwise) takes longer than reading.
  const parsed = settingsSchema.safeParse(json.value, { reportInput: true, jitless: true });
  if (!parsed.success) return { kind: "invalid", problems: settingProblems(parsed.error.issues) };
  return { kind: "settings", settings: parsed.data };
}

function invalid(message: string): ParsedSettings {
  return { kind: "invalid", problems: [{ path: "", message }] };
}

function decode(content: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return null;
  }
}

function versionOf(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("version" in value)) return null;
  return typeof value.version === "number" ? value.version : null;
}

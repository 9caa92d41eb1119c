/** Which settings somebody has edited. */
import { createHash } from "node:crypto";
import type { Settings } from "../model/settings.ts";

/**
 * The same for the same settings, whatever the order of their keys; another one also where only a password was changed.
 * It may be shown to anybody: of the passwords it knows the sealed form alone.
 */
export function settingsRevision(settings: Settings): string {
  return createHash("sha256").update(canonical(settings)).digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}

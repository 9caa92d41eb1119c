/** What an import would change, said before it is done; the gateway checks again. Pure. */
import { type SettingProblem, settingProblems } from "../../../core/model/setting-problems.ts";
import { type Settings, settingsSchema } from "../../../core/model/settings.ts";

export type ImportSummary =
  | { readonly kind: "empty" }
  /** `message`: the reader's own words. */
  | { readonly kind: "no-json"; readonly message: string }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "invalid"; readonly problems: readonly SettingProblem[] }
  | { readonly kind: "same" }
  | {
      readonly kind: "changes";
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
      /** Other sections of the settings that become different. */
      readonly sections: readonly Section[];
    };

export type Section = Exclude<keyof Settings, "version" | "accounts">;

export function summariseImport(text: string, current: Settings): ImportSummary {
  const json = text.replace(/^\uFEFF/, "");
  if (json.trim() === "") return { kind: "empty" };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { kind: "no-json", message: error instanceof Error ? error.message : String(error) };
  }
  const version = versionOf(value);
  if (version > current.version) return { kind: "newer", version };
  const parsed = settingsSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) return { kind: "invalid", problems: settingProblems(parsed.error.issues) };
  return differences(current, parsed.data);
}

function differences(current: Settings, next: Settings): ImportSummary {
  const before = new Map(current.accounts.map((account) => [account.id, account]));
  const after = new Map(next.accounts.map((account) => [account.id, account]));
  const added = [...after.keys()].filter((id) => !before.has(id));
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const changed = [...after].flatMap(([id, account]) =>
    before.has(id) && !equal(before.get(id), account) ? [id] : [],
  );
  const sections = (Object.keys(next) as (keyof Settings)[]).filter(
    (section): section is Section =>
      section !== "version" && section !== "accounts" && !equal(current[section], next[section]),
  );
  if (added.length + removed.length + changed.length + sections.length === 0) return { kind: "same" };
  return { kind: "changes", added, removed, changed, sections };
}

function versionOf(value: unknown): number {
  const version = typeof value === "object" && value !== null && "version" in value ? value.version : null;
  return typeof version === "number" ? version : 0;
}

/** Whatever the order of the keys. */
function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

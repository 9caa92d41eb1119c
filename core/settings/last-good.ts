/**
 * The last settings that were good, in `settings.last-good.json` beside the file itself, so that a damaged disk does
 * not stop the mail.
 *
 * 1. Used only when `settings.json` is provably what is left of that copy: every octet that is there is the copy's or
 *    zero, as after a power cut or from a bad block. Anything else may be a person's work and stays as it is.
 * 2. Written behind every save, and by the process that owns the data where it differs; with sealed passwords, for the
 *    owner alone. That it cannot be written is no trouble: the settings themselves are there.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { writeDurably } from "../util/write-durably.ts";
import { parseSettings } from "./parse-settings.ts";

export interface GoodSettings {
  readonly content: Buffer;
  readonly settings: Settings;
}

export function lastGoodPath(path: string): string {
  return path.replace(/\.json$/, ".last-good.json");
}

/** Whether `found` is what is left of `good`. */
export function isLeftOf(found: Buffer, good: Buffer): boolean {
  return (
    found.length <= good.length &&
    !found.equals(good) &&
    found.every((octet, index) => octet === 0 || octet === good[index])
  );
}

/** The copy, when the file is provably what is left of it; null: it is not, or there is none. */
export async function goodInsteadOf(path: string): Promise<GoodSettings | null> {
  try {
    const content = await readFile(lastGoodPath(path));
    const parsed = parseSettings(content);
    if (parsed.kind !== "settings" || !isLeftOf(await readFile(path), content)) return null;
    return { content, settings: parsed.settings };
  } catch {
    return null;
  }
}

/** Never rejects. */
export async function keepAsGood(path: string): Promise<void> {
  try {
    const content = await readFile(path);
    const before = await readFile(lastGoodPath(path)).catch(() => null);
    if (before?.equals(content) !== true) await writeDurably(lastGoodPath(path), content, 0o600);
  } catch {
    // The next save tries again.
  }
}

export function restoredSettings(path: string, asideAs: string): Problem {
  return {
    code: "settings-restored",
    what: `${escapeUnprintable(path)} was damaged; it is kept as ${basename(asideAs)}, and the last good settings were put in its place.`,
    cure: "Mail goes on. Look whether the settings are as you want them, and check the disk.",
  };
}

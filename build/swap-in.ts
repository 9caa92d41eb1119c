/**
 * Builds beside and swaps in: whoever reads the folder meanwhile sees the old content or the new one, and two builds
 * at once do not mix.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** `make` fills the folder it is given; that then takes the place of `target`. */
export async function buildBeside(target: string, make: (folder: string) => Promise<void>): Promise<void> {
  const beside = `${target}.${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  try {
    await make(beside);
    swapIn(beside, target);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function swapIn(beside: string, target: string): void {
  const old = `${beside}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(beside, target);
  rmSync(old, { recursive: true, force: true });
}

/** Something among the sources (files or folders) is newer than what was built, or nothing was built. */
export function isStale(built: string, sources: readonly string[]): boolean {
  if (!existsSync(built)) return true;
  const at = statSync(built).mtimeMs;
  return sources.some((source) => newest(source) > at);
}

function newest(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(facts.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

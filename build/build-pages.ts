/**
 * Builds the pages into `out/renderer`.
 *
 *     node build/build-pages.ts              always
 *     node build/build-pages.ts --if-stale   only when a source is newer than what was built
 *
 * Built beside and swapped in: whoever serves the folder meanwhile sees the old pages or the new ones, and two builds
 * at once do not mix.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "out", "renderer");
const SOURCES = [
  "renderer",
  "core/model",
  "core/api/contract.ts",
  "build/vite.config.ts",
  "package-lock.json",
];

if (!process.argv.includes("--if-stale") || isStale()) {
  const beside = `${target}.${process.pid}`;
  mkdirSync(join(root, "out"), { recursive: true });
  try {
    await build({
      configFile: join(root, "build", "vite.config.ts"),
      logLevel: "warn",
      build: { outDir: beside },
    });
    swapIn(beside);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function swapIn(beside: string): void {
  const old = `${beside}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(beside, target);
  rmSync(old, { recursive: true, force: true });
}

function isStale(): boolean {
  const built = join(target, "index.html");
  if (!existsSync(built)) return true;
  const at = statSync(built).mtimeMs;
  return SOURCES.some((source) => newest(join(root, source)) > at);
}

function newest(path: string): number {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(facts.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

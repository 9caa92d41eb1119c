/**
 * Builds the pages into `out/renderer`.
 *
 *     node build/build-pages.ts              always
 *     node build/build-pages.ts --if-stale   only when a source is newer than what was built
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { buildBeside, isStale } from "./swap-in.ts";

// Whoever builds from within a test would else get the pages of a developer, with this computer's paths in them.
process.env["NODE_ENV"] = "production";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "out", "renderer");
const sources = [
  "renderer",
  "core/model",
  "core/api/contract.ts",
  "build/vite.config.ts",
  "package-lock.json",
].map((path) => join(root, path));

if (!process.argv.includes("--if-stale") || isStale(join(target, "index.html"), sources)) {
  await buildBeside(target, async (outDir) => {
    await build({
      configFile: join(root, "build", "vite.config.ts"),
      logLevel: "warn",
      build: { outDir },
    });
  });
}

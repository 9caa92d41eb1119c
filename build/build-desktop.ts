/**
 * Bundles the desktop app and the command `efs` into `out/main`, `out/preload` and `out/cli`.
 *
 *     node build/build-desktop.ts                    all of them
 *     node build/build-desktop.ts cli                only these
 *     node build/build-desktop.ts --if-stale ...     only where a source is newer than what was built
 *
 * Exit 1, with a sentence, for each that could not be built; the others are built all the same.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundles, makeBundle } from "./bundle.ts";
import { buildBeside, isStale } from "./swap-in.ts";

// As in build-pages.ts: what is built does not depend on who asks for it.
process.env["NODE_ENV"] = "production";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = ["core", "electron", "build/bundle.ts", "package-lock.json"].map((path) => join(root, path));

const { values, positionals } = parseArgs({
  options: { "if-stale": { type: "boolean" } },
  allowPositionals: true,
});

for (const bundle of bundles) {
  const target = join(root, "out", bundle.name);
  if (positionals.length > 0 && !positionals.includes(bundle.name)) continue;
  if (values["if-stale"] && !isStale(join(target, bundle.file), sources)) continue;
  try {
    await buildBeside(target, (folder) => makeBundle(root, bundle, folder));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

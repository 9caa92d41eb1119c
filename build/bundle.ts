/** Bundles what runs under Node and Electron; the pages are `vite.config.ts`'s affair. */
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, parse } from "node:path";
import { build, type Rolldown } from "vite";
import { packageName } from "./find-imports.ts";
import { plainHttp } from "./plain-http.ts";

export interface Bundle {
  readonly name: "main" | "preload" | "cli";
  /** From the project's root. */
  readonly entry: string;
  /** Likewise: modules that run in threads of its own, by their names beside it. */
  readonly threads: Readonly<Record<string, string>>;
  /** Below `out/<name>`. */
  readonly file: string;
  readonly format: "es" | "cjs";
  /** Packages that are not bundled but loaded from node_modules when it runs. */
  readonly external: (dependencies: readonly string[]) => readonly string[];
  /** Node's own modules are there. */
  readonly builtins: boolean;
}

const THREADS = { "intake-thread": "core/gateway/intake-thread-entry.ts" };

export const bundles: readonly Bundle[] = [
  {
    name: "main",
    entry: "electron/main.ts",
    threads: THREADS,
    file: "main.js",
    format: "es",
    external: (dependencies) => ["electron", ...dependencies],
    builtins: true,
  },
  {
    // A sandboxed preload script can load `electron` and nothing else, and is no module.
    name: "preload",
    entry: "electron/preload.ts",
    threads: {},
    file: "preload.cjs",
    format: "cjs",
    external: () => ["electron"],
    builtins: false,
  },
  {
    // Everything in it: it starts in a third of the time that the sources take, and needs no node_modules.
    name: "cli",
    entry: "core/headless/efs.ts",
    threads: THREADS,
    file: "efs.js",
    format: "es",
    external: () => [],
    builtins: true,
  },
];

/**
 * Throws with a sentence for a person when the entry is not there, or when something would have to be loaded at run
 * time that cannot be.
 *
 * Chunks lie beside the entry: the program finds `package.json` and `out/renderer` by the same way up as in the sources.
 */
export async function makeBundle(root: string, bundle: Bundle, folder: string): Promise<void> {
  const entries = { [parse(bundle.file).name]: bundle.entry, ...bundle.threads };
  for (const entry of Object.values(entries)) {
    if (existsSync(join(root, entry))) continue;
    throw new Error(`${entry} is not there, so that out/${bundle.name} cannot be built.`);
  }
  const external = bundle.external(Object.keys(readPackage(root).dependencies));
  const result = (await build({
    configFile: false,
    root,
    logLevel: "warn",
    publicDir: false,
    plugins: bundle.builtins ? [plainHttp()] : [],
    ssr: { noExternal: true, external: [...external] },
    build: {
      ssr: true,
      target: "node24",
      outDir: folder,
      emptyOutDir: true,
      // Faults are logged with places in it, which somebody reads.
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, join(root, entry)])),
        output: {
          format: bundle.format,
          entryFileNames: `[name]${parse(bundle.file).ext}`,
          chunkFileNames: "[name]-[hash].js",
          codeSplitting: bundle.format === "es",
        },
      },
    },
  })) as Rolldown.RolldownOutput;
  const strange = loaded(result).filter(
    (name) => !external.includes(packageName(name)) && !(bundle.builtins && isBuiltin(name)),
  );
  if (strange.length > 0)
    throw new Error(`out/${bundle.name} cannot load ${strange.join(", ")} when it runs.`);
}

/** What the bundle imports from outside itself. */
function loaded({ output }: Rolldown.RolldownOutput): string[] {
  const chunks = output.filter((each) => each.type === "chunk");
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const names = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  return [...new Set(names)].filter((name) => !own.has(name)).sort();
}

function readPackage(root: string): { readonly dependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

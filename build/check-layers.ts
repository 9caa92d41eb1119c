/**
 * Checks that every import keeps to the layers of `layer-rules.ts`, and that every package of package.json has its
 * place there. Prints `file:line: what it imports` with the rule it breaks.
 *
 *     node build/check-layers.ts [folder]      exit 1 when something is found
 */
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findImports, packageName } from "./find-imports.ts";
import type { LayerRule, LayerRules } from "./layer-rules.ts";
import { layerRules } from "./layer-rules.ts";

export interface LayerViolation {
  /** Below the project, with `/`. */
  readonly file: string;
  readonly line: number;
  /** What was imported. */
  readonly imported: string;
  readonly rule: string;
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const PASSED_OVER = new Set(["node_modules", ".git", "out", "dist", "coverage", "test-results"]);

export function checkLayers(root: string, rules: LayerRules = layerRules): LayerViolation[] {
  const violations: LayerViolation[] = checkPackages(root, rules);
  for (const file of sources(root)) {
    const layer = layerOf(file, rules);
    if (layer === null) {
      violations.push({
        file,
        line: 1,
        imported: "-",
        rule: "every source folder needs its rule in build/layer-rules.ts",
      });
      continue;
    }
    for (const { specifier, line } of findImports(file, readFileSync(join(root, file), "utf8"))) {
      const rule = broken(file, layer, specifier, rules);
      if (rule !== null) violations.push({ file, line, imported: specifier ?? "a computed name", rule });
    }
  }
  return violations;
}

export function formatViolation({ file, line, imported, rule }: LayerViolation): string {
  return `${file}:${line}: imports ${imported}\n    ${rule}`;
}

function broken(file: string, layer: LayerRule, specifier: string | null, rules: LayerRules): string | null {
  // Tests load things by computed names where they have to.
  if (specifier === null) return layer.place === "test" ? null : "an import has to name what it imports";
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(file), specifier);
    if (target.startsWith("..") || target.includes("node_modules/"))
      return "an import stays inside the project";
    return [layer.place, ...layer.imports].some((place) => isIn(target, place)) ? null : layer.rule;
  }
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith("node:")) return "Node's own modules are imported as node:...";
    return layer.builtins ? null : layer.rule;
  }
  if (specifier.startsWith("/") || specifier.includes(":")) return "an import stays inside the project";
  const name = packageName(specifier);
  const places = rules.packages[name];
  if (places === undefined) return `the package ${name} needs its place in build/layer-rules.ts`;
  if (places.some((place) => isIn(file, place))) return null;
  // Tests may look at what the product uses.
  if (layer.place === "test" && places.length > 0 && name !== "electron") return null;
  return places.length === 0
    ? `${name} is a tool, nothing imports it`
    : `only ${places.join(", ")} may import ${name}`;
}

function checkPackages(root: string, rules: LayerRules): LayerViolation[] {
  const text = readFileSync(join(root, "package.json"), "utf8");
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<
    string,
    Record<string, string>
  >;
  const listed = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  return listed
    .filter((name) => rules.packages[name] === undefined && !name.startsWith("@types/"))
    .map((name) => ({
      file: "package.json",
      line: text.slice(0, text.indexOf(`"${name}":`)).split("\n").length,
      imported: name,
      rule: "every package needs its place in build/layer-rules.ts",
    }));
}

function layerOf(file: string, rules: LayerRules): LayerRule | null {
  const fitting = rules.layers.filter(({ place }) => isIn(file, place));
  return fitting.reduce<LayerRule | null>(
    (best, each) => (best !== null && best.place.length >= each.place.length ? best : each),
    null,
  );
}

/** `core/gateway` holds core/gateway/x.ts, not core/gateway.ts. */
function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

function* sources(root: string, folder = root): Iterable<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const file = relative(root, path).split(sep).join("/");
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name) && !entry.name.startsWith(".") && !isFixture(file))
        yield* sources(root, path);
    } else if (SOURCE.test(entry.name)) {
      yield file;
    }
  }
}

function isFixture(file: string): boolean {
  return file.startsWith("test/") && file.endsWith("/fixtures");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const violations = checkLayers(root);
  for (const violation of violations) console.log(formatViolation(violation));
  console.log(
    violations.length === 0 ? "The layers are kept." : `${violations.length} imports break the layers.`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}

/** All that a source file imports, types included, with the line of each. */
import { parseSync } from "vite";

export interface FoundImport {
  /** Null: an import() or require() whose argument is not a plain text. */
  readonly specifier: string | null;
  /** From 1. */
  readonly line: number;
}

export function findImports(file: string, source: string): FoundImport[] {
  const { module, program, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const found: { start: number; specifier: string | null }[] = [];
  for (const { moduleRequest } of module.staticImports) {
    found.push({ start: moduleRequest.start, specifier: moduleRequest.value });
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) {
      if (moduleRequest) found.push({ start: moduleRequest.start, specifier: moduleRequest.value });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    found.push({
      start: moduleRequest.start,
      specifier: plainText(source.slice(moduleRequest.start, moduleRequest.end)),
    });
  }
  walk(program, (node) => {
    if (node["type"] === "TSImportType") addArgument(found, node["source"] ?? node["argument"]);
    if (node["type"] !== "CallExpression") return;
    const callee = node["callee"] as SyntaxNode;
    const [argument] = node["arguments"] as SyntaxNode[];
    if (callee["type"] === "Identifier" && callee["name"] === "require" && argument)
      addArgument(found, argument);
  });
  const unique = new Map(found.map((each) => [`${each.start}`, each]));
  return [...unique.values()]
    .sort((a, b) => a.start - b.start)
    .map(({ start, specifier }) => ({ specifier, line: source.slice(0, start).split("\n").length }));
}

type SyntaxNode = Readonly<Record<string, unknown>>;

function addArgument(found: { start: number; specifier: string | null }[], argument: unknown): void {
  const node = (
    isNode(argument) && isNode(argument["literal"]) ? argument["literal"] : argument
  ) as SyntaxNode;
  found.push({
    start: Number(node["start"]),
    specifier: typeof node["value"] === "string" ? node["value"] : null,
  });
}

function plainText(source: string): string | null {
  return /^(["'`])([^"'`$\\]*)\1$/.exec(source)?.[2] ?? null;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null;
}

function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const each of value) walk(each, visit);
  else if (isNode(value)) {
    if (typeof value["type"] === "string") visit(value);
    for (const each of Object.values(value)) walk(each, visit);
  }
}

/** Of an import that is no path. */
export function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

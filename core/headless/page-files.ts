/**
 * Which file of the built pages answers a path. Nothing outside of their folder, whatever the path says: names are of
 * letters, digits, `_`, `-` and dots within, and no link is followed.
 */
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type PageFile =
  /** Any page of the program: it finds out by itself which. */
  | { readonly kind: "index" }
  /** `name`: below the folder, with `/`. Its name changes with its content: it can be kept for ever. */
  | { readonly kind: "file"; readonly name: string; readonly immutable: boolean }
  | { readonly kind: "none" };

const NAME = /^[\w-]+(?:\.[\w-]+)*$/;

/** In a checkout and in an installed program (there within app.asar) alike. */
export const builtPages: string = fileURLToPath(new URL("../../out/renderer", import.meta.url));

/** `path`: decoded, with its leading slash. Pure. */
export function wantedFile(path: string): PageFile {
  const isFolder = path.endsWith("/");
  const names = path === "/" ? [] : path.slice(1, isFolder ? -1 : undefined).split("/");
  if (!names.every((name) => NAME.test(name))) return { kind: "none" };
  if (!names.at(-1)?.includes(".") || path === "/index.html") return { kind: "index" };
  if (isFolder) return { kind: "none" };
  return { kind: "file", name: names.join("/"), immutable: names[0] === "assets" };
}

/** The folder that the file really is in, below its own name; null: there is no such file, or a link leads to it. */
export async function locateFile(folder: string, name: string): Promise<string | null> {
  try {
    const root = await realpath(folder);
    const path = join(root, ...name.split("/"));
    const real = (await realpath(path)) === path && (await stat(path)).isFile();
    return real ? root : null;
  } catch {
    return null;
  }
}

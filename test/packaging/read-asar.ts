/** Reads app.asar: a length-prefixed JSON of all files, then their content one after another. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Node {
  readonly files?: Readonly<Record<string, Node>>;
  readonly size?: number;
  readonly offset?: string;
}

/** Path, with `/`, to content. */
export function readAsar(archive: Buffer): ReadonlyMap<string, Buffer> {
  // Chromium's pickle: its own size, the header's size twice (with and without padding), then the text's.
  const headerSize = archive.readUInt32LE(4);
  const text = archive.toString("utf8", 16, 16 + archive.readUInt32LE(12));
  const files = new Map<string, Buffer>();
  const walk = (node: Node, path: string): void => {
    for (const [name, each] of Object.entries(node.files ?? {})) {
      const at = path === "" ? name : `${path}/${name}`;
      if (each.files !== undefined) walk(each, at);
      else {
        const start = 8 + headerSize + Number(each.offset);
        files.set(at, archive.subarray(start, start + (each.size ?? 0)));
      }
    }
  };
  walk(JSON.parse(text) as Node, "");
  return files;
}

export async function extract(files: ReadonlyMap<string, Buffer>, folder: string): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

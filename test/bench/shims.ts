/** Small libraries that take the 40 ms stall from the peers; they are compiled where there is a C compiler. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Shims {
  /** Paths of the libraries. */
  readonly quickAck: string;
  readonly noDelay: string;
}

/** A text: why there are none. */
export function buildShims(folder: string): Shims | string {
  if (process.platform !== "linux") return "the stall and its cure are Linux's";
  if (!existsSync("/usr/bin/cc")) return "no C compiler here";
  const paths: string[] = [];
  for (const name of ["quick-ack", "no-delay"]) {
    const source = fileURLToPath(new URL(`shims/${name}.c`, import.meta.url));
    const library = join(folder, `${name}.so`);
    const { status, stderr } = spawnSync(
      "/usr/bin/cc",
      ["-shared", "-fPIC", "-O2", "-Wall", "-o", library, source, "-ldl"],
      { encoding: "utf8" },
    );
    if (status !== 0) return `${name}.c could not be compiled: ${stderr.trim().split("\n")[0] ?? ""}`;
    paths.push(library);
  }
  const [quickAck = "", noDelay = ""] = paths;
  return { quickAck, noDelay };
}

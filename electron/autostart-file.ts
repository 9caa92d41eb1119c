/** Start at login on Linux: a file in the autostart folder, by the Desktop Entry Specification. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface LoginItem {
  /** null: cannot be set here. */
  current(): boolean | null;
  set(starts: boolean): void;
}

export function autostartFile(path: string, program: string, argument: string): LoginItem {
  return {
    current: () => existsSync(path),
    set(starts) {
      if (!starts) return rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, entry(program, argument));
    },
  };
}

/** Within quotes `"`, `` ` ``, `$` and `\` are escaped, and once more for a value of the file; `%` is doubled. Pure. */
function entry(program: string, argument: string): string {
  const quoted = `"${program.replace(/(["`$\\])/g, "\\$1")}"`.replaceAll("\\", "\\\\").replaceAll("%", "%%");
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=EFS Mail Gateway",
    `Exec=${quoted} ${argument}`,
    "Terminal=false",
    "",
  ].join("\n");
}

/** Start at login, hidden. Windows and macOS keep it themselves; on Linux it is a file in the autostart folder. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { app } from "electron";

export const HIDDEN = "--hidden";

export interface LoginItem {
  /** null: cannot be set here (the program runs from its sources). */
  current(): boolean | null;
  set(starts: boolean): void;
}

export function loginItem(): LoginItem {
  if (!app.isPackaged) return { current: () => null, set: () => undefined };
  if (process.platform === "linux") {
    const folder = process.env["XDG_CONFIG_HOME"] || join(app.getPath("home"), ".config");
    // An AppImage is mounted elsewhere at each start; this is where it lies.
    return autostartFile(
      join(folder, "autostart", "efs-mail-gateway.desktop"),
      process.env["APPIMAGE"] ?? process.execPath,
    );
  }
  const options = { path: process.execPath, args: [HIDDEN] };
  return {
    current: () => app.getLoginItemSettings(options).openAtLogin,
    set: (starts) => app.setLoginItemSettings({ ...options, openAtLogin: starts }),
  };
}

export function autostartFile(path: string, program: string): LoginItem {
  return {
    current: () => existsSync(path),
    set(starts) {
      if (!starts) return rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, autostartEntry(program));
    },
  };
}

/** By the Desktop Entry Specification: within quotes these have to be escaped, and % doubled. Pure. */
function autostartEntry(program: string): string {
  const quoted = `"${program.replace(/(["`$\\])/g, "\\$1").replaceAll("%", "%%")}"`;
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=EFS Mail Gateway",
    `Exec=${quoted.replaceAll("\\", "\\\\")} ${HIDDEN}`,
    "Terminal=false",
    "",
  ].join("\n");
}

/** Start at login, hidden. Windows and macOS keep it themselves. */
import { join } from "node:path";
import { app } from "electron";
import { autostartFile, type LoginItem } from "./autostart-file.ts";

/** The app's argument: no window at the start. */
export const HIDDEN = "--hidden";

export function loginItem(): LoginItem {
  // From its sources the program is Electron's own.
  if (!app.isPackaged) return { current: () => null, set: () => undefined };
  if (process.platform === "linux") {
    const folder = process.env["XDG_CONFIG_HOME"] || join(app.getPath("home"), ".config");
    // An AppImage is mounted elsewhere at each start; this is where it lies.
    const program = process.env["APPIMAGE"] ?? process.execPath;
    return autostartFile(join(folder, "autostart", "efs-mail-gateway.desktop"), program, HIDDEN);
  }
  // Windows takes the value apart at spaces, and Electron adds no quotes; build/installer.nsh writes the same value.
  const path = process.platform === "win32" ? `"${process.execPath}"` : process.execPath;
  const options = { path, args: [HIDDEN] };
  return {
    current: () => app.getLoginItemSettings(options).openAtLogin,
    set: (starts) => app.setLoginItemSettings({ ...options, openAtLogin: starts }),
  };
}

/** macOS gives a login item no arguments: it says itself that it was one. */
export function startsHidden(): boolean {
  if (process.argv.includes(HIDDEN)) return true;
  return process.platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** Whether the desktop app can be opened on this computer, and with which program. */
import { spawnSync } from "node:child_process";
import { lookup } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface ComputerFacts {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** null where there are none (Windows). */
  readonly userId: number | null;
}

/** Why no window can be opened here; null: one can. Pure. */
export function whyNoWindow({ platform, environment, userId }: ComputerFacts): string | null {
  if (platform === "win32" || platform === "darwin") return null;
  if (!environment["DISPLAY"] && !environment["WAYLAND_DISPLAY"]) return "there is no display";
  return userId === 0 ? "Electron is not run as root" : null;
}

/** Electron's program, which its package brings when it is first needed; null: it could not be had. */
export async function electronProgram(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const folder = join(root, "node_modules", "electron");
  if (!existsSync(join(folder, "install.js"))) return null;
  const present = installed(folder, environment);
  if (present !== null) return present;
  if (!(await mayDownload(environment))) return null;
  console.log("Fetching Electron, once.");
  spawnSync(process.execPath, [join(folder, "install.js")], { stdio: "ignore", timeout: 600_000 });
  return installed(folder, environment);
}

function installed(folder: string, environment: Readonly<Record<string, string | undefined>>): string | null {
  const named = join(folder, "path.txt");
  const name = existsSync(named) ? readFileSync(named, "utf8") : "electron";
  const program = join(environment["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(folder, "dist"), name);
  return existsSync(program) ? program : null;
}

/** Its download tries for most of a minute before it gives up; a computer without the Internet is found out at once. */
async function mayDownload(environment: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const otherWay = Object.keys(environment).some((name) =>
    /^(?:npm_config_)?(?:electron_mirror|https?_proxy|https?-proxy|proxy)$/i.test(name),
  );
  return (
    otherWay ||
    lookup("github.com").then(
      () => true,
      () => false,
    )
  );
}

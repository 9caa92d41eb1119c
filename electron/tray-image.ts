/** Which picture the tray shows: `build/icons/tray/tray-<icon>...png`, with `@2x` beside it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { app, type NativeImage, nativeImage } from "electron";
import type { TrayIcon } from "./tray-menu.ts";

/** In order of preference. Pure. */
export function trayImageNames(icon: TrayIcon, platform: NodeJS.Platform, dark: boolean): readonly string[] {
  // A template image is black with transparency: macOS colours it to suit the menu bar.
  if (platform === "darwin") return [`tray-${icon}Template.png`, `tray-${icon}.png`];
  return [`tray-${icon}-${dark ? "dark" : "light"}.png`, `tray-${icon}.png`];
}

export function trayImage(icon: TrayIcon, platform: NodeJS.Platform, dark: boolean): NativeImage {
  const folder = join(app.getAppPath(), "build", "icons", "tray");
  const name = trayImageNames(icon, platform, dark).find((each) => existsSync(join(folder, each)));
  if (name === undefined) return nativeImage.createEmpty();
  const image = nativeImage.createFromPath(join(folder, name));
  image.setTemplateImage(name.includes("Template"));
  return image;
}

/**
 * electron-updater, where it checks who signed an update.
 *
 * 1. macOS checks it itself.
 * 2. On Windows the signer's name has to be packed with the program (`publisherName` of app-update.yml); without it
 *    electron-updater installs what it gets, so there are no updates then.
 * 3. On Linux nothing is checked but a checksum that comes from the same place: packages come from where the system's
 *    come from.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Updater } from "./updates.ts";

/** `configuration`: text of the packed app-update.yml; null: there is none. Pure. */
export function checksSignatures(platform: NodeJS.Platform, configuration: string | null): boolean {
  switch (platform) {
    case "darwin":
      return true;
    case "win32":
      return (
        configuration !== null && /^publisherName:[ \t]*(?:\S|\r?\n[ \t]*-[ \t]*\S)/m.test(configuration)
      );
    default:
      return false;
  }
}

/** null: nobody asked for updates, or they could not be trusted. */
export async function openUpdater(address: string | null, resources: string): Promise<Updater | null> {
  if (address === null) return null;
  const configuration = await readFile(join(resources, "app-update.yml"), "utf8").catch(() => null);
  if (!checksSignatures(process.platform, configuration)) return null;
  // Only now: it looks at the app that it is in as soon as it is loaded.
  const { default: electronUpdater } = await import("electron-updater");
  return electronUpdater.autoUpdater;
}

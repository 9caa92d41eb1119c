/** A data folder for the app, between an embedded mailbox and an embedded mail server. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DemoOffice, openOffice } from "../demo/office.ts";

export interface DesktopOffice extends DemoOffice {
  readonly dataDirectory: string;
  /** A file of the data folder; empty where there is none. */
  read(name: string): Promise<string>;
}

/** `settings` false: the set-up is still to come. */
export async function openDesktopOffice(messages: number, settings = true): Promise<DesktopOffice> {
  const office = await openOffice(messages, "desktop");
  const dataDirectory = await mkdtemp(join(tmpdir(), "efs-desktop-"));
  if (settings) {
    const text = JSON.stringify({ version: 1, ...office.settings });
    await writeFile(join(dataDirectory, "settings.json"), text, { mode: 0o600 });
  }
  return {
    ...office,
    dataDirectory,
    read: (name: string) => readFile(join(dataDirectory, name), "utf8").catch(() => ""),
    async close() {
      await office.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

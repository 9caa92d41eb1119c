import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { electronProgram, whyNoWindow } from "../../build/electron-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("a window needs a display on Linux, X or Wayland, and somebody who is not root", () => {
  const linux = (environment: Record<string, string>, userId = 1000): string | null =>
    whyNoWindow({ platform: "linux", environment, userId });
  expect(linux({})).toBe("there is no display");
  expect(linux({ DISPLAY: "" })).toBe("there is no display");
  expect(linux({ DISPLAY: ":0" })).toBeNull();
  expect(linux({ WAYLAND_DISPLAY: "wayland-0" })).toBeNull();
  expect(linux({ DISPLAY: ":0" }, 0)).toBe("Electron is not run as root");
  expect(whyNoWindow({ platform: "win32", environment: {}, userId: null })).toBeNull();
  expect(whyNoWindow({ platform: "darwin", environment: {}, userId: 501 })).toBeNull();
});

test("Electron's program is where its package says, or where somebody has put it", async () => {
  const root = await temporaryFolder();
  expect(await electronProgram(root, {})).toBeNull();
  const folder = join(root, "node_modules", "electron");
  await mkdir(join(folder, "dist", "E.app"), { recursive: true });
  await writeFile(join(folder, "install.js"), "");
  await writeFile(join(folder, "path.txt"), "E.app/E");
  await writeFile(join(folder, "dist", "E.app", "E"), "");
  expect(await electronProgram(root, {})).toBe(join(folder, "dist", "E.app", "E"));
  const other = join(root, "other");
  await mkdir(join(other, "E.app"), { recursive: true });
  await writeFile(join(other, "E.app", "E"), "");
  expect(await electronProgram(root, { ELECTRON_OVERRIDE_DIST_PATH: other })).toBe(join(other, "E.app", "E"));
});

/** One suite, two drivers: `specs.ts` against the double of Electron, and against Electron where it is installed. */
import { vi } from "vitest";
import { describeWith } from "../support/skip.ts";
import { openDoubleLauncher } from "./double-driver.ts";
import { openRealLauncher } from "./real-driver.ts";
import { desktopSpecs } from "./specs.ts";

// Programs and pages start slowly on a busy computer.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

if (process.env["EFS_DESKTOP"] !== "real") {
  describeWith("browser", "the desktop app, with a double of Electron", () =>
    desktopSpecs(openDoubleLauncher),
  );
}
describeWith("real-electron", "the desktop app in Electron", () => desktopSpecs(openRealLauncher));

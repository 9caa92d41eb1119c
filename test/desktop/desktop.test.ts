/** One suite, two drivers: `specs.ts` against the double of Electron, and against Electron where it is installed. */
import { describeWith } from "../support/skip.ts";
import { openDoubleLauncher } from "./double-driver.ts";
import { openRealLauncher } from "./real-driver.ts";
import { desktopSpecs } from "./specs.ts";

if (process.env["EFS_DESKTOP"] !== "real") {
  describeWith("browser", "the desktop app, with a double of Electron", () =>
    desktopSpecs(openDoubleLauncher),
  );
}
describeWith("real-electron", "the desktop app in Electron", () => desktopSpecs(openRealLauncher));

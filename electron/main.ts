/**
 * The desktop app, as a table of contents in the order of its start.
 *
 * Nothing here may wait for the app at the top level: Electron is ready only after this module has been evaluated.
 */
import { app } from "electron";
import { currentDataPath } from "../core/headless/data-path.ts";
import { logFault } from "../core/headless/fault-log.ts";
import { systemClock } from "../core/util/system-clock.ts";
import { widenThreadPool } from "../core/util/thread-pool.ts";
import { registerAppScheme } from "./app-scheme.ts";
import { cliArguments, runCli } from "./cli.ts";
import { chooseDataFolders, dataOption, shareKeychain } from "./data-folders.ts";
import { startDesktop } from "./desktop.ts";
import { createFaultDesk } from "./fault-desk.ts";

widenThreadPool();

// Windows groups windows and shows notifications under the name that the installer registered.
if (process.platform === "win32") app.setAppUserModelId("org.efs-mail-gateway");

const command = cliArguments(process.argv);
if (command !== null) {
  shareKeychain(command);
  void runCli(command, (error) => {
    logFault(currentDataPath(dataOption(command)), systemClock, error, "running a command");
  });
} else {
  const data = chooseDataFolders(process.argv);
  const onFault = createFaultDesk(data.own);
  registerAppScheme();
  // A second start shows the first one's window, and ends.
  if (app.requestSingleInstanceLock()) {
    void app
      .whenReady()
      .then(() => startDesktop(data, onFault))
      .catch(onFault.fatal);
  } else {
    app.exit(0);
  }
}

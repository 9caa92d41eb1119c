/** Where bugs go: into log/efs.log of the data folder. What nobody caught ends the app, with a sentence. */
import { app, dialog } from "electron";
import { logFault } from "../core/headless/fault-log.ts";
import { systemClock } from "../core/util/system-clock.ts";
import { currentWords } from "./current-words.ts";

export interface FaultDesk {
  (error: unknown, doing: string): void;
  /** Does not come back. */
  readonly fatal: (error: unknown) => void;
}

export function createFaultDesk(dataDirectory: string): FaultDesk {
  const note = (error: unknown, doing: string): void => {
    logFault(dataDirectory, systemClock, error, doing);
  };
  const fatal = (error: unknown): void => {
    note(error, "running the desktop app");
    const { what, cure } = currentWords().texts.fault;
    dialog.showErrorBox(what, cure);
    app.exit(1);
  };
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);
  return Object.assign(note, { fatal });
}

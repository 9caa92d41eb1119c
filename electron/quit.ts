/**
 * The way out: what is in flight is finished, the data folder is given back, then the app ends. Whoever cannot wait
 * quits at once; the journal loses nothing by that, a message may be sent twice (core/README, promise 3).
 */
import { app, powerMonitor } from "electron";

export interface QuitOptions {
  /** It has begun: the tray says so. */
  readonly onBegin: () => void;
  /** Resolves when everything is on disk and given back. */
  readonly finish: () => Promise<void>;
  readonly onFault: (error: unknown, doing: string) => void;
}

/** Gives the way to finish without ending, for an update that then ends the app itself. Never rejects. */
export function quitInOrder({ onBegin, finish, onFault }: QuitOptions): () => Promise<void> {
  let finishing: Promise<void> | null = null;
  let finished = false;
  const finishOnce = (): Promise<void> => {
    if (finishing === null) {
      onBegin();
      finishing = finish()
        .catch((error: unknown) => onFault(error, "ending"))
        .then(() => {
          finished = true;
        });
    }
    return finishing;
  };
  app.on("before-quit", (event) => {
    if (finished) return;
    event.preventDefault();
    void finishOnce().then(() => app.exit(0));
  });
  // The tray is what keeps the app there, not a window.
  app.on("window-all-closed", () => undefined);
  powerMonitor.on("shutdown", () => app.quit());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => app.quit());
  return finishOnce;
}

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
  // Linux and macOS wait for an app that asks them to; Electron's types do not know the argument.
  powerMonitor.on("shutdown", ((event?: { preventDefault(): void }) => {
    event?.preventDefault();
    app.quit();
  }) as () => void);
  // Windows waits for nobody: as much as it leaves time for. Not within the event, which the window has to outlive.
  app.on("browser-window-created", (_event, window) => {
    window.on("session-end", () => setImmediate(() => app.quit()));
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => app.quit());
  return finishOnce;
}

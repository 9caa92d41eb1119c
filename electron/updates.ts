/**
 * Updates of the program: off unless an address is configured (desktop.json), never while mail is moving.
 *
 * 1. The updater (electron-updater's `autoUpdater` has this form) checks signatures itself; one that is not signed by
 *    who signed this program is never installed.
 * 2. It is downloaded in the background, and installed when the gateway has nothing in flight; or at the next quit, if that
 *    ends the gateway.
 */
import type { GatewayStatus } from "../core/model/gateway.ts";
import type { Clock } from "../core/model/ports.ts";

const FIRST = 60_000;
const EVERY = 24 * 3_600_000;
const AGAIN = 60_000;

/** What is used of electron-updater. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  setFeedURL(options: { readonly provider: "generic"; readonly url: string }): void;
  checkForUpdates(): Promise<unknown>;
  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void;
  on(event: "update-downloaded", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

export interface UpdatesOptions {
  /** null: this program has none. */
  readonly updater: Updater | null;
  /** null: nobody looks for updates. */
  readonly address: string | null;
  readonly clock: Clock;
  /** The gateway is ours: when the app quits, no mail is moving. A service's goes on. */
  readonly endsGateway: boolean;
  readonly status: () => Promise<Pick<GatewayStatus, "state"> | null>;
  /** Finishes and gives the data back before it is installed. */
  readonly finish: () => Promise<void>;
  readonly onFault: (error: unknown, doing: string) => void;
}

export function isQuiet(status: Pick<GatewayStatus, "state"> | null): boolean {
  return status !== null && ["idle", "paused", "attention"].includes(status.state);
}

export function lookForUpdates(options: UpdatesOptions): void {
  const { updater, address, clock, endsGateway, status, finish, onFault } = options;
  if (updater === null || address === null) return;
  updater.autoDownload = true;
  updater.autoInstallOnAppQuit = endsGateway;
  updater.setFeedURL({ provider: "generic", url: address });
  updater.on("error", (error) => onFault(error, "looking for updates"));
  let downloaded = false;

  const install = async (): Promise<void> => {
    if (!isQuiet(await status())) {
      clock.after(AGAIN, () => void install());
      return;
    }
    await finish();
    updater.quitAndInstall(true, true);
  };
  updater.on("update-downloaded", () => {
    if (downloaded) return;
    downloaded = true;
    void install();
  });
  const look = (): void => {
    clock.after(EVERY, look);
    // A failure comes as an event as well.
    if (!downloaded) void updater.checkForUpdates().catch(() => undefined);
  };
  clock.after(FIRST, look);
}

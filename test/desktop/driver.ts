/** The desktop app as a person has it: the same for the double of Electron (a) and for Electron itself (b). */
import type { Page } from "playwright";
import type { Bounds } from "../../electron/window-bounds.ts";

export interface LaunchOptions {
  readonly dataDirectory: string;
  readonly args?: readonly string[];
}

export interface Launcher {
  /** Passwords are sealed with it; else with the key file, and the app says so. */
  readonly hasKeychain: boolean;
  launch(options: LaunchOptions): Promise<Desktop>;
  /** The app with `--cli`, or a second start: until it has ended. */
  run(dataDirectory: string, args: readonly string[]): Promise<Ended>;
  close(): Promise<void>;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TrayNow {
  readonly tooltip: string | null;
  /** The picture's path. */
  readonly image: string | null;
  /** `Check now`, `Idle (not enabled)`, `[x] Start at login`, `-` for a line. */
  readonly menu: readonly string[];
}

export interface WindowNow {
  readonly path: string;
  readonly visible: boolean;
  readonly bounds: Bounds;
}

export interface ForgedFrame {
  readonly url: string;
  readonly parent: { readonly url: string } | null;
}

/** What `probe.cjs` offers. */
export interface Probe {
  tray(): TrayNow;
  /** All that the tooltip has said. */
  tooltips(): readonly string[];
  clickTray(label: string): void;
  applicationMenu(): readonly (readonly [string, readonly string[]])[];
  notices(): readonly { readonly title: string; readonly body: string }[];
  /** What was given to the system's browser. */
  opened(): readonly string[];
  dialogs(): readonly string[];
  sent(): readonly string[];
  windows(): readonly WindowNow[];
  closeWindow(path: string): void;
  moveWindow(path: string, bounds: Bounds): void;
  crash(path: string): void;
  forge(path: string, channel: string, message: unknown, frame: ForgedFrame | null): readonly unknown[];
  power(event: "suspend" | "resume"): void;
  quit(): void;
  /** Of the double only. */
  permission(name: string, address: string): boolean;
}

export interface Desktop {
  ask<Name extends keyof Probe>(
    name: Name,
    ...args: Parameters<Probe[Name]>
  ): Promise<ReturnType<Probe[Name]>>;
  /** The page of the window that shows this path; waits for it. */
  page(path: string): Promise<Page>;
  /** Path of a page's address, without its origin. */
  pathOf(page: Page): string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ended>;
  /** Quits, if it still runs. */
  close(): Promise<void>;
}

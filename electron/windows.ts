/**
 * The main window and the detail window.
 *
 * 1. A window is made when somebody wants to see it: hidden at login, none is.
 * 2. Closing the main window hides it; the mail goes on. The detail window is really closed. A page that closes itself
 *    (its OK) is not asked by Electron: its window goes, and is made anew when somebody wants to see it.
 * 3. A page that crashed is loaded again, at the place where it was; the mail does not notice.
 * 4. At the end all are destroyed, and none is made any more.
 */
import { join } from "node:path";
import { app, BrowserWindow, dialog, nativeTheme, screen } from "electron";
import type { Clock } from "../core/model/ports.ts";
import { pageAddress } from "./app-address.ts";
import { createCrashLimit } from "./crash-limit.ts";
import type { DesktopStateFile } from "./desktop-state.ts";
import type { IpcBridge } from "./ipc-bridge.ts";
import type { Words } from "./texts/texts.ts";
import { type Bounds, visibleBounds } from "./window-bounds.ts";

type WindowName = "main" | "detail";

const KINDS = {
  main: { path: "/", preferred: { width: 1_200, height: 800 }, least: { width: 800, height: 500 } },
  detail: { path: "/detail", preferred: { width: 1_000, height: 700 }, least: { width: 600, height: 300 } },
} as const;

export interface WindowsOptions {
  readonly bridge: IpcBridge;
  readonly state: DesktopStateFile;
  readonly clock: Clock;
  readonly words: Words;
  readonly onFault: (error: unknown, doing: string) => void;
  /** The main window was closed, and is only hidden. */
  readonly onHidden: () => void;
}

export interface Windows {
  show(name: WindowName): void;
  /** The main window, with this page. */
  showPage(path: string): void;
  /** For all: what asks before a page is left is not asked. */
  destroy(): void;
}

export function createWindows(options: WindowsOptions): Windows {
  const { bridge, state, clock, words, onFault, onHidden } = options;
  const open = new Map<WindowName, BrowserWindow>();
  /** Where the main window is to begin, when it is made. */
  let beginsAt: string = KINDS.main.path;
  let over = false;

  const make = (name: WindowName): BrowserWindow => {
    const { preferred, least, path } = KINDS[name];
    const window = new BrowserWindow({
      ...visibleBounds(state.current().windows[name], preferred, workAreas()),
      minWidth: least.width,
      minHeight: least.height,
      show: false,
      title: words.texts.product,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#1a1b1e" : "#ffffff",
      webPreferences: {
        preload: join(app.getAppPath(), "out", "preload", "preload.cjs"),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    open.set(name, window);
    bridge.attach(window.webContents, (reason) => {
      onFault(new Error(reason), "hearing a page");
      recover(window);
    });
    window.on("close", () => rememberBounds(name, window));
    reloadWhenItCrashes(window);
    window.once("ready-to-show", () => window.show());
    window.on("closed", () => {
      // At the end none is known any more.
      if (open.delete(name) && name === "main") onHidden();
    });
    if (name === "main") {
      window.on("close", (event) => {
        event.preventDefault();
        hide(window);
        onHidden();
      });
    }
    void load(window, name === "main" ? beginsAt : path);
    return window;
  };

  const load = (window: BrowserWindow, path: string): Promise<void> =>
    window.loadURL(pageAddress(path)).catch((error: unknown) => onFault(error, "showing a page"));

  const rememberBounds = (name: WindowName, window: BrowserWindow): void => {
    if (window.isMinimized() || window.isFullScreen() || window.isMaximized()) return;
    state.change({ windows: { ...state.current().windows, [name]: window.getBounds() } });
  };

  const mayReload = createCrashLimit(clock);
  const recover = (window: BrowserWindow): void => {
    if (window.isDestroyed()) return;
    if (mayReload()) {
      window.webContents.reload();
      return;
    }
    const { what, cure } = words.texts.pageFault;
    for (const [name, each] of open) if (each === window) open.delete(name);
    window.destroy();
    void dialog.showMessageBox({ type: "error", title: words.texts.product, message: what, detail: cure });
  };
  const reloadWhenItCrashes = (window: BrowserWindow): void => {
    window.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
      if (reason === "clean-exit") return;
      onFault(new Error(`${reason}, exit code ${exitCode}`), "showing a page");
      // Chromium is still taking the old process away.
      setImmediate(() => recover(window));
    });
  };

  const show = (name: WindowName): void => {
    if (over) return;
    const there = open.get(name);
    if (there === undefined) {
      make(name);
      return;
    }
    if (there.isMinimized()) there.restore();
    else if (!there.isVisible()) bringOntoScreen(there, KINDS[name].preferred);
    there.show();
    there.focus();
  };

  return {
    show,
    showPage(path) {
      const there = open.get("main");
      beginsAt = path;
      show("main");
      beginsAt = KINDS.main.path;
      if (there !== undefined) bridge.go(there.webContents, path);
    },
    destroy() {
      over = true;
      const all = [...open];
      open.clear();
      for (const [name, window] of all) {
        rememberBounds(name, window);
        window.destroy();
      }
    },
  };
}

/** The screen where it was hidden may be gone since. */
function bringOntoScreen(window: BrowserWindow, preferred: Pick<Bounds, "width" | "height">): void {
  if (window.isMaximized() || window.isFullScreen()) return;
  const now = window.getBounds();
  const { x, y, width, height } = visibleBounds(now, preferred, workAreas());
  if (x !== now.x || y !== now.y) window.setBounds({ x, y, width, height });
}

/** macOS would leave the empty screen of a window that filled it. */
function hide(window: BrowserWindow): void {
  if (process.platform !== "darwin" || !window.isFullScreen()) {
    window.hide();
    return;
  }
  window.once("leave-full-screen", () => window.hide());
  window.setFullScreen(false);
}

/** The main screen first. */
function workAreas() {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  return [main, ...others].map(({ workArea }) => workArea);
}

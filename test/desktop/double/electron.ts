/**
 * Stands in for the module `electron` in the main process: as much of it as the app uses, in Electron's own types. Its
 * windows are pages of a real Chromium, which the test holds (`double-driver.ts`); the two talk as `wire.ts` says.
 *
 * As Electron does: nothing is ready before the app's module has been evaluated; what crosses to a page is a structured
 * clone; `close` can be prevented, `destroy` cannot; `exit` asks nobody.
 */
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readFileSync, unlinkSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  App,
  BrowserWindowConstructorOptions,
  WebContents as ElectronContents,
  BrowserWindow as ElectronWindow,
  Protocol,
  Rectangle,
  Session,
} from "electron";
import type { FetchedPage, FromMain, ToMain } from "./wire.ts";

export * from "./system.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const paths = new Map<string, string>();
const tell = (message: FromMain): void => {
  if (process.connected) process.send?.(message);
};

// --- app ----------------------------------------------------------------------------------------------------

const ready = Promise.withResolvers<void>();

class AppDouble extends EventEmitter {
  readonly isPackaged = false;
  readonly dock = undefined;
  whenReady = (): Promise<void> => ready.promise;
  getAppPath = (): string => ROOT;
  getPreferredSystemLanguages = (): string[] => ["en-GB"];
  setPath(name: string, path: string): void {
    paths.set(name, path);
  }
  getPath(name: string): string {
    const path = paths.get(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }
  getLoginItemSettings = () => ({ openAtLogin: false }) as ReturnType<App["getLoginItemSettings"]>;
  setLoginItemSettings = (): void => undefined;
  quit(): void {
    const event = preventable();
    this.emit("before-quit", event);
    if (!event.defaultPrevented) this.exit(0);
  }
  exit(code = 0): void {
    unlock();
    process.exit(code);
  }
  requestSingleInstanceLock(): boolean {
    return lock();
  }
}

export const app = new AppDouble() satisfies Pick<
  App,
  | "whenReady"
  | "getAppPath"
  | "getPreferredSystemLanguages"
  | "getLoginItemSettings"
  | "setLoginItemSettings"
  | "quit"
  | "exit"
  | "requestSingleInstanceLock"
  | "isPackaged"
>;

/** By the boot, when the app's module has been evaluated. */
export function becomeReady(): void {
  ready.resolve();
  app.emit("ready");
}

function preventable() {
  return {
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}

let locked: string | null = null;

function lock(): boolean {
  const folder = app.getPath("userData");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "SingletonLock");
  const second = join(folder, "second-instance");
  if (existsSync(file) && isAlive(Number(readFileSync(file, "utf8")))) {
    writeFileSync(second, String(process.pid));
    return false;
  }
  writeFileSync(file, String(process.pid));
  locked = file;
  watch(folder, (_event, name) => {
    if (name !== "second-instance" || !existsSync(second)) return;
    unlinkSync(second);
    app.emit("second-instance", {}, [], folder, null);
  }).unref();
  return true;
}

function unlock(): void {
  if (locked !== null) unlinkSync(locked);
  locked = null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// --- windows ------------------------------------------------------------------------------------------------

const windows = new Map<number, BrowserWindow>();
let nextNumber = 1;
const loads = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();

class FrameDouble {
  url = "";
  /** Of a frame within a page: the page's. */
  parent: FrameDouble | null = null;
}

class ContentsDouble extends EventEmitter {
  readonly window: number;
  mainFrame = new FrameDouble();
  windowOpen: ((details: { url: string }) => { action: string }) | null = null;
  #destroyed = false;
  constructor(window: number) {
    super();
    this.window = window;
  }
  getURL = (): string => this.mainFrame.url;
  isDestroyed = (): boolean => this.#destroyed;
  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError("Object has been destroyed");
    tell({ kind: "send", window: this.window, channel, args: structuredClone(args) });
  }
  reload(): void {
    tell({ kind: "reload", window: this.window });
  }
  forcefullyCrashRenderer(): void {
    tell({ kind: "crash", window: this.window });
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpen = handler;
  }
  load(url: string): Promise<void> {
    const request = nextNumber++;
    this.mainFrame.url = url;
    tell({ kind: "load", window: this.window, url, request });
    return new Promise((resolve, reject) => loads.set(request, { resolve, reject }));
  }
  gone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit("destroyed");
  }
}

type ContentsParts = Pick<
  ElectronContents,
  "getURL" | "isDestroyed" | "send" | "reload" | "forcefullyCrashRenderer"
>;
const contentsAreTyped: (contents: ContentsDouble) => ContentsParts = (contents) => contents;
void contentsAreTyped;

export class BrowserWindow extends EventEmitter {
  static getAllWindows = (): BrowserWindow[] => [...windows.values()];
  readonly id = nextNumber++;
  readonly webContents: ContentsDouble;
  readonly options: BrowserWindowConstructorOptions;
  #visible: boolean;
  #bounds: Rectangle;
  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    requireSafe(options);
    this.options = options;
    this.#visible = options.show !== false;
    this.#bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    this.webContents = new ContentsDouble(this.id);
    windows.set(this.id, this);
    tell({ kind: "open", window: this.id, width: this.#bounds.width, height: this.#bounds.height });
    app.emit("web-contents-created", {}, this.webContents);
  }
  loadURL = (url: string): Promise<void> => this.webContents.load(url);
  show(): void {
    this.#visible = true;
    this.emit("show");
  }
  hide(): void {
    this.#visible = false;
    this.emit("hide");
  }
  focus(): void {}
  restore(): void {}
  isVisible = (): boolean => this.#visible;
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  isFullScreen = (): boolean => false;
  isDestroyed = (): boolean => !windows.has(this.id);
  getBounds = (): Rectangle => ({ ...this.#bounds });
  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
  }
  close(): void {
    const event = preventable();
    this.emit("close", event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (!windows.delete(this.id)) return;
    tell({ kind: "close", window: this.id });
    this.webContents.gone();
    this.emit("closed");
    if (windows.size === 0) app.emit("window-all-closed");
  }
}

type WindowParts = Pick<
  ElectronWindow,
  | "loadURL"
  | "show"
  | "hide"
  | "focus"
  | "isVisible"
  | "getBounds"
  | "setBounds"
  | "close"
  | "destroy"
  | "isDestroyed"
>;
const windowsAreTyped: (window: BrowserWindow) => WindowParts = (window) => window;
void windowsAreTyped;

/** A page that is not shut in would not show here what it can do in Electron. */
function requireSafe({ webPreferences = {} }: BrowserWindowConstructorOptions): void {
  const { sandbox, contextIsolation, nodeIntegration, webviewTag } = webPreferences;
  if (sandbox !== true || contextIsolation !== true || nodeIntegration !== false || webviewTag !== false) {
    throw new Error("a window without sandbox or context isolation");
  }
}

export const webContents = {
  getAllWebContents: () => BrowserWindow.getAllWindows().map((window) => window.webContents),
};

// --- what pages reach ---------------------------------------------------------------------------------------

export const ipcMain = new EventEmitter();

let pageHandler: ((request: Request) => Response | Promise<Response>) | null = null;

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => {
    for (const { privileges } of schemes)
      if (privileges?.bypassCSP) throw new Error("a scheme without a policy");
  },
  handle: (_scheme, handler) => {
    pageHandler = handler;
  },
} satisfies Pick<Protocol, "registerSchemesAsPrivileged" | "handle">;

const sessionHandlers: {
  request?: Parameters<Session["setPermissionRequestHandler"]>[0];
  check?: Parameters<Session["setPermissionCheckHandler"]>[0];
} = {};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Parameters<Session["setPermissionRequestHandler"]>[0]) => {
      sessionHandlers.request = handler;
    },
    setPermissionCheckHandler: (handler: Parameters<Session["setPermissionCheckHandler"]>[0]) => {
      sessionHandlers.check = handler;
    },
    setDevicePermissionHandler: () => undefined,
    // The test's browser has no network but what the app serves.
    webRequest: { onBeforeRequest: () => undefined },
  },
};

/** As a page at this address would be told: both ways to ask have to agree. */
async function mayPage(permission: string, address: string): Promise<boolean> {
  const { request, check } = sessionHandlers;
  const page = { getURL: () => address } as ElectronContents;
  const granted = await new Promise<boolean>((resolve) =>
    request?.(page, permission as "media", resolve, {} as Parameters<NonNullable<typeof request>>[3]),
  );
  const checked = check?.(
    page,
    permission as "media",
    address,
    {} as Parameters<NonNullable<typeof check>>[3],
  );
  if (granted !== checked) throw new Error(`${permission} is granted ${granted} and checked ${checked}`);
  return granted;
}

// --- the test's side ----------------------------------------------------------------------------------------

process.on("message", (message: ToMain) => {
  hear(message).catch((error: unknown) => {
    if ("request" in message) tell({ kind: "failure", request: message.request, message: String(error) });
    else throw error;
  });
});
// A test that is gone takes its app along.
process.on("disconnect", () => process.exit(1));

async function hear(message: ToMain): Promise<void> {
  switch (message.kind) {
    case "loaded": {
      const load = loads.get(message.request);
      loads.delete(message.request);
      if (message.error === null) load?.resolve();
      else load?.reject(new Error(message.error));
      return;
    }
    case "fetch": {
      if (pageHandler === null) throw new Error("nobody serves the scheme");
      const response = await pageHandler(new Request(message.url, { method: message.method }));
      const value: FetchedPage = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: new Uint8Array(await response.arrayBuffer()),
      };
      tell({ kind: "answer", request: message.request, value });
      return;
    }
    case "ask": {
      if (message.name === "permission") {
        const [permission, address] = message.args as [string, string];
        tell({ kind: "answer", request: message.request, value: await mayPage(permission, address) });
        return;
      }
      const probe = (globalThis as unknown as { efsProbe: Record<string, (...args: unknown[]) => unknown> })
        .efsProbe;
      const value = await probe[message.name]?.(...message.args);
      tell({ kind: "answer", request: message.request, value });
      return;
    }
    default:
      hearWindow(message);
  }
}

function hearWindow(message: Exclude<ToMain, { kind: "loaded" | "fetch" | "ask" }>): void {
  const window = windows.get(message.window);
  if (window === undefined) return;
  const { webContents: contents } = window;
  switch (message.kind) {
    case "ipc": {
      const { frame, channel, args } = message;
      if (frame.isTop) contents.mainFrame.url = frame.url;
      const senderFrame = frame.isTop
        ? contents.mainFrame
        : Object.assign(new FrameDouble(), { url: frame.url, parent: contents.mainFrame });
      ipcMain.emit(channel, { sender: contents, senderFrame }, ...args);
      return;
    }
    case "navigation":
      contents.emit("did-start-navigation", { isMainFrame: true, isSameDocument: false, url: message.url });
      return;
    case "shown":
      contents.mainFrame.url = message.url;
      window.emit("ready-to-show");
      return;
    case "closed":
      // Nobody is asked, as with Chromium's own.
      window.destroy();
      return;
    case "crashed":
      contents.emit("render-process-gone", {}, { reason: "crashed", exitCode: 5 });
      return;
    case "window-open":
      contents.windowOpen?.({ url: message.url });
      return;
    case "may-navigate": {
      const { url, isMainFrame, request } = message;
      const event = Object.assign(preventable(), { url, isMainFrame });
      contents.emit("will-frame-navigate", event);
      tell({ kind: "answer", request, value: !event.defaultPrevented });
    }
  }
}

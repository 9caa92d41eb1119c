/**
 * Driver (a): the app's main process on Node with the double of Electron, its windows as pages of Chromium. Pages load
 * the app's scheme by another name (`ORIGIN`), since a Chromium that is not Electron has no schemes of its own; every
 * request of theirs is answered by the app, and there is no network.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page, type Route } from "playwright";
import { APP_ORIGIN } from "../../electron/app-address.ts";
import { CHROMIUM } from "../servers/real-servers.ts";
import type { FetchedPage, FromMain, ToMain } from "./double/wire.ts";
import type { Desktop, Ended, Launcher, LaunchOptions } from "./driver.ts";

const ORIGIN = "https://efs.double.test";
const BOOT = fileURLToPath(new URL("double/boot.ts", import.meta.url));
const PRELOAD = new URL("../../out/preload/preload.cjs", import.meta.url);
const CACHE = join(tmpdir(), `efs-test-compiled-${process.getuid?.() ?? 0}`);
const WAIT = 20_000;

export async function openDoubleLauncher(
  environment: Readonly<Record<string, string>> = {},
): Promise<Launcher> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false });
  const preload = await readFile(PRELOAD, "utf8");
  const script = (await readFile(new URL("double/page.js", import.meta.url), "utf8")).replace(
    "/* PRELOAD */",
    () => preload,
  );
  const running = new Set<Desktop>();
  const start = (dataDirectory: string, args: readonly string[]) =>
    startProcess([BOOT, "--data", dataDirectory, ...args], environment);
  return {
    hasKeychain: environment["EFS_DOUBLE_KEYCHAIN"] !== "none",
    async launch({ dataDirectory, args = [] }: LaunchOptions) {
      const started = start(dataDirectory, args);
      const desktop = new DoubleDesktop(started, await newContext(browser), script);
      running.add(desktop);
      await desktop.booted();
      return desktop;
    },
    async run(dataDirectory, args) {
      // What comes after --cli is the command line's own.
      const started = args.includes("--cli")
        ? startProcess([BOOT, ...args, "--data", dataDirectory], environment)
        : start(dataDirectory, args);
      return started.ended;
    },
    async close() {
      await Promise.all([...running].map((desktop) => desktop.close()));
      await browser.close();
    },
  };
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

function startProcess(args: readonly string[], environment: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE, EFS_DATA: "", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      told[stream] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code: code ?? -1, ...told }));
  });
  return { child, ended };
}

async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
  context.setDefaultTimeout(WAIT);
  return context;
}

class DoubleDesktop implements Desktop {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #context: BrowserContext;
  readonly #script: string;
  readonly #pages = new Map<number, Page>();
  /** Addresses that the main process itself loads: nobody is asked whether they may be. */
  readonly #expected = new Map<number, string>();
  readonly #answers = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #work: Promise<void> = Promise.resolve();
  #nextNumber = 1;
  #over = false;

  constructor({ child, ended }: Started, context: BrowserContext, script: string) {
    this.#child = child;
    this.#context = context;
    this.#script = script;
    this.ended = ended;
    void ended.then(({ stderr }) => {
      this.#over = true;
      for (const { reject } of this.#answers.values()) reject(new Error(`the app has ended: ${stderr}`));
    });
    child.on("message", (message: FromMain) => this.#hear(message));
  }

  /** The tray is there. */
  async booted(): Promise<void> {
    await this.#until(async () => (await this.ask("tray")).menu.length > 0);
  }

  ask: Desktop["ask"] = async (name, ...args) =>
    (await this.#ask({ kind: "ask", request: this.#nextNumber++, name, args })) as never;

  async page(path: string): Promise<Page> {
    let found: Page | undefined;
    await this.#until(async () => {
      found = [...this.#pages.values()].find((page) => this.pathOf(page) === path);
      return found !== undefined;
    });
    return found as Page;
  }

  pathOf(page: Page): string {
    return page.url().startsWith(ORIGIN) ? new URL(page.url()).pathname : page.url();
  }

  async close(): Promise<void> {
    if (!this.#over) this.#child.kill("SIGTERM");
    await this.ended;
    await this.#context.close();
  }

  async #until(look: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + WAIT;
    while (!(await look())) {
      if (this.#over) throw new Error(`the app has ended: ${(await this.ended).stderr}`);
      if (Date.now() > deadline) throw new Error("it did not come");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #tell(message: ToMain): void {
    // An app that is just ending is told nothing more, as Electron's own is not.
    if (!this.#over && this.#child.connected) this.#child.send(message, () => undefined);
  }

  #ask(message: Extract<ToMain, { kind: "ask" | "fetch" | "may-navigate" }>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#answers.set(message.request, { resolve, reject });
      if (this.#over) reject(new Error("the app has ended"));
      else this.#tell(message);
    });
  }

  #hear(message: FromMain): void {
    if (message.kind === "answer" || message.kind === "failure") {
      const waiting = this.#answers.get(message.request);
      this.#answers.delete(message.request);
      if (message.kind === "answer") waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.message));
      return;
    }
    // In the order in which the app asked; what a page that is going away cannot take is lost, as it is in Electron.
    this.#work = this.#work.then(() => this.#carryOut(message)).catch(() => undefined);
  }

  async #carryOut(message: Exclude<FromMain, { kind: "answer" | "failure" }>): Promise<void> {
    if (message.kind === "open") {
      await this.#open(message.window, message);
      return;
    }
    const page = this.#pages.get(message.window);
    switch (message.kind) {
      case "load":
        void this.#load(message.window, message.url, message.request);
        return;
      case "reload":
        void this.#reload(message.window);
        return;
      case "close":
        this.#pages.delete(message.window);
        await page?.close();
        return;
      case "crash":
        void page?.goto("chrome://crash").catch(() => undefined);
        return;
      case "send":
        await page?.evaluate(hearIn, { channel: message.channel, args: message.args });
    }
  }

  async #open(window: number, viewport: { readonly width: number; readonly height: number }): Promise<Page> {
    const page = await this.#context.newPage();
    const { width, height } = viewport;
    await page.setViewportSize({ width, height });
    this.#pages.set(window, page);
    await page.exposeBinding("efsDoubleTell", ({ frame }, told: ToldByPage) => {
      const isTop = frame.parentFrame() === null;
      if ("closes" in told) this.#tell({ kind: "closed", window });
      else if ("opens" in told) this.#tell({ kind: "window-open", window, url: toApp(told.opens) });
      else this.#tell({ kind: "ipc", window, ...told, frame: { url: toApp(frame.url()), isTop } });
    });
    await page.addInitScript(this.#script);
    await page.route("**/*", (route) => this.#route(window, page, route));
    page.on("domcontentloaded", () => this.#tell({ kind: "shown", window, url: toApp(page.url()) }));
    page.on("crash", () => this.#tell({ kind: "crashed", window }));
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) this.#tell({ kind: "shown", window, url: toApp(page.url()) });
    });
    return page;
  }

  async #load(window: number, url: string, request: number): Promise<void> {
    let error: string | null = null;
    try {
      this.#expected.set(window, toPage(url));
      await this.#pages.get(window)?.goto(toPage(url));
    } catch (thrown) {
      error = String(thrown);
    }
    this.#tell({ kind: "loaded", request, error });
  }

  /** After a crash the page is no more: another one takes its place. */
  async #reload(window: number): Promise<void> {
    const page = this.#pages.get(window);
    if (page === undefined) return;
    const address = page.url();
    const size = page.viewportSize() ?? { width: 1_000, height: 700 };
    await page.close();
    const fresh = await this.#open(window, size);
    this.#expected.set(window, address);
    await fresh.goto(address).catch(() => undefined);
  }

  async #route(window: number, page: Page, route: Route): Promise<void> {
    const asked = route.request();
    const url = toApp(asked.url());
    try {
      if (asked.isNavigationRequest()) {
        const isMainFrame = asked.frame() === page.mainFrame();
        const expected = isMainFrame && this.#expected.get(window) === asked.url();
        if (expected) this.#expected.delete(window);
        // Before anybody is asked, as in Electron.
        if (isMainFrame) this.#tell({ kind: "navigation", window, url });
        const request = this.#nextNumber++;
        if (!expected && !(await this.#ask({ kind: "may-navigate", request, window, url, isMainFrame }))) {
          await route.abort("aborted");
          return;
        }
      }
      if (!url.startsWith(APP_ORIGIN)) {
        await route.abort("blockedbyclient");
        return;
      }
      const request = this.#nextNumber++;
      const answer = (await this.#ask({
        kind: "fetch",
        request,
        url,
        method: asked.method(),
      })) as FetchedPage;
      await route.fulfill({
        status: answer.status,
        headers: { ...answer.headers },
        body: Buffer.from(answer.body),
      });
    } catch {
      await route.abort().catch(() => undefined);
    }
  }
}

/** By `double/page.js`. */
type ToldByPage =
  | { readonly opens: string }
  | { readonly closes: true }
  | { readonly channel: string; readonly args: unknown[] };

const toPage = (url: string): string => url.replace(APP_ORIGIN, ORIGIN);
const toApp = (url: string): string => url.replace(ORIGIN, APP_ORIGIN);

/** Runs in the page. */
function hearIn({ channel, args }: { channel: string; args: unknown[] }): void {
  const page = globalThis as unknown as { efsDoubleHear: (channel: string, args: unknown[]) => void };
  page.efsDoubleHear(channel, args);
}

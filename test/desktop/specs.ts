/** What the desktop app does, whoever plays Electron. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FROM_PAGE } from "../../electron/page-messages.ts";
import { buildApp } from "./build-app.ts";
import { type DesktopOffice, openDesktopOffice } from "./desktop-office.ts";
import type { Desktop, ForgedFrame, Launcher } from "./driver.ts";

const EFS = fileURLToPath(new URL("../../core/headless/efs.ts", import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 30 };
const ACCOUNT_PASSWORD = "secret";

/** What a page gets first, as `sent` tells it. */
const BEGUN = JSON.stringify([{ connection: "open" }]);

/** In the page; there is no DOM in these types. */
type Bridge = { call(name: string, input: unknown): Promise<unknown> };

export function desktopSpecs(openLauncher: () => Promise<Launcher>): void {
  let launcher: Launcher;
  let office: DesktopOffice;
  let desktop: Desktop;

  beforeAll(async () => {
    await buildApp("main", "preload");
    launcher = await openLauncher();
  });
  afterAll(() => launcher.close());

  const start = async (messages: number, args: readonly string[] = [], settings = true) => {
    office = await openDesktopOffice(messages, settings);
    desktop = await launcher.launch({ dataDirectory: office.dataDirectory, args });
  };
  const end = async () => {
    await desktop.close();
    await office.close();
  };
  const trayLine = async () => (await desktop.ask("tray")).menu[0];
  /** A check is made at the start. */
  const idle = () =>
    vi.waitFor(async () => {
      const [state, next] = (await desktop.ask("tray")).menu;
      expect([state, next?.slice(0, 10)]).toEqual(["Idle (not enabled)", "Next check"]);
    }, PATIENCE);
  const notices = async () =>
    (await desktop.ask("notices")).filter(({ title }) => title !== "This computer has no keychain");
  const windowsNow = async () =>
    (await desktop.ask("windows")).map(({ path, visible }) => ({ path, visible }));

  describe("with an office's mail", () => {
    beforeAll(() => start(0, ["--hidden"]));
    afterAll(end);

    test("hidden at login it is in the tray, without a window", async () => {
      await idle();
      const { tooltip, image, menu } = await desktop.ask("tray");
      expect(await desktop.ask("windows")).toEqual([]);
      expect(image).toMatch(/tray-idle/);
      expect(tooltip).toMatch(/^EFS Mail Gateway\nIdle\nNext check at \d\d:\d\d$/);
      const lasting = menu.filter((label) => !label.startsWith("Passwords are kept in a file"));
      expect(lasting.map((label) => label.replace(/\d\d:\d\d/, "TIME"))).toEqual([
        "Idle (not enabled)",
        "Next check at TIME (not enabled)",
        "-",
        "Check now",
        "Send now",
        "Pause",
        "-",
        "Inbox (0)",
        "Errors (0)",
        "Junk (0)",
        "Backup (0)",
        "-",
        "Open EFS Mail Gateway",
        "Detail window",
        "-",
        "Quit",
      ]);
    });

    test("Open shows the window, with the pages", async () => {
      await desktop.ask("clickTray", "Open EFS Mail Gateway");
      const page = await desktop.page("/");
      await page.getByRole("navigation").getByRole("link", { name: "Errors" }).waitFor();
      await vi.waitFor(
        async () => expect(await windowsNow()).toEqual([{ path: "/", visible: true }]),
        PATIENCE,
      );
    });

    test("the detail window is one of its own, and shows the conversation as it goes on; Check now moves the mail", async () => {
      await (await desktop.page("/")).keyboard.press("Control+Shift+D");
      const detail = await desktop.page("/detail");
      await desktop.ask("clickTray", "Detail window");
      await detail.getByRole("listbox").getByText("QUIT").first().waitFor();
      expect(await windowsNow()).toEqual([
        { path: "/", visible: true },
        { path: "/detail", visible: true },
      ]);

      await detail.getByRole("textbox", { name: "Filter lines" }).fill("MAIL FROM:");
      office.addMail(8);
      await desktop.ask("clickTray", "Check now");
      await detail
        .getByRole("option", { name: /MAIL FROM:/ })
        .first()
        .waitFor();
      await vi.waitFor(() => expect(office.compare().faults).toEqual([]), PATIENCE);
      await idle();
      const tooltips = (await desktop.ask("tooltips")).map((tooltip) => tooltip.split("\n")[1]);
      expect(tooltips.some((state) => state === "Checking" || state === "Sending")).toBe(true);
      const { menu } = await desktop.ask("tray");
      expect(menu).toContain(`Errors (${office.compare().reported})`);

      await desktop.ask("closeWindow", "/detail");
      expect(await windowsNow()).toEqual([{ path: "/", visible: true }]);
    });

    test("the tray's folders open their pages in the window", async () => {
      const page = await desktop.page("/");
      await desktop.ask("clickTray", `Errors (${office.compare().reported})`);
      await vi.waitFor(() => expect(desktop.pathOf(page)).toBe("/errors"), PATIENCE);
    });

    test("pause and resume", async () => {
      await desktop.ask("clickTray", "Pause");
      await vi.waitFor(async () => expect(await trayLine()).toBe("Paused (not enabled)"), PATIENCE);
      expect((await desktop.ask("tray")).image).toMatch(/tray-paused/);
      await desktop.ask("clickTray", "Resume");
      await idle();
    });

    test("closing hides the window, and says so the first time; a second start shows it", async () => {
      await desktop.ask("closeWindow", "/errors");
      expect(await windowsNow()).toEqual([{ path: "/errors", visible: false }]);
      const goesOn = {
        title: "EFS Mail Gateway goes on",
        body: expect.stringContaining("The icon in the tray"),
      };
      expect(await notices()).toEqual([goesOn]);

      expect(await launcher.run(office.dataDirectory, [])).toMatchObject({ code: 0 });
      await vi.waitFor(
        async () => expect(await windowsNow()).toEqual([{ path: "/errors", visible: true }]),
        PATIENCE,
      );
      await desktop.ask("closeWindow", "/errors");
      expect(await notices()).toEqual([goesOn]);

      // Where no screen is any more.
      await desktop.ask("moveWindow", "/errors", { x: -20_000, y: 90, width: 900, height: 600 });
      await desktop.ask("clickTray", "Open EFS Mail Gateway");
      const [shown] = await desktop.ask("windows");
      expect(shown).toMatchObject({ visible: true, bounds: { width: 900, height: 600 } });
      expect(shown?.bounds.x).toBeGreaterThan(-800);
    });

    test("a page's OK takes its window away as well", async () => {
      const page = await desktop.page("/errors");
      await page.getByRole("navigation").getByRole("link", { name: "Log" }).click();
      await page.getByRole("button", { name: "OK" }).click();
      const visible = async () => (await windowsNow()).filter((window) => window.visible);
      await vi.waitFor(async () => expect(await visible()).toEqual([]), PATIENCE);
      expect(await notices()).toHaveLength(1);
      await desktop.ask("clickTray", `Errors (${office.compare().reported})`);
      await (await desktop.page("/errors")).getByRole("navigation").waitFor();
    });

    test("a page can neither leave nor open anything; https goes to the system's browser", async () => {
      const page = await desktop.page("/errors");
      for (const address of [
        "https://far.example/out",
        "http://far.example/",
        "file:///etc/passwd",
        "https://user:word@far.example/",
        "ms-settings:x",
      ]) {
        await page.evaluate(`window.open(${JSON.stringify(address)}) === null`);
      }
      await vi.waitFor(async () => expect(await desktop.ask("opened")).toEqual(["https://far.example/out"]));
      await page.evaluate("void (location.href = 'https://far.example/away')").catch(() => undefined);
      await page
        .evaluate("fetch('https://far.example/').then(() => 'reached', () => 'refused')")
        .then((outcome) => expect(outcome).toBe("refused"));
      expect(desktop.pathOf(page)).toBe("/errors");
      // What it wanted has not cost it its connection.
      expect(await callFrom(page, "hello", {})).toMatchObject({ ok: { host: "desktop" } });
      expect(await desktop.ask("windows")).toHaveLength(1);
      expect(await page.evaluate("[typeof require, typeof process, typeof window.efsDoubleTell]")).toEqual([
        "undefined",
        "undefined",
        "undefined",
      ]);
      expect(await page.evaluate("Object.keys(window.efs).sort()")).toEqual([
        "call",
        "onConnection",
        "onGo",
        "subscribe",
      ]);
    });

    test("what is no command, no argument of one, or none of our pages' is refused", async () => {
      const page = await desktop.page("/errors");
      expect(await callFrom(page, "quit", {})).toMatchObject({ error: { code: "command-unknown" } });
      expect(await callFrom(page, "constructor", {})).toMatchObject({ error: { code: "command-unknown" } });
      expect(await callFrom(page, "folder", { folder: "../key" })).toMatchObject({
        error: { code: "request-invalid" },
      });
      // Past the preload script, as a page that has broken out of its world would.
      const forge = async (message: unknown, frame: ForgedFrame | null = null) =>
        (await desktop.ask("forge", "/errors", FROM_PAGE, message, frame)).filter(
          (answer) => (answer as { id?: number }).id === 90_001,
        );
      expect(await forge({ id: 90_001, call: "explain", input: { answer: "550 no" } })).toHaveLength(1);
      expect(await forge({ id: 90_001, call: "no-such", input: {} })).toMatchObject([
        { result: { error: { code: "command-unknown" } } },
      ]);
      const asked = { id: 90_001, call: "explain", input: { answer: "550 no" } };
      expect(await forge(asked, { url: "app://efs/x", parent: null })).toHaveLength(1);
      for (const frame of [
        { url: "https://far.example/", parent: null },
        { url: "app://efs.far.example/", parent: null },
        { url: "file:///x", parent: null },
        { url: "", parent: null },
        { url: "app://efs/", parent: { url: "app://efs/" } },
      ]) {
        expect(await forge(asked, frame)).toEqual([]);
      }
    });

    test("an alert is a notification of the system", async () => {
      await office.mailServer.stop();
      office.addMail(1);
      await desktop.ask("clickTray", "Check now");
      await vi.waitFor(async () => expect(await notices()).toHaveLength(2), PATIENCE);
      expect((await notices())[1]).toEqual({
        title: "EFS Mail Gateway",
        body: expect.stringContaining("127.0.0.1"),
      });
      await office.mailServer.start();
      await desktop.ask("clickTray", "Send now");
      await vi.waitFor(() => expect(office.compare().faults).toEqual([]), PATIENCE);
      await idle();
    });

    test("before the computer sleeps a run is stopped; when it wakes the rest is collected", async () => {
      office.addMail(60);
      const { retrieved } = office.mailbox.counts();
      await desktop.ask("clickTray", "Check now");
      await vi.waitFor(() => expect(office.mailbox.counts().retrieved).toBeGreaterThan(retrieved), {
        ...PATIENCE,
        interval: 5,
      });
      await desktop.ask("power", "suspend");
      await idle();
      expect(office.mailbox.left().length).toBeGreaterThan(0);
      await vi.waitFor(() => expect(office.compare().faults).toEqual([]), PATIENCE);
      await idle();
    });

    test("the application's menu", async () => {
      const menu = await desktop.ask("applicationMenu");
      expect(menu.map(([label]) => label)).toEqual(["File", "Edit", "View", "Window", "Help"]);
    });

    // The last one: Playwright cannot go on with a page that has crashed in Electron.
    test("a page that crashes comes back where it was, and the mail goes on", async () => {
      const begun = async () => (await desktop.ask("sent")).filter((text) => text === BEGUN).length;
      const before = await begun();
      office.addMail(3);
      await desktop.ask("clickTray", "Check now");
      await desktop.ask("crash", "/errors");
      await vi.waitFor(async () => expect(await begun()).toBe(before + 1), PATIENCE);
      const isHello = (text: string) => text.includes('"host":"desktop"');
      await vi.waitFor(async () => {
        const sent = await desktop.ask("sent");
        expect(sent.slice(sent.lastIndexOf(BEGUN)).some(isHello)).toBe(true);
      }, PATIENCE);
      expect(await windowsNow()).toEqual([{ path: "/errors", visible: true }]);
      await vi.waitFor(() => expect(office.compare().faults).toEqual([]), PATIENCE);
    });
  });

  test("a password goes from the page through the keychain to the server, and is nowhere to be read", async () => {
    await start(2, [], false);
    const page = await desktop.page("/");
    await page.getByText("Where is your mail collected from?").waitFor();
    const text = JSON.stringify({ version: 1, ...office.settings });
    expect(await callFrom(page, "save-settings", { text, revision: null })).toMatchObject({
      ok: { kind: "saved" },
    });
    await vi.waitFor(() => expect(office.compare().faults).toEqual([]), PATIENCE);
    await idle();
    await desktop.ask("clickTray", "Detail window");
    await (await desktop.page("/detail")).getByRole("listbox").getByText("QUIT").first().waitFor();

    const settings = JSON.parse(await office.read("settings.json")) as {
      accounts: { password: { scheme: string; value: string } }[];
    };
    expect(settings.accounts[0]?.password).toEqual({
      scheme: launcher.hasKeychain ? "keychain-1" : "key-file-1",
      value: expect.any(String),
    });
    const document = await callFrom(page, "settings", {});
    expect(document).toMatchObject({
      ok: { settings: { accounts: [{ password: { scheme: "stored", value: "" } }] } },
    });
    const written = [
      await office.read("settings.json"),
      await office.read("log/efs.log"),
      await office.read("log/mail.log"),
      await office.read("window/desktop.json"),
      ...(await desktop.ask("sent")),
    ].join("\n");
    // The conversation is among it.
    expect(written.includes("+OK")).toBe(true);
    for (const form of [ACCOUNT_PASSWORD, Buffer.from(ACCOUNT_PASSWORD).toString("base64")]) {
      expect(new RegExp(`(?<![\\w-])${form}(?![\\w-])`).exec(written)).toBeNull();
    }
    await desktop.close();

    // The command line within the app opens what the keychain has sealed.
    const args = ["--cli", "export", "--with-secrets"];
    const { code, stdout } = await launcher.run(office.dataDirectory, args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accounts: [{ password: ACCOUNT_PASSWORD }] });
    await office.close();
  });

  test("quitting during a run finishes what is in flight and loses nothing; the window comes back where it was", async () => {
    await start(0);
    await desktop.page("/");
    await idle();
    office.addMail(80);
    const bounds = { x: 40, y: 50, width: 1_010, height: 720 };
    await desktop.ask("moveWindow", "/", bounds);
    await desktop.ask("clickTray", "Check now");
    await office.mailServer.received(10);
    await desktop.ask("quit");
    expect(await desktop.ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(office.mailServer.messages.length).toBeLessThan(80);
    const closed = office.mailbox.events.filter(({ kind }) => kind === "closed");
    expect(new Set(closed.map((event) => "by" in event && event.by))).toEqual(new Set(["quit"]));

    desktop = await launcher.launch({ dataDirectory: office.dataDirectory });
    await desktop.page("/");
    expect((await desktop.ask("windows")).map((window) => window.bounds)).toEqual([bounds]);
    await vi.waitFor(() => expect(office.compare().faults).toEqual([]), { timeout: 60_000, interval: 200 });
    // Each once, and a report for each that was refused.
    const { arrived, reported } = office.compare();
    expect(office.mailServer.messages).toHaveLength(arrived + reported);
    await end();
  });

  describe("where a service has the data", () => {
    let service: ReturnType<typeof spawn>;
    const serve = async () => {
      service = spawn(process.execPath, [EFS, "serve", "--port", "0", "--data", office.dataDirectory], {
        env: { ...process.env, EFS_DATA: "" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      if (service.stdout === null) throw new Error("no output");
      await once(service.stdout, "data");
    };
    const stop = async () => {
      service.kill("SIGTERM");
      await once(service, "close");
    };
    beforeEach(async () => {
      office = await openDesktopOffice(4);
      await serve();
      desktop = await launcher.launch({ dataDirectory: office.dataDirectory });
    });
    afterEach(async () => {
      await desktop.close();
      await stop();
      await office.close();
    });

    test("the app is its viewer, comes back to it after a restart, and leaves it running", async () => {
      await idle();
      expect((await desktop.ask("tray")).menu).toContain("The service of this computer (not enabled)");
      const page = await desktop.page("/");
      await page.getByRole("navigation").getByRole("link", { name: "Errors" }).waitFor();
      await desktop.ask("clickTray", "Check now");
      await vi.waitFor(() => expect(office.compare().faults).toEqual([]), PATIENCE);
      expect(await callFrom(page, "hello", {})).toMatchObject({ ok: { host: "headless" } });

      await stop();
      await page.getByText("No connection to the gateway").waitFor();
      await vi.waitFor(
        async () => expect(await trayLine()).toBe("No connection to the service (not enabled)"),
        PATIENCE,
      );
      await serve();
      await page.getByText("No connection to the gateway").waitFor({ state: "detached" });
      await idle();

      await desktop.ask("quit");
      expect(await desktop.ended).toMatchObject({ code: 0 });
      expect(service.exitCode).toBeNull();
    });
  });
}

function callFrom(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(([name, input]) => (globalThis as unknown as { efs: Bridge }).efs.call(name, input), [
    name,
    input,
  ] as [string, unknown]);
}

/** What only the double can show: a computer without a keychain, and that the double is as strict as Electron. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeWith } from "../support/skip.ts";
import { buildApp } from "./build-app.ts";
import { type DesktopOffice, openDesktopOffice } from "./desktop-office.ts";
import { openDoubleLauncher } from "./double-driver.ts";
import type { Desktop, Launcher } from "./driver.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

describeWith("browser", "on a computer without a keychain", () => {
  let launcher: Launcher;
  let office: DesktopOffice;
  let desktop: Desktop;
  beforeAll(async () => {
    await buildApp("preload");
    launcher = await openDoubleLauncher({ EFS_DOUBLE_KEYCHAIN: "none" });
    office = await openDesktopOffice(0);
    desktop = await launcher.launch({ dataDirectory: office.dataDirectory });
  });
  afterAll(async () => {
    await launcher.close();
    await office.close();
  });

  test("passwords are sealed with the key file, and somebody is told once and can always see it", async () => {
    const page = await desktop.page("/");
    await page.getByRole("navigation").waitFor();
    expect((await desktop.ask("tray")).menu).toContain("Passwords are kept in a file (not enabled)");
    expect(await desktop.ask("notices")).toEqual([
      {
        title: "This computer has no keychain",
        body: expect.stringMatching(/^Passwords are kept in a key file/),
      },
    ]);
    const settings = JSON.parse(await office.read("settings.json")) as {
      accounts: { password: { scheme: string } }[];
    };
    expect(settings.accounts[0]?.password.scheme).toBe("key-file-1");
  });

  test("of all permissions a page of ours has one: to put text on the clipboard", async () => {
    const names = [
      "clipboard-sanitized-write",
      "clipboard-read",
      "media",
      "notifications",
      "fullscreen",
      "openExternal",
    ];
    const may = async (address: string) => {
      const granted = await Promise.all(names.map((name) => desktop.ask("permission", name, address)));
      return names.filter((_name, index) => granted[index]);
    };
    expect(await may("app://efs/detail")).toEqual(["clipboard-sanitized-write"]);
    expect(await may("https://far.example/")).toEqual([]);
  });

  test("the page's copy of the bridge is frozen and takes nothing that cannot be cloned", async () => {
    const page = await desktop.page("/");
    const outcome = await page.evaluate(`(() => {
      "use strict";
      const tried = [];
      const attempt = (name, run) => {
        try { run(); tried.push(name + ": done"); } catch (error) { tried.push(name + ": " + error.name); }
      };
      attempt("replace", () => { window.efs = {}; });
      attempt("change", () => { window.efs.call = () => 1; });
      attempt("add", () => { window.efs.more = 1; });
      return tried;
    })()`);
    expect(outcome).toEqual(["replace: TypeError", "change: TypeError", "add: TypeError"]);
    expect(
      await page.evaluate(
        "window.efs.call('explain', { answer: () => 1 }).then(() => 'sent', (e) => e.name)",
      ),
    ).toBe("DataCloneError");
  });

  test("a frame within a page has no bridge, and nothing in it reaches the gateway", async () => {
    const page = await desktop.page("/");
    const before = (await desktop.ask("sent")).length;
    expect(
      await page.evaluate(`new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.srcdoc = "<p>a message</p>";
        frame.onload = () => {
          const inner = frame.contentWindow;
          const found = [typeof inner.efs, typeof inner.require, typeof inner.efsDoubleTell];
          // Whatever a frame might find to send with.
          inner.efsDoubleTell({ channel: "efs:from-page", args: [{ id: 90002, call: "settings", input: {} }] });
          setTimeout(() => { frame.remove(); resolve(found); }, 300);
        };
        document.body.append(frame);
      })`),
    ).toEqual(["undefined", "undefined", "function"]);
    const answers = (await desktop.ask("sent")).slice(before).filter((text) => text.includes("90002"));
    expect(answers).toEqual([]);
  });
});

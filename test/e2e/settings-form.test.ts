import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { type PageOptions, SMALL, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const UNSAVED = "There are unsaved changes.";

describeWith("browser", "forms of settings", () => {
  const visitor = useBrowser();
  let office: PagesOffice;
  beforeAll(async () => {
    office = await openPagesOffice({ messages: 0 });
  });
  afterAll(() => office.close());

  const pages: Page[] = [];
  const open = async (path: string, options?: PageOptions): Promise<Page> => {
    const page = await visitor.open(office, path, options);
    pages.push(page);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  };
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.context().close())));

  const stored = async () => JSON.parse(await readFile(join(office.dataDirectory, "settings.json"), "utf8"));
  const weekend = (page: Page) => page.getByLabel("Saturday and Sunday, every");

  describe("unsaved changes", () => {
    test("are not lost by Back, and Back can be meant", async () => {
      const page = await open("/");
      await page.getByRole("link", { name: "Schedule" }).click();
      await weekend(page).fill("33");
      await page.goBack();
      await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/schedule");
      await page.getByRole("button", { name: "Stay here" }).click();
      expect(await weekend(page).inputValue()).toBe("33 min");
      await page.goBack();
      await page.getByRole("button", { name: "Discard changes" }).click();
      await page.getByText("Collected today").waitFor();
      expect(new URL(page.url()).pathname).toBe("/");
    });

    test("outlive a gateway that is away, and can be saved when it is back", async () => {
      const page = await open("/schedule", { expectedErrors: /ERR_CONNECTION|WebSocket|503/ });
      await weekend(page).fill("77");
      await office.restart(async () => {
        await page.getByText("No connection to the gateway").waitFor();
        await page.getByRole("button", { name: "Save", exact: true }).click();
      });
      await page.getByText("No connection to the gateway").waitFor({ state: "detached", timeout: 30_000 });
      expect(await weekend(page).inputValue()).toBe("77 min");
      // Whether the try was still waiting or had been given up.
      const save = page.getByRole("button", { name: "Save", exact: true });
      await expect
        .poll(
          async () => {
            if (await save.isEnabled({ timeout: 500 }).catch(() => false)) {
              await save.click({ timeout: 500 }).catch(() => undefined);
            }
            return (await stored()).schedule.weekendMinutes;
          },
          { timeout: 15_000 },
        )
        .toBe(77);
      await page.getByText(UNSAVED).waitFor({ state: "detached" });
    }, 60_000);
  });

  test("a field that is wrong when it is left does not swallow the click that left it", async () => {
    const page = await open("/control");
    const days = page.getByLabel("Recognise a copy for");
    const strip = page.getByRole("switch", { name: "Remove read-receipt requests" });
    await page.getByText("Loop protection", { exact: true }).scrollIntoViewIfNeeded();
    await days.fill("9999");
    const words = await page.getByText("Remove read-receipt requests").boundingBox();
    if (words === null) throw new Error("the switch is not shown");
    await page.mouse.move(words.x + 8, words.y + 8);
    await page.mouse.down();
    // A frame for whatever would move while the button is held.
    await page.evaluate("new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))");
    expect(await days.getAttribute("aria-invalid")).not.toBe("true");
    await page.mouse.up();
    await expect.poll(() => days.getAttribute("aria-invalid")).toBe("true");
    expect(await strip.isChecked()).toBe(true);
  });

  test("an account has an address of its own", async () => {
    const page = await open("/pop3/demo");
    const name = page.getByLabel("Name", { exact: true });
    await name.waitFor();
    await page.reload();
    await name.fill("Renamed");
    await page.getByRole("button", { name: "All accounts" }).click();
    await page.getByRole("button", { name: "Renamed", exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/pop3");
    await page.goBack();
    expect(await name.inputValue()).toBe("Renamed");
    await page.getByText(UNSAVED).waitFor();
  });

  test("a page begins at its top, its first Tab at the way to the content", async () => {
    const page = await open("/smtp", { viewport: SMALL });
    await page.getByRole("button", { name: "Test", exact: true }).waitFor();
    expect(await page.evaluate("document.querySelector('main').scrollTop")).toBe(0);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
  });

  test("F5 checks, in a field too, and does not load the page anew", async () => {
    const page = await open("/schedule");
    const { events } = office.mailbox;
    await weekend(page).fill("44");
    const before = events.length;
    await page.keyboard.press("F5");
    await expect.poll(() => events.length, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(await weekend(page).inputValue()).toBe("44 min");
  });
});

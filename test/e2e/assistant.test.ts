import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { axeViolations, overflowing, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const MESSAGES = 12;
/** For people whom the mail server does not know. */
const REFUSED = 3;

describeWith("browser", "the set-up assistant", () => {
  const visitor = useBrowser();
  let office: PagesOffice;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: MESSAGES, settings: null });
  });
  afterAll(() => office.close());

  /** What holds at every step, in both colour schemes. */
  async function inspect(page: Page, name: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      found.push(...(await axeViolations(page)).map((violation) => `${name}, ${scheme}: ${violation}`));
      await screenshot(page, `assistant-${name}-${scheme}-${SMALL.width}`);
    }
    if (await overflowing(page)) found.push(`${name}: wider than the window`);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    return found;
  }

  test("a first run ends with delivered mail, by keyboard alone", async () => {
    const page = await visitor.open(office, "/", { viewport: SMALL });
    const keyboard = page.keyboard;
    const title = (name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
    const focus = page.locator(":focus");
    const focused = (label: string) => page.getByLabel(label, { exact: true }).and(focus).waitFor();
    const toField = async (label: string) => {
      for (let tabs = 0; tabs < 12; tabs += 1) {
        await keyboard.press("Tab");
        if ((await page.getByLabel(label, { exact: true }).and(focus).count()) > 0) return;
      }
      throw new Error(`the keyboard does not reach "${label}"`);
    };
    const found: string[] = [];

    await title("Where is your mail collected from?");
    await focused("POP3 server");
    found.push(...(await inspect(page, "1-mailbox")));
    await keyboard.type(office.mailbox.host);
    await toField("Encryption");
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowUp");
    await keyboard.press("ArrowUp");
    await keyboard.press("Enter");
    console.log(await page.getByLabel("Encryption", { exact: true }).first().inputValue());
    await toField("Port");
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type(String(office.mailbox.port));
    await toField("User name");
    await keyboard.type(office.mailbox.user);
    await toField("Password");
    await keyboard.type("wrong");
    await keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    found.push(...(await inspect(page, "1-refused")));
    console.log(await page.getByRole("alert").innerText());
    await focused("Password");
    await keyboard.type(office.mailbox.password);
    await keyboard.press("Enter");

    await title("Which addresses are yours?");
    found.push(...(await inspect(page, "2-domain")));
    await focused("Your mail domain");
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type("office.test");
    await keyboard.press("Enter");

    await title("How does a message say who it is for?");
    await page
      .getByText("Use the header")
      .or(page.getByText("What was found, line by line"))
      .first()
      .waitFor();
    found.push(...(await inspect(page, "3-header")));
    await keyboard.press("Enter");

    await title("Where is your office's mail server?");
    await focused("Mail server");
    found.push(...(await inspect(page, "4-server")));
    await toField("Port");
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type(String(office.mailServer.port));
    await keyboard.press("Enter");

    await title("Who looks after the mail?");
    await focused("Postmaster");
    found.push(...(await inspect(page, "5-postmaster")));
    await keyboard.press("Enter");

    await page.getByRole("button", { name: "Go to the pages" }).waitFor();
    found.push(...(await inspect(page, "6-done")));
    console.log(await page.getByRole("main").innerText());
    expect(found).toEqual([]);
  }, 120_000);
});

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { settingsSchema } from "../../core/model/settings.ts";
import { describeWith } from "../support/skip.ts";
import {
  axeViolations,
  LARGE,
  overflowing,
  type PageOptions,
  SMALL,
  screenshot,
  useBrowser,
} from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const ALIASES = 3_000;

const HEADER = [
  "X-Original-To: info@office.test",
  "Received: from mx.isp.test by pop.isp.test; Fri, 20 Nov 2026 10:00:00 +0000",
  "Received: from out.remote.test by mx.isp.test for <info@office.test>; Fri, 20 Nov 2026 09:59:58 +0000",
  "From: Jane <jane@remote.test>",
  "To: info@office.test, bob@remote.test",
  "Subject: Offer",
].join("\n");

/** More lines than the provider writes: the finder has something to put right. */
async function trustTooMany(dataDirectory: string): Promise<void> {
  const path = join(dataDirectory, "settings.json");
  const settings = JSON.parse(await readFile(path, "utf8")) as { accounts: object[] };
  const accounts = settings.accounts.map((account) => ({ ...account, trustedReceivedLines: 4 }));
  await writeFile(path, JSON.stringify({ ...settings, accounts }));
}

describeWith("browser", "who a message is for", () => {
  const visitor = useBrowser();
  let office: PagesOffice;
  const pages: Page[] = [];
  const open = async (path: string, options: PageOptions = {}): Promise<Page> => {
    const page = await visitor.open(office, path, options);
    pages.push(page);
    return page;
  };
  // A page that is left open would miss the gateway at the end.
  const closePages = () => Promise.all(pages.splice(0).map((page) => page.context().close()));

  beforeAll(async () => {
    const aliases = Object.fromEntries(
      Array.from({ length: ALIASES }, (_, number) => [`list${number}@office.test`, "anna@office.test"]),
    );
    office = await openPagesOffice({ messages: 40, settings: { aliases }, prepare: trustTooMany });
    const page = await open("/");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("link", { name: /^Errors \d+ message/ }).waitFor();
    await closePages();
  });
  afterEach(closePages);
  afterAll(() => office.close());

  const saved = async () =>
    settingsSchema.parse(JSON.parse(await readFile(join(office.dataDirectory, "settings.json"), "utf8")));
  const save = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.").first().waitFor();
  };
  const tryHeader = async (page: Page, header = HEADER): Promise<void> => {
    await page.getByRole("button", { name: "Paste a header" }).click();
    await page.getByRole("textbox", { name: "Header of a message" }).fill(header);
  };
  const goesTo = (page: Page, address: string) => page.locator(`[data-recipient="${address}"]`);

  test("Domains: a pasted header is tried with a VdA that is not saved, and nothing is saved by it", async () => {
    const page = await open("/domains");
    await tryHeader(page);
    await goesTo(page, "info@office.test").waitFor();
    await page.getByLabel("Domain on your mail server").fill("office.local");
    await goesTo(page, "info@office.local").waitFor();
    await page.getByText("james@office.local").waitFor();
    const marked = page.getByRole("region", { name: "The header, marked" });
    expect(await marked.locator("[data-field='0'] mark").getAttribute("data-verdict")).toBe("mapped");
    expect(await marked.locator("[data-field='4'] mark").allTextContents()).toEqual([
      "info@office.test (left out)",
      "bob@remote.test (left out)",
    ]);
    expect((await saved()).domains.virtualAlias).toBe(null);
    await page.getByRole("button", { name: "Show X-Original-To, field 1 in the header" }).first().click();
    expect(await marked.locator("[data-field='0']:focus").count()).toBe(1);
    await page.getByLabel("Domain on your mail server").fill("office local");
    await page.getByText("The settings on this page are not right yet").waitFor();
    await page.getByRole("button", { name: "Revert" }).click();
    await goesTo(page, "info@office.test").waitFor();
  });

  test("Domains: a message out of Errors is tried, and stays chosen on the next page", async () => {
    const page = await open("/domains");
    await page.getByRole("button", { name: "Choose a message" }).click();
    const picker = page.getByRole("dialog", { name: "Choose a message" });
    await picker.getByRole("list").getByRole("button").first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "try-it-picker");
    await picker.getByRole("list").getByRole("button").first().click();
    await picker.waitFor({ state: "hidden" });
    await page.locator("[data-recipient]").first().waitFor();
    const address = await page.locator("[data-recipient]").first().getAttribute("data-recipient");
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
    await goesTo(page, address ?? "").waitFor();
  });

  test("Headers: the finder tells what it found, and adopts exactly what it shows", async () => {
    office.addMail(30);
    const page = await open("/headers");
    await page.getByRole("button", { name: "Look at the newest messages" }).click();
    await page.getByRole("table", { name: "Headers with addresses of your domains" }).waitFor();
    await page.getByRole("rowheader", { name: "X-Original-To" }).waitFor();
    await screenshot(page, "headers-found");
    await page.getByRole("row", { name: "Trusted Received lines 4 2" }).waitFor();
    await page.getByLabel("Ignore Bcc", { exact: true }).check();
    await page.getByText("Save or revert the changes on this page first.").waitFor();
    expect(await page.getByRole("button", { name: "Adopt" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Revert" }).click();
    await page.getByRole("button", { name: "Adopt" }).click();
    await page.getByText(/^Adopted\./).waitFor();
    expect((await saved()).accounts[0]?.trustedReceivedLines).toBe(2);
    expect(await axeViolations(page)).toEqual([]);
  });

  test("Headers: custom headers are added and moved by keyboard, and saved in that order", async () => {
    const page = await open("/headers");
    const name = page.getByRole("textbox", { name: "Name of a header" });
    await name.fill("X-First");
    await name.press("Enter");
    await name.fill("X Second");
    await name.press("Enter");
    await page.getByText("A header's name has no blanks").waitFor();
    await name.fill("X-Second:");
    await name.press("Enter");
    await page.getByRole("textbox", { name: "Custom header 2" }).press("Alt+ArrowUp");
    await page.getByText("X-Second is now number 1 of 2.").waitFor({ state: "attached" });
    expect(await page.getByRole("textbox", { name: "Custom header 1" }).inputValue()).toBe("X-Second");
    await page.getByLabel("Ignore Bcc", { exact: true }).check();
    await page.getByLabel("BCC all messages to").fill("archive@office.test");
    await tryHeader(page, `X-First: anna@office.test\n${HEADER}`);
    await goesTo(page, "archive@office.test").waitFor();
    await goesTo(page, "anna@office.test").waitFor();
    await save(page);
    expect((await saved()).headers).toEqual({
      custom: ["X-Second", "X-First"],
      ignore: ["bcc"],
      bccAll: "archive@office.test",
    });
  });

  test("Aliases: thousands of rows; wrong ones are told at their row and hold the saving back", async () => {
    const page = await open("/aliases");
    await page.getByText("3,000 aliases").waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(40);
    await tryHeader(page);
    await goesTo(page, "info@office.test").waitFor();

    await page.getByRole("button", { name: "Add alias" }).click();
    await page.keyboard.type("info@office.test");
    await page.keyboard.press("Enter");
    await page.keyboard.type("info@office.test");
    await page.keyboard.press("Enter");
    await page.getByText("This goes round in a circle: info@office.test → info@office.test.").waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("1 row has to be put right before saving.").waitFor();
    await page.getByText("1 of 3,001 shown").waitFor();
    expect(Object.keys((await saved()).aliases)).toHaveLength(ALIASES);

    await screenshot(page, "aliases-wrong");
    expect(await axeViolations(page)).toEqual([]);

    const to = page.getByRole("textbox", { name: "goes to, row 1" });
    await to.fill("anna@office.test, out@remote.test");
    await to.press("Enter");
    await goesTo(page, "out@remote.test").waitFor();
    await page.getByRole("textbox", { name: "Search aliases" }).fill("list2999");
    await page.getByText("1 of 3,001 shown").waitFor();
    await page.getByRole("button", { name: "Remove alias list2999@office.test" }).click();
    await page.getByText("Removed list2999@office.test.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("1 of 3,001 shown").waitFor();
    await save(page);
    const { aliases } = await saved();
    expect(Object.keys(aliases)).toHaveLength(ALIASES + 1);
    expect(aliases["info@office.test"]).toEqual(["anna@office.test", "out@remote.test"]);
  });

  test("Aliases: a pasted list goes into the table, or in place of the file", async () => {
    const page = await open("/aliases");
    const text = "# old\r\nsales@office.test = bob@office.test\r\nspam@office.test = IGNORE\r\n";
    const importText = async (choice: string): Promise<void> => {
      await page.getByRole("button", { name: "Import" }).click();
      const dialog = page.getByRole("dialog", { name: "Import aliases" });
      await dialog.getByRole("textbox").fill(text);
      await dialog.getByText("2 aliases").waitFor();
      await dialog.getByLabel(choice).check();
      await dialog.getByRole("button", { name: "Import" }).click();
      await dialog.waitFor({ state: "hidden" });
    };
    await importText("Into the table");
    await page.getByText("2 added, 0 changed.").waitFor();
    await page.getByRole("button", { name: "Revert" }).click();
    await importText("In place of efsalias.txt");
    await page.getByText("In force: 2 aliases").waitFor();
    expect(await readFile(join(office.dataDirectory, "efsalias.txt"), "utf8")).toBe(
      text.replaceAll("\r", ""),
    );
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    expect((await download).suggestedFilename()).toBe("efsalias.txt");
  });

  test("Users: a list is imported; one that is suddenly much shorter asks first", async () => {
    const page = await open("/users");
    await page.getByText("There is no list: every address of your domains is known.").waitFor();
    const dialog = page.getByRole("dialog", { name: "Import users" });
    const importText = async (text: string): Promise<void> => {
      await page.getByRole("button", { name: "Import" }).click();
      await dialog.getByRole("textbox").fill(text);
      await dialog.getByRole("button", { name: "Import", exact: true }).click();
    };
    await importText("anna@office.test\nbob\nbob@office.test\n");
    await dialog.getByText("Line 2 (“bob”) holds something that is not an address").waitFor();
    await dialog.getByText(/^This list cannot be imported: line 2/).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await importText("anna@office.test\nbob@office.test\ncarl@office.test\n");
    await page.getByText("In force: 3 users").waitFor();
    await importText("anna@office.test\n");
    await dialog.getByText(/^This list has 1 user; the one in force has 3/).waitFor();
    await screenshot(page, "users-shorter");
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Import the shorter list" }).click();
    await page.getByText("In force: 1 user").waitFor();
    await tryHeader(page, "To: carl@office.test\n");
    await page.getByText("It would be put into Junk").waitFor();

    // Somebody saves a broken file: the last good one stays, and its lines are told after the next check.
    await writeFile(join(office.dataDirectory, "efsusers.txt"), "# nobody\nwhat\n");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByText("The last good list is in force: 1 user").waitFor();
    await page.getByRole("cell", { name: "what" }).waitFor();
    await screenshot(page, "users-last-good");
  }, 60_000);

  test.each([
    ["light", SMALL],
    ["light", LARGE],
    ["dark", SMALL],
    ["dark", LARGE],
  ] as const)(
    "with a message tried the pages hold and have no violation (%s, %o)",
    async (scheme, viewport) => {
      const page = await open("/domains", { scheme, viewport });
      await tryHeader(page);
      const found: string[] = [];
      for (const name of ["Domains", "Headers", "Aliases", "Users"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { level: 1, name }).waitFor();
        await page.getByRole("region", { name: "The header, marked" }).waitFor();
        found.push(...(await axeViolations(page)).map((violation) => `${name}: ${violation}`));
        if (await overflowing(page)) found.push(`${name}: wider than the window`);
        await screenshot(page, `${name.toLowerCase()}-tried-${scheme}-${viewport.width}`);
      }
      expect(found).toEqual([]);
    },
    60_000,
  );

  test("in German, whose words are longer, they hold too", async () => {
    const page = await open("/domains", { locale: "de-DE", viewport: SMALL });
    for (const name of ["Domains", "Kopfzeilen", "Aliase", "Benutzer"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      await page.getByRole("heading", { name: "Ausprobieren" }).waitFor();
      expect(await overflowing(page)).toBe(false);
      await screenshot(page, `${name.toLowerCase()}-de-1024`);
    }
  });
});

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { axeViolations, LARGE, overflowing, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const INVOICE = Buffer.from(
  [
    "Return-Path: <billing@far.example>",
    "X-Original-To: ada@office.test",
    "From: =?utf-8?q?J=C3=B6rg_Billing?= <billing@far.example>",
    "To: ada@office.test",
    "Subject: =?utf-8?q?Invoice_4711=2C_=22=C3=BCberf=C3=A4llig=22?=",
    "Message-ID: <invoice-4711@far.example>",
    "",
    "Please pay.",
    "",
  ].join("\r\n"),
);

describeWith("browser", "the history", () => {
  const visitor = useBrowser();
  let office: PagesOffice;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: 40 });
    office.mailbox.add([{ uid: "invoice", content: INVOICE }]);
    const page = await visitor.open(office);
    const collected = (number: RegExp) =>
      page.getByRole("link").filter({ hasText: number }).waitFor({ timeout: 20_000 });
    await collected(/Collected today4[01]/);
    await page.getByRole("button", { name: "Check now" }).click();
    await collected(/Collected today41/);
    await page.context().close();
  });
  afterAll(() => office.close());

  test("is searched while typing, without accents, and shows a message's whole way", async () => {
    const page = await visitor.open(office, "/history");
    const rows = page.getByRole("row").filter({ has: page.getByRole("gridcell") });
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    await page.keyboard.press("/");
    await page.keyboard.type("uberfall 4711");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.innerText()).toContain('Invoice 4711, "überfällig"');

    await page.getByRole("grid").focus();
    await page.keyboard.press("Enter");
    const message = page.getByRole("region", { name: "Message" });
    await message.getByText("Accepted by the mail server").waitFor();
    await message.getByText("The provider wrote this header").waitFor();
    expect(page.url()).toMatch(/\/history\/[0-9A-F]{12}$/);
    await screenshot(page, "history-message");
    expect(await axeViolations(page)).toEqual([]);
    // Its address leads to it.
    await page.reload();
    await message.getByText("Accepted by the mail server").waitFor();
    await page.keyboard.press("Escape");
    await message.waitFor({ state: "hidden" });
  });

  test("is filtered by outcome and by day, and says when nothing fits", async () => {
    const page = await visitor.open(office, "/history");
    const rows = page.getByRole("row").filter({ has: page.getByRole("gridcell") });
    await page.getByRole("combobox", { name: "Outcome" }).click();
    await page.getByRole("option", { name: "Could not be delivered" }).click();
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByLabel("From this day").fill("2020-01-01");
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByLabel("To this day").fill("2020-01-31");
    await page.getByText("No message fits").waitFor();
    await page.getByRole("button", { name: "Show everything" }).click();
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
  });

  test("goes out as CSV, with what is shown", async () => {
    const page = await visitor.open(office, "/history");
    await page.getByRole("searchbox").fill("4711");
    await expect.poll(() => page.getByRole("gridcell").filter({ hasText: "Invoice" }).count()).toBe(1);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export as CSV" }).click(),
    ]);
    const lines = (await readFile(await download.path(), "utf8")).split("\r\n");
    expect([download.suggestedFilename(), lines.length, lines[2]]).toEqual(["efs-history.csv", 3, ""]);
    expect(lines[1]).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z,\d{4}-\d\d-\d\dT[\d:.]+Z,delivered,.*,demo,mail,billing@far\.example,/,
    );
    expect(lines[1]).toContain('"Invoice 4711, ""überfällig"""');
  });

  test.each([
    ["light", SMALL],
    ["dark", LARGE],
  ] as const)("with a message open it holds and has no violation (%s)", async (scheme, viewport) => {
    const page = await visitor.open(office, "/history", { scheme, viewport });
    // Not the icon: its tooltip would lie over the page.
    await page.getByRole("gridcell").nth(3).click();
    await page.getByText("Why these recipients").waitFor();
    expect([await axeViolations(page), await overflowing(page)]).toEqual([[], false]);
    await screenshot(page, `history-message-${scheme}-${viewport.width}`);
  });
});

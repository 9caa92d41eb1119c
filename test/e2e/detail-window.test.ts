import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { axeViolations, LARGE, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

/** Its Return-Path is an address that the mail server refuses to take mail from. */
const REFUSED = Buffer.from(
  [
    "Return-Path: <refused-1@far.example>",
    "Received: from far.example by pop.isp.test for <ada@office.test>; Fri, 20 Nov 2026 10:00:00 +0000",
    "X-Original-To: ada@office.test",
    "From: Somebody <refused-1@far.example>",
    "To: ada@office.test",
    "Subject: A sender that the server refuses",
    "Message-ID: <refused-1@far.example>",
    "",
    "Text that nobody may read in the conversation.",
    "",
  ].join("\r\n"),
);

describeWith("browser", "the detail window", () => {
  const visitor = useBrowser();
  let office: PagesOffice;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: 1 });
  });
  afterAll(() => office.close());

  test("shows a refused sender's conversation line by line, and explains the answer", async () => {
    const page = await visitor.open(office, "/detail");
    const list = page.getByRole("listbox");
    // What was said before it was opened is there as well.
    await list.getByText("QUIT").first().waitFor();
    await page.getByRole("button", { name: "Clear the view" }).click();
    await page.getByText("Nothing is being said").waitFor();

    office.mailbox.add([{ uid: "refused-1", content: REFUSED }]);
    const home = await visitor.open(office);
    await home.getByRole("button", { name: "Check now" }).click();
    await list.getByRole("option", { name: /553/ }).waitFor();

    // The session that was refused, and no other.
    const session = await list.getByRole("option", { name: /553/ }).locator(".efs-session").innerText();
    await page.getByRole("combobox", { name: "Session" }).click();
    await page.getByRole("option", { name: session, exact: true }).click();
    await page.getByRole("textbox", { name: "Filter lines" }).fill("far.example");
    await list.getByRole("option", { name: /MAIL FROM:<refused-1@far\.example>/ }).waitFor();
    await page.getByRole("button", { name: "Show all lines" }).click();

    const lines = await list
      .getByRole("option")
      .locator(".efs-line-arrow, .mantine-Badge-label, .efs-line-text")
      .allInnerTexts();
    const said = lines.join(" ").replace(/\s+/g, " ");
    expect(said).toMatch(/→ MAIL FROM:<refused-1@far\.example>/);
    expect(said).toMatch(/← 553 5\.1\.7 Sender address refused/);
    expect(said).not.toContain("Text that nobody may read");
    await screenshot(page, "detail-conversation");

    await list.getByRole("option", { name: /553/ }).click();
    const chosen = page.getByRole("region", { name: "The chosen line" });
    await chosen.getByText("553 5.1.7 Sender address refused").waitFor();
    await chosen.getByText("The server will say the same next time").waitFor();
    await screenshot(page, "detail-explained");
  });

  test.each([
    ["light", LARGE],
    ["dark", SMALL],
  ] as const)("has no violation (%s)", async (scheme, viewport) => {
    const page = await visitor.open(office, "/detail", { scheme, viewport });
    await page.getByRole("listbox").getByRole("option").first().click();
    await page.getByRole("region", { name: "The chosen line" }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, `detail-${scheme}-${viewport.width}`);
  });

  test("by keyboard alone: lines, filter, pause", async () => {
    const page = await visitor.open(office, "/detail");
    const list = page.getByRole("listbox");
    await list.getByRole("option").first().waitFor();
    await list.focus();
    await page.keyboard.press("Home");
    await expect.poll(() => list.getAttribute("aria-activedescendant")).toBe("line-0");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => list.getAttribute("aria-activedescendant")).toBe("line-1");
    await page.keyboard.press("Escape");
    await expect.poll(() => list.getAttribute("aria-activedescendant")).toBeNull();
    await page.keyboard.press("/");
    await page.keyboard.type("no such words anywhere");
    await page.getByText("Nothing is being said").waitFor();
  });
});

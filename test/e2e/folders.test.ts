import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillErrors } from "../support/full-errors.ts";
import { describeWith } from "../support/skip.ts";
import { axeViolations, LARGE, overflowing, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const HOSTILE = [
  "Return-Path: <attacker@remote.test>",
  "X-Original-To: nobody-here@office.test",
  "Received: from a.test by b.test; Mon, 5 Jan 2026 08:00:00 +0000",
  'From: "Attacker" <attacker@remote.test>',
  "To: nobody-here@office.test",
  "Subject: hostile",
  "Message-ID: <hostile@remote.test>",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  "Content-Type: text/html; charset=utf-8",
  "",
  "<html><head><meta http-equiv=refresh content='0;url=http://tracker.test/meta'>",
  "<link rel=stylesheet href='http://tracker.test/link'><base href='http://tracker.test/'>",
  "<style>@import 'http://tracker.test/import'; p { background: url(http://tracker.test/style) }</style></head>",
  "<body background='http://tracker.test/body' onload='parent.document.title=1'>",
  "<script>parent.document.title = 'taken over'</script>",
  "<p style='background-image: url(http://tracker.test/attribute)'>The words of the message</p>",
  "<img src='http://tracker.test/picture' onerror='parent.document.title=1'>",
  "<img src='x' srcset='http://tracker.test/set 2x'><svg><image href='http://tracker.test/svg'/></svg>",
  "<form action='http://tracker.test/form'><input name=a><button>Sign in</button></form>",
  "<iframe src='http://tracker.test/frame'></iframe><video src='http://tracker.test/video'></video>",
  "<a href='http://tracker.test/click' target=_top>Click here</a></body></html>",
  "--b",
  'Content-Type: application/octet-stream; name="invoice.pdf.exe"',
  'Content-Disposition: attachment; filename="../invoice.pdf.exe"',
  "Content-Transfer-Encoding: base64",
  "",
  "TVqQAAM=",
  "--b--",
  "",
].join("\r\n");

const grid = (page: Page) => page.getByRole("grid");
const rows = (page: Page) => grid(page).locator("tbody tr[data-row]");

describeWith("browser", "folders", () => {
  const visitor = useBrowser();

  describe("messages that were refused", () => {
    let office: PagesOffice;
    beforeAll(async () => {
      office = await openPagesOffice({ messages: 16, settings: { backup: { enabled: true } } });
      office.mailbox.add([{ uid: "hostile", content: Buffer.from(HOSTILE) }]);
      const page = await visitor.open(office, "/errors");
      await page.getByRole("button", { name: "Check now" }).click();
      await rows(page).nth(3).waitFor();
      await page.context().close();
    });
    afterAll(() => office.close());

    test("nothing of a hostile message runs, loads, sends or leads away", async () => {
      const page = await visitor.open(office, "/errors", { viewport: LARGE });
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.getByLabel("Search sender, recipient, subject").fill("hostile");
      await expect.poll(() => rows(page).count()).toBe(1);
      await rows(page).first().click();
      await page.getByRole("tab", { name: "Text" }).click();
      const frame = page.locator("iframe");
      await frame.contentFrame().getByText("The words of the message").waitFor();
      await page.getByText("things from elsewhere are not loaded").waitFor();
      await screenshot(page, "message-hostile-light-1600");
      const shown = (await frame.getAttribute("srcdoc")) ?? "";
      expect(shown.replace(/<head>.*?<\/style>/s, "")).not.toMatch(
        /<(?:script|form|input|iframe|link|meta|base|svg|video)|onerror|onload|(?:src|href|background|srcset|action)=|url\(|@import/i,
      );
      expect(shown).toContain('title="http://tracker.test/click"');
      expect(await frame.getAttribute("sandbox")).toBe("");
      expect(asked.filter((address) => !address.startsWith(office.origin))).toEqual([]);
      expect(await page.title()).toBe("Errors - EFS Mail Gateway");

      await page.getByRole("tab", { name: "Attachments" }).click();
      await page.getByText("invoice.pdf.exe").waitFor();
      await page.getByText("can do harm").waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save invoice.pdf.exe" }).click();
      expect((await download).suggestedFilename()).toBe("invoice.pdf.exe");
      await page.context().close();
    });

    test("are explained, resent to the postmaster by keyboard, deleted and brought back", async () => {
      const page = await visitor.open(office, "/errors", { viewport: LARGE });
      await grid(page).focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      const pane = page.getByRole("region", { name: "Message" });
      await pane.getByText("Why these recipients").waitFor();
      await pane.getByText("550 5.1.1 No such user here").first().waitFor();
      await pane.getByText("Your mail server has no mailbox with this address.").first().waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await screenshot(page, "message-way-light-1600");

      const reports = office.mailServer.messages.length;
      await page.keyboard.press("r");
      await page.getByText("1 message resent to the postmaster").waitFor();
      await pane.getByText("Resent to the postmaster").waitFor();
      await expect.poll(() => office.mailServer.messages.length, { timeout: 10_000 }).toBe(reports + 1);

      const count = await rows(page).count();
      await page.keyboard.press("Delete");
      await page.getByText("1 message deleted.").waitFor();
      await expect.poll(() => rows(page).count()).toBe(count - 1);
      await page.keyboard.press("Control+z");
      await expect.poll(() => rows(page).count()).toBe(count);

      await grid(page).focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("Space");
      await page.keyboard.press("Delete");
      await expect.poll(() => rows(page).count()).toBe(count - 1);
      // Leaving the page sends it.
      await page.goto(`${office.origin}/about`);
      await page.goto(`${office.origin}/errors`);
      await expect.poll(() => rows(page).count()).toBe(count - 1);
      await page.context().close();
    });

    test("selected with the mouse, sent to somebody else; a wrong address is told at its field", async () => {
      const page = await visitor.open(office, "/backup", { viewport: SMALL, scheme: "dark" });
      await rows(page).nth(5).waitFor();
      await rows(page).nth(1).locator("[data-tick]").click();
      await rows(page)
        .nth(3)
        .click({ modifiers: ["Shift"] });
      await page.getByText("3 selected").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await overflowing(page)).toBe(false);
      await screenshot(page, "folder-selection-dark-1024");

      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: "Send to..." }).click();
      const question = page.getByRole("dialog");
      await question.getByLabel("Address").fill("nobody");
      await question.getByRole("button", { name: "Send" }).click();
      await question.getByText("This is not an address").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      const before = office.mailServer.messages.length;
      await question.getByLabel("Address").fill("ada@office.test");
      await page.keyboard.press("Enter");
      await page.getByText("Copies of 3 messages are sent").waitFor();
      await expect.poll(() => office.mailServer.messages.length, { timeout: 10_000 }).toBe(before + 3);
      await page.context().close();
    });

    test("the menu of a row is for that row; a drawer shows the message in a small window", async () => {
      const page = await visitor.open(office, "/backup", { viewport: SMALL });
      await rows(page).nth(2).click({ button: "right" });
      await page.getByRole("menuitem", { name: "Resend to postmaster" }).waitFor();
      await page.keyboard.press("Escape");
      await rows(page).nth(2).click();
      const drawer = page.getByRole("dialog", { name: "Message" });
      await drawer.getByText("Accepted by the mail server").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await screenshot(page, "message-drawer-light-1024");
      await drawer.getByRole("tab", { name: "Headers" }).click();
      // Whichever message was delivered third: not all have a Message-ID or a Return-Path.
      await drawer.getByLabel("Search the headers").fill("x-sample");
      await expect.poll(() => drawer.locator("tbody tr").count()).toBe(1);
      await drawer.getByRole("tab", { name: "Source" }).click();
      await drawer.getByText("X-Sample:").waitFor();
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "hidden" });
      expect(new URL(page.url()).pathname).toBe("/backup");
      await page.context().close();
    });
  });

  describe("20,000 messages in Errors", () => {
    const COUNT = 20_000;
    let office: PagesOffice;
    beforeAll(async () => {
      office = await openPagesOffice({ messages: 0, prepare: (directory) => fillErrors(directory, COUNT) });
    }, 120_000);
    afterAll(() => office.close());

    test("are opened, scrolled, sorted, searched, and deleted with progress", async () => {
      const page = await visitor.open(office, "/errors", { viewport: LARGE });
      await page.getByRole("status").getByText("20,000 messages").waitFor();
      expect(await grid(page).getAttribute("aria-rowcount")).toBe("20001");
      // Only what is in sight exists.
      expect(await rows(page).count()).toBeLessThan(60);
      await screenshot(page, "errors-20000-light-1600");

      await grid(page).focus();
      await page.keyboard.press("End");
      await page.locator(`[data-row='${COUNT - 1}'] time`).waitFor();
      await page.getByRole("button", { name: "Size" }).click();
      await page
        .getByRole("columnheader", { name: "Size" })
        .and(page.locator("[aria-sort=descending]"))
        .waitFor();

      await page.keyboard.press("/");
      await page.keyboard.type("Zwiebelfisch");
      await page.getByText("1 message", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Clear the search" }).click();
      await page.getByRole("status").getByText("20,000 messages").waitFor();

      await grid(page).focus();
      await page.keyboard.press("Control+a");
      await page.getByText("20,000 selected").waitFor();
      await page.keyboard.press("Delete");
      await page.getByRole("dialog").getByText("Delete 20,000 messages?").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("No errors").waitFor();
      await page.getByText("20,000 messages deleted.").waitFor();
      await page.keyboard.press("Control+z");
      await page.getByRole("status").getByText("20,000 messages").waitFor();

      await grid(page).focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("Space");
      for (let presses = 0; presses < 40; presses += 1) await page.keyboard.press("Shift+PageDown");
      // Its row is only named once the list has been scrolled to it.
      const last = page.locator("[role=grid][aria-activedescendant]");
      await last.waitFor();
      const row = await last.getAttribute("aria-activedescendant");
      const selected = Number(row?.replace("efs-mail-row-", "")) + 1;
      expect(selected).toBeGreaterThan(500);
      await page.getByText(`${selected} selected`).waitFor();
      await page.clock.install();
      await page.keyboard.press("Delete");
      await page.getByText(`${selected} messages deleted.`).waitFor();
      const left = new Intl.NumberFormat("en").format(COUNT - selected);
      await page.getByRole("status").getByText(`${left} messages`).waitFor();
      expect(readdirSync(join(office.dataDirectory, "mail", "Errors")).length).toBe(COUNT);
      await page.clock.fastForward(31_000);
      await page.getByText(`of ${selected}`).waitFor();
      await page.getByText(`of ${selected}`).waitFor({ state: "hidden" });
      await page.getByRole("status").getByText(`${left} messages`).waitFor();
      expect(readdirSync(join(office.dataDirectory, "mail", "Errors")).length).toBe(COUNT - selected);
      await page.context().close();
    }, 120_000);
  });
});

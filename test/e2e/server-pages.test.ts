import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type MailboxServer, startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { describeWith } from "../support/skip.ts";
import { axeViolations, overflowing, type PageOptions, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const NAME = "The ISP's catch-all mailbox";

describeWith("browser", "the pages of servers, times and limits", () => {
  const visitor = useBrowser();
  let office: PagesOffice;
  let secure: MailboxServer;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: 0 });
    secure = await startMailboxServer([], { security: "tls", user: "anna", password: "right" });
  });
  afterAll(() => Promise.all([office.close(), secure.close()]));

  const pages: Page[] = [];
  const open = async (path: string, options?: PageOptions): Promise<Page> => {
    const page = await visitor.open(office, path, options);
    pages.push(page);
    return page;
  };
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.context().close())));

  const stored = async () => JSON.parse(await readFile(join(office.dataDirectory, "settings.json"), "utf8"));
  const save = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.", { exact: true }).last().waitFor();
    await page.getByText("There are unsaved changes.").waitFor({ state: "detached" });
  };

  describe("POP3", () => {
    test("a new account: named by itself, its certificate judged, tried and saved", async () => {
      const page = await open("/pop3", { viewport: SMALL });
      await page.getByRole("button", { name: "Add an account" }).click();
      await page.getByText("All messages, or only new ones?").waitFor();
      await page.getByRole("radio", { name: "Only new messages" }).check();
      await page.getByLabel("Name", { exact: true }).fill("Zweigstelle Köln");
      expect(await page.getByLabel("Id", { exact: true }).inputValue()).toBe("zweigstelle-koln");

      await page.getByRole("button", { name: "Test", exact: true }).click();
      await page.getByText("Give a server name or an IP address, without spaces or http://.").waitFor();

      await page.getByLabel("POP3 server").fill(secure.host);
      await page.getByLabel("User name").fill("anna");
      await page.getByLabel("Password", { exact: true }).fill("right");
      await page.getByRole("radio", { name: "TLS", exact: true }).check();
      expect(await page.getByLabel("Port", { exact: true }).inputValue()).toBe("995");
      await page.getByLabel("Port", { exact: true }).fill(String(secure.port));
      await page.getByRole("radio", { name: "STARTTLS, required" }).check();
      expect(await page.getByLabel("Port", { exact: true }).inputValue()).toBe(String(secure.port));
      await page.getByRole("radio", { name: "TLS", exact: true }).check();

      await page.getByRole("button", { name: "Test", exact: true }).click();
      await page.getByText("The server's certificate is not trusted").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await screenshot(page, "pop3-certificate");
      await page.getByRole("button", { name: "Accept this certificate" }).click();
      await page.getByRole("dialog").getByText(`From now on ${secure.host} is trusted`).waitFor();
      await page.getByRole("button", { name: "Accept the certificate" }).click();
      await page.getByText("Something was changed since the last test.").waitFor();
      await page.getByRole("button", { name: "Test", exact: true }).click();
      await page.getByText("0 messages in the mailbox, 0 bytes").waitFor();
      expect(await overflowing(page)).toBe(false);

      await save(page);
      await page.getByRole("button", { name: "All accounts" }).click();
      await page
        .getByRole("row", { name: "Zweigstelle Köln" })
        .getByText("Leaves mail on the server")
        .waitFor();
      const { accounts } = await stored();
      expect(accounts[1]).toMatchObject({
        id: "zweigstelle-koln",
        security: "tls",
        port: secure.port,
        firstUse: "new",
        leaveOnServer: true,
        acceptedCertificate: expect.stringMatching(/^[0-9a-f]{64}$/),
        password: { scheme: expect.any(String) },
      });
    });

    test("leaving no mail on the server is asked about, and can be thought over", async () => {
      const page = await open("/pop3");
      await page.getByRole("button", { name: "Zweigstelle Köln" }).first().click();
      const leave = page.getByRole("switch", { name: "Leave mail on host" });
      await leave.click();
      await page.getByRole("dialog", { name: "Delete mail at the provider?" }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(await leave.isChecked()).toBe(true);
      await leave.click();
      await page.getByRole("button", { name: "Delete after collecting" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await leave.isChecked()).toBe(false);
      await page.getByRole("button", { name: "Revert" }).click();
      expect(await leave.isChecked()).toBe(true);
    });

    test("a copy needs its password; a wrong account opens by itself; removing takes it away", async () => {
      const page = await open("/pop3", { scheme: "dark" });
      await page.getByRole("button", { name: `Actions for ${NAME}` }).click();
      await page.getByRole("menuitem", { name: "Duplicate" }).click();
      await page.getByLabel("POP3 server").fill("two words");
      await page.getByRole("button", { name: "All accounts" }).click();
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("Give a server name or an IP address, without spaces or http://.").waitFor();
      await page.waitForFunction("document.activeElement.value === 'two words'");
      await page.getByRole("button", { name: "All accounts" }).click();
      await page.getByText("Something in this account is not right.").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page
        .getByRole("button", { name: `Actions for ${NAME}` })
        .last()
        .click();
      await page.getByRole("menuitem", { name: "Remove" }).click();
      expect(await page.getByRole("button", { name: NAME, exact: true }).count()).toBe(1);
      expect((await stored()).accounts).toHaveLength(2);
    });

    test("another server asks for the password again, and its name can be looked up", async () => {
      const page = await open("/pop3");
      await page.getByRole("button", { name: NAME, exact: true }).click();
      await page.getByLabel("POP3 server").fill("localhost");
      await page.getByText("Enter the password again").waitFor();
      await page.getByRole("button", { name: "IP: look up" }).click();
      await page.getByText("127.0.0.1", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("No password is stored for this host and user name; write it here.").waitFor();
      expect(await page.getByLabel("Password", { exact: true }).getAttribute("aria-invalid")).toBe("true");
      expect((await stored()).accounts[0].host).toBe("127.0.0.1");
    });
  });

  test("SMTP: tried, a postmaster elsewhere warned about, a second server only when it is right", async () => {
    const page = await open("/smtp");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.locator("[data-verdict=pass]").first().waitFor();
    await page.getByLabel("Postmaster's address").fill("me@elsewhere.example");
    await page.getByText("me@elsewhere.example is not in your domains.").waitFor();
    await page.getByLabel("Postmaster's address").fill("postmaster@office.test");
    await page.getByRole("switch", { name: "Use a second server" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Give a server name or an IP address, without spaces or http://.").waitFor();
    expect((await stored()).smtp.fallback).toBe(null);
    await page.getByLabel("SMTP server").last().fill("mail2.example");
    await page.getByRole("switch", { name: "Forward mail" }).click();
    await page.getByRole("button", { name: "Only collect" }).click();
    await page.getByText("Forwarding is off").waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await axeViolations(page)).toEqual([]);
    await save(page);
    expect((await stored()).smtp).toMatchObject({
      forward: false,
      fallback: { host: "mail2.example", port: 25, security: "none", username: null },
    });
  });

  test("Schedule: a day between two times, until midnight, for all working days", async () => {
    const page = await open("/schedule", { scheme: "dark", viewport: SMALL });
    await page.getByRole("group", { name: "Monday" }).getByText("Between").click();
    await page.getByLabel("Monday from").fill("07:30");
    await page.getByLabel("Monday until").fill("00:00");
    await page.getByRole("button", { name: "Tuesday to Friday like Monday" }).click();
    await page.getByRole("group", { name: "Sunday" }).getByText("Never").click();
    expect(await axeViolations(page)).toEqual([]);
    expect(await overflowing(page)).toBe(false);
    await screenshot(page, "schedule-filled");
    await save(page);
    const day = { from: "07:30", to: "24:00" };
    expect((await stored()).schedule.days).toEqual([day, day, day, day, day, "all", "never"]);
  });

  test("Control: discarding is asked about; empty lines are no entries", async () => {
    const page = await open("/control");
    await page.getByLabel("Senders", { exact: true }).fill("spam@example.com\n\n@bad.example\n");
    await page.getByRole("radio", { name: "Is discarded" }).click();
    await page.getByRole("button", { name: "Discard them" }).click();
    await page.getByLabel("Maximum message size").fill("25");
    await save(page);
    expect((await stored()).control).toMatchObject({
      maxMessageBytes: 25 * 1_048_576,
      blocked: { senders: ["spam@example.com", "@bad.example"], action: "discard" },
    });
  });

  test("Pre/Post check: each kind has its own fields", async () => {
    const page = await open("/pre-post-check");
    await page.getByRole("radio", { name: "Reach a host" }).check();
    await page.getByLabel("Host", { exact: true }).fill("192.0.2.1");
    await page.getByRole("switch", { name: "Check only if it was successful" }).click();
    await page.getByRole("radio", { name: "Run a program" }).last().check();
    await page.getByLabel("Program", { exact: true }).fill("/bin/true");
    await page.getByLabel("Arguments").fill("--quiet\ntwo words");
    expect(await axeViolations(page)).toEqual([]);
    await save(page);
    expect(await stored()).toMatchObject({
      preCheck: { kind: "reach", host: "192.0.2.1", port: null, onlyIfSuccessful: true },
      postCheck: { kind: "program", path: "/bin/true", arguments: ["--quiet", "two words"] },
    });
    await page.getByRole("radio", { name: "Nothing" }).first().check();
    await save(page);
    expect((await stored()).preCheck.kind).toBe("none");
  });

  describe("Advanced", () => {
    test("settings go out without secrets, and come in after it was said what becomes different", async () => {
      const page = await open("/advanced");
      await page.getByText(join(office.dataDirectory, "marker.efs")).waitFor();
      const downloading = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export settings" }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/^efs-settings-\d{4}-\d\d-\d\d\.json$/);
      const text = await readFile(await download.path(), "utf8");
      const exported = JSON.parse(text);
      expect(exported.accounts[0].password).toEqual({ scheme: "stored", value: "" });

      await page.getByRole("button", { name: "Import settings" }).click();
      const pasted = page.getByLabel("Or paste its text");
      const replace = page.getByRole("button", { name: "Replace the settings" });
      await pasted.fill(text);
      await page.getByText("There is nothing to replace.").waitFor();
      await pasted.fill(JSON.stringify({ ...exported, smtp: { host: "two words" } }));
      await page.getByText("smtp.host: give a server name").waitFor();
      expect(await replace.isDisabled()).toBe(true);
      await pasted.fill(JSON.stringify({ ...exported, accounts: [exported.accounts[0]], log: { days: 7 } }));
      await page.getByText("Accounts that go: zweigstelle-koln").waitFor();
      await page.getByText("Other settings: log").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await replace.click();
      await page.getByText("The settings were replaced.").waitFor();
      await expect.poll(() => page.getByLabel("Log files").inputValue()).toBe("7 days");
      expect(await stored()).toMatchObject({ accounts: [{ id: "demo" }], log: { days: 7 } });
    });

    test("pages for other computers need a password and a certificate", async () => {
      const page = await open("/advanced");
      await page.getByLabel("Listen on").fill("0.0.0.0");
      await page.getByText("needed as well: a password, a certificate, its key").waitFor();
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("Is needed where other computers can reach the pages").first().waitFor();
      expect((await stored()).web.host).toBe("127.0.0.1");
    });

    test("language and colours change at once, and stay", async () => {
      const page = await open("/advanced");
      await page.getByText("Deutsch", { exact: true }).click();
      await page.getByRole("heading", { name: "Erweitert" }).waitFor();
      await page.getByText("Dunkel", { exact: true }).click();
      await page.reload();
      await page.getByRole("heading", { name: "Erweitert" }).waitFor();
      expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
      for (const path of ["pop3", "smtp", "schedule", "control", "pre-post-check", "advanced"]) {
        await page.goto(`${office.origin}/${path}`);
        await page.getByRole("heading", { level: 2 }).first().waitFor();
        // A key that has no words is shown as it is.
        expect(await page.locator("main").innerText()).not.toMatch(/\bserver\.[a-z]/);
        expect(await overflowing(page)).toBe(false);
        await screenshot(page, `${path}-german`);
      }
    }, 60_000);
  });

  test("other pages' settings that are saved meanwhile stay, and this page's are saved", async () => {
    const [mine, theirs] = [await open("/schedule"), await open("/control")];
    await mine.getByLabel("Saturday and Sunday, every").fill("50");
    await theirs.getByLabel("Recognise a copy for").fill("1");
    expect(await theirs.getByLabel("Recognise a copy for").inputValue()).toBe("1 day");
    await save(theirs);
    await save(mine);
    const { duplicates, schedule } = await stored();
    expect([duplicates.days, schedule.weekendMinutes]).toEqual([1, 50]);
  });

  test("what is saved elsewhere meanwhile is not overwritten unasked", async () => {
    const [mine, theirs] = [await open("/schedule"), await open("/schedule")];
    const interval = (page: Page) => page.getByLabel("Monday to Friday, every");
    await interval(mine).fill("20");
    await interval(theirs).fill("45");
    await save(theirs);
    await mine.getByRole("button", { name: "Save", exact: true }).click();
    await mine.getByRole("dialog", { name: "Saved elsewhere meanwhile" }).waitFor();
    await mine.getByRole("button", { name: "Show theirs" }).click();
    expect(await interval(mine).inputValue()).toBe("45 min");
    expect((await stored()).schedule.weekdayMinutes).toBe(45);
    await interval(mine).fill("15");
    await interval(theirs).fill("60");
    await save(theirs);
    await mine.getByRole("button", { name: "Save", exact: true }).click();
    await mine.getByRole("button", { name: "Keep mine" }).click();
    expect(await interval(mine).inputValue()).toBe("15 min");
    expect((await stored()).schedule.weekdayMinutes).toBe(60);
    await save(mine);
    expect((await stored()).schedule.weekdayMinutes).toBe(15);
  });
});

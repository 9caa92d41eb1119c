import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { describeWith } from "../support/skip.ts";
import { axeViolations, LARGE, overflowing, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

const MESSAGES = 12;
/** For people whom the mail server does not know. */
const REFUSED = 3;

/** What holds at every step, in both colour schemes. */
async function inspect(page: Page, name: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    found.push(...(await axeViolations(page)).map((violation) => `${name}, ${scheme}: ${violation}`));
    await screenshot(page, `assistant-${name}-${scheme}`);
  }
  if (await overflowing(page)) found.push(`${name}: wider than the window`);
  return found;
}

function question(page: Page, title: string): Promise<void> {
  return page.getByRole("heading", { level: 1, name: title }).waitFor();
}

const QUESTIONS = {
  mailbox: "Where is your mail collected from?",
  domain: "Which addresses are yours?",
  header: "How does a message say who it is for?",
  server: "Where is your office's mail server?",
  postmaster: "Who looks after the mail?",
} as const;

interface Mailbox {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** By mouse, for tests that are about something else. */
async function fillMailbox(page: Page, mailbox: Mailbox, encryption: "None" | "TLS"): Promise<void> {
  await question(page, QUESTIONS.mailbox);
  await page.getByLabel("POP3 server", { exact: true }).fill(mailbox.host);
  await page.getByRole("combobox", { name: "Encryption" }).click();
  await page.getByRole("option", { name: encryption, exact: true }).click();
  await page.getByLabel("Port", { exact: true }).fill(String(mailbox.port));
  await page.getByLabel("User name", { exact: true }).fill(mailbox.user);
  await page.getByLabel("Password", { exact: true }).fill(mailbox.password);
}

const goOn = (page: Page): Promise<void> => page.getByRole("button", { name: "Next" }).click();

// The last test finishes the set-up.
describeWith("browser", "the set-up assistant", () => {
  const visitor = useBrowser();
  let office: PagesOffice;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: MESSAGES, settings: null });
  });
  afterAll(() => office.close());

  test("what is missing is told at its field, which has the focus", async () => {
    const page = await visitor.open(office);
    await question(page, QUESTIONS.mailbox);
    await page.getByLabel("POP3 server", { exact: true }).fill("pop.isp.test");
    await goOn(page);
    await page.getByLabel("User name", { exact: true }).and(page.locator(":focus")).waitFor();
    expect(await page.getByText("This is needed to go on.").count()).toBe(2);
  }, 60_000);

  test("nothing is a dead end: untrusted certificate, empty mailbox, no mail server", async () => {
    const mailbox = await startMailboxServer([], { security: "tls" });
    try {
      const page = await visitor.open(office, "/", { viewport: SMALL });
      const found: string[] = [];
      await fillMailbox(page, mailbox, "TLS");
      await goOn(page);
      await page.getByText("The server's certificate is not trusted").waitFor();
      found.push(...(await inspect(page, "certificate")));
      await page.getByRole("button", { name: "Accept this certificate" }).click();
      await page.getByRole("button", { name: "Accept the certificate" }).click();

      await question(page, QUESTIONS.domain);
      await page.getByText("The mailbox works. It is empty at the moment.").waitFor();
      await page.getByLabel("Your mail domain").fill("office.test");
      await goOn(page);

      await question(page, QUESTIONS.header);
      await page.getByRole("button", { name: "Look again" }).waitFor();
      found.push(...(await inspect(page, "header-empty")));
      await page.getByRole("button", { name: "Back" }).click();
      await question(page, QUESTIONS.domain);
      await page.getByRole("radio", { name: "That of one person, or of a few" }).check();
      await page.getByRole("combobox", { name: "Deliver everything to" }).fill("anna@office.test");
      await page.keyboard.press("Enter");
      await goOn(page);

      await question(page, QUESTIONS.server);
      await page.getByLabel("Port", { exact: true }).fill("1");
      await goOn(page);
      await page.getByText("The mail server does not take mail like this").waitFor();
      found.push(...(await inspect(page, "server-failed")));
      // The port of a mailbox with TLS: it waits for us as we wait for it.
      await page.getByLabel("Port", { exact: true }).fill(String(mailbox.port));
      await goOn(page);
      await page.getByText("Asking the mail server. Nothing is sent.").waitFor();
      await page.getByRole("button", { name: "Go on anyway" }).click();
      await question(page, QUESTIONS.postmaster);
      expect(await page.getByLabel("Postmaster", { exact: true }).inputValue()).toBe(
        "postmaster@office.test",
      );
      expect(found).toEqual([]);
    } finally {
      await mailbox.close();
    }
  }, 120_000);

  test("what works but is worth a look is shown once, then Next goes on", async () => {
    const mailbox = await startMailboxServer([], { capabilities: ["CAPA", "TOP"] });
    try {
      const page = await visitor.open(office);
      await fillMailbox(page, mailbox, "None");
      await goOn(page);
      const note = page.getByRole("note");
      await note.getByText("It works, but have a look at this").waitFor();
      expect(await note.innerText()).toContain("no unique ids");
      expect(await page.getByRole("button", { name: "Go on anyway" }).count()).toBe(0);
      await screenshot(page, "assistant-warning-light");
      await goOn(page);
      await question(page, QUESTIONS.domain);
    } finally {
      await mailbox.close();
    }
  }, 60_000);

  test("left and resumed: everything is there but the password", async () => {
    const page = await visitor.open(office);
    await fillMailbox(page, office.mailbox, "None");
    await goOn(page);
    await question(page, QUESTIONS.domain);
    await page.getByLabel("Your mail domain").fill("office.test");
    await goOn(page);
    await question(page, QUESTIONS.header);
    await goOn(page);
    await question(page, QUESTIONS.server);
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain(office.mailbox.password);

    await page.reload();
    await question(page, QUESTIONS.mailbox);
    await page.getByText("Welcome back").waitFor();
    expect(await page.getByLabel("POP3 server", { exact: true }).inputValue()).toBe(office.mailbox.host);
    await page.getByLabel("Password", { exact: true }).and(page.locator(":focus")).waitFor();
    await screenshot(page, "assistant-resumed-light");
    await page.keyboard.type(office.mailbox.password);
    await page.keyboard.press("Enter");
    await question(page, QUESTIONS.server);
  }, 60_000);

  test("in German and a large window", async () => {
    const page = await visitor.open(office, "/", { viewport: LARGE, locale: "de-DE" });
    await question(page, "Wo wird Ihre Mail abgeholt?");
    await screenshot(page, "assistant-german-1600");
    expect(await overflowing(page)).toBe(false);
  }, 60_000);

  test("a first run ends with delivered mail, by keyboard alone", async () => {
    const page = await visitor.open(office, "/", { viewport: SMALL });
    const { keyboard } = page;
    const focus = page.locator(":focus");
    const focused = (label: string) => page.getByLabel(label, { exact: true }).and(focus).waitFor();
    const tabTo = async (target: ReturnType<Page["getByLabel"]>) => {
      for (let tabs = 0; tabs < 15; tabs += 1) {
        await keyboard.press("Tab");
        if ((await target.and(focus).count()) > 0) return;
      }
      throw new Error(`the keyboard does not reach ${String(target)}`);
    };
    const typeInto = async (label: string, text: string) => {
      await tabTo(page.getByLabel(label, { exact: true }));
      await keyboard.press("ControlOrMeta+a");
      await keyboard.type(text);
    };
    const found: string[] = [];

    await question(page, QUESTIONS.mailbox);
    await focused("POP3 server");
    found.push(...(await inspect(page, "1-mailbox")));
    await keyboard.type(office.mailbox.host);
    await tabTo(page.getByRole("combobox", { name: "Encryption" }));
    // Opens the list, at TLS; above it are STARTTLS and None.
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowUp");
    await keyboard.press("ArrowUp");
    await keyboard.press("Enter");
    expect(await page.getByLabel("Port", { exact: true }).inputValue()).toBe("110");
    await typeInto("Port", String(office.mailbox.port));
    await typeInto("User name", office.mailbox.user);
    await typeInto("Password", "not the password");
    await keyboard.press("Enter");
    await page.getByText("The mailbox cannot be used like this").waitFor();
    const refusal = await page.getByRole("alert").innerText();
    expect(refusal).toContain("refused the login");
    expect(refusal).toContain("Enter user name and password again");
    found.push(...(await inspect(page, "1-refused")));
    // Its text is selected: typing replaces it.
    await focused("Password");
    await keyboard.type(office.mailbox.password);
    await keyboard.press("Enter");

    await question(page, QUESTIONS.domain);
    await page.getByText(`The mailbox works: ${MESSAGES} messages`).waitFor();
    await focused("Your mail domain");
    found.push(...(await inspect(page, "2-domain")));
    await keyboard.type("office.test");
    await keyboard.press("Enter");

    await question(page, QUESTIONS.header);
    await page.getByText("What was found, line by line").waitFor();
    found.push(...(await inspect(page, "3-header")));
    await page.getByRole("button", { name: "Next" }).and(focus).waitFor();
    await keyboard.press("Enter");

    await question(page, QUESTIONS.server);
    await focused("Mail server");
    found.push(...(await inspect(page, "4-server")));
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type(office.mailServer.host);
    await typeInto("Port", String(office.mailServer.port));
    await keyboard.press("Enter");

    await question(page, QUESTIONS.postmaster);
    await focused("Postmaster");
    found.push(...(await inspect(page, "5-postmaster")));
    await keyboard.press("Enter");

    await page.getByRole("button", { name: "Go to the pages" }).waitFor({ timeout: 60_000 });
    found.push(...(await inspect(page, "6-done")));
    const figure = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) }).innerText();
    expect(await figure("Collected")).toMatch(new RegExp(`\\b${MESSAGES}$`));
    expect(await figure("Delivered")).toMatch(new RegExp(`\\b${MESSAGES - REFUSED}$`));
    expect(await figure("Could not be delivered")).toMatch(new RegExp(`\\b${REFUSED}$`));
    expect(
      office.mailServer.messages.filter(({ mailFrom }) => !mailFrom.startsWith("MAILER-DAEMON")),
    ).toHaveLength(MESSAGES - REFUSED);
    expect(office.mailbox.left()).toHaveLength(MESSAGES);

    await tabTo(page.getByRole("button", { name: "Do not leave mail on the host any more" }));
    await keyboard.press("Enter");
    await page.getByText("Mail is deleted at the provider once it is safely here").waitFor();
    await screenshot(page, "assistant-7-switched-light");
    const settings = JSON.parse(await readFile(join(office.dataDirectory, "settings.json"), "utf8"));
    expect(settings.accounts).toMatchObject([
      { port: office.mailbox.port, leaveOnServer: false, firstUse: "all" },
    ]);

    await tabTo(page.getByRole("button", { name: "Look at Errors" }));
    await keyboard.press("Enter");
    await question(page, "Errors");
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    expect(await page.evaluate("localStorage.getItem('efs.assistant')")).toBeNull();
    expect(found).toEqual([]);
  }, 180_000);
});

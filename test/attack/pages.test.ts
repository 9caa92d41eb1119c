/**
 * A stranger's words in every place where the pages show one: subject, names, addresses, headers, ids, attachment names,
 * bodies, the servers' answers, and the log lines, conversation and history made of them. Each is shown as the text that
 * it is: no script runs, nothing is loaded from or sent to elsewhere, no dialog opens, the page stays where it is.
 *
 * The doors themselves are attacked in test/headless: strange hosts and origins, the WebSocket, guessed tokens, paths out
 * of the pages' folder (`pages`, `api-server`, `access`, `viewer-socket`). Formulas in the CSV: test/renderer/history.
 */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LARGE, screenshot, useBrowser } from "../e2e/browser.ts";
import { openPagesOffice, type PagesOffice } from "../e2e/pages-office.ts";
import { describeWith } from "../support/skip.ts";

/** Each names its place, so that one which ran would tell where. Within what a mail server would pass on. */
const attack = (place: string): string =>
  `<img src=x onerror=owned('${place}')><script>owned('${place}')</script><a href=javascript:owned('${place}')>${place}</a>` +
  `"'\`><svg/onload=owned('${place}')>{{owned('${place}')}}\${owned('${place}')}&lt;b&gt;`;

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** Its recipient is refused, with an answer that attacks too. */
const MAIL = [
  "Return-Path: <attacker@remote.test>",
  "X-Original-To: nobody-here@office.test",
  "Received: from a.test by b.test; Mon, 5 Jan 2026 08:00:00 +0000",
  `From: ${quoted(attack("from"))} <attacker@remote.test>`,
  `To: ${quoted(attack("to"))} <nobody-here@office.test>`,
  `Subject: hostile ${attack("subject")}`,
  `Message-ID: <${attack("id").replace(/[ <>]/g, "_")}@remote.test>`,
  `X-Attack: ${attack("header")}`,
  `X-${"<script>".replace(/[<>]/g, "_")}: 1`,
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  "Content-Type: text/html; charset=utf-8",
  "",
  `<html><body><p>The words of the message</p>${attack("html")}`,
  "<img src=http://tracker.test/picture><a href=http://tracker.test/click target=_top>Click</a>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=owned(1)&gt;'>",
  "<noscript><p title='</noscript><img src=x onerror=owned(2)>'></noscript>",
  "<template><img src=x onerror=owned(3)></template><object data=http://tracker.test/o></object>",
  "<iframe srcdoc='<script>parent.owned(4)</script>'></iframe></body></html>",
  "--b",
  `Content-Type: text/plain; name=${quoted(attack("type-name"))}`,
  `Content-Disposition: attachment; filename=${quoted(attack("file-name"))}`,
  "",
  attack("attachment"),
  "--b--",
  "",
].join("\r\n");

const UID = attack("uid").replace(/\s/g, "_").slice(0, 70);

describeWith("browser", "a stranger's words in the pages", () => {
  const visitor = useBrowser();
  let office: PagesOffice;
  const troubles: string[] = [];

  /** Everything that would show that something ran, or left the page. */
  const guard = async (page: Page): Promise<void> => {
    await page.exposeFunction("owned", (place: string) => void troubles.push(`a script ran: ${place}`));
    page.on("dialog", (dialog) => {
      troubles.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const address = request.url();
      if (!address.startsWith(office.origin) && !/^(?:data|blob|about):/.test(address)) {
        troubles.push(`asked elsewhere: ${address}`);
      }
    });
    page.on("popup", () => troubles.push("a window was opened"));
  };
  const inert = async (page: Page, where: string): Promise<void> => {
    const found = await page.evaluate(`[...document.querySelectorAll("*")].flatMap((element) => [
      ...(element.tagName === "SCRIPT" && element.src === "" ? ["script"] : []),
      ...[...element.attributes].filter(({ name, value }) => /^on/.test(name) || /^javascript:/i.test(value.trim()))
        .map(({ name }) => element.tagName + " " + name),
    ])`);
    expect([where, found, troubles]).toEqual([where, [], []]);
  };

  beforeAll(async () => {
    office = await openPagesOffice({ messages: 4, settings: { backup: { enabled: true } } });
    office.mailbox.add([{ uid: UID, content: Buffer.from(MAIL) }]);
    office.mailServer.policy.unknown = { code: 550, text: `5.1.1 ${attack("answer")}` };
    const page = await visitor.open(office, "/errors");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("grid").locator("tbody tr[data-row]").first().waitFor();
    // What the POP3 server says when it refuses.
    office.mailbox.addFault({ on: "PASS", nth: "every", act: { kind: "refuse", text: attack("pop3") } });
    await page.getByRole("button", { name: "Check now" }).click();
    await page.goto(`${office.origin}/`);
    await page.getByText("owned('pop3')").first().waitFor();
    await page.context().close();
  });
  afterAll(() => office.close());

  const opened = async (path: string): Promise<Page> => {
    const page = await visitor.open(office, "/about", {
      viewport: LARGE,
      expectedErrors: /status of 40[04]/,
    });
    await guard(page);
    await page.goto(`${office.origin}${path}`);
    return page;
  };

  test("home: what needs attention, and the log", async () => {
    const page = await opened("/");
    await page.getByText("owned('pop3')").first().waitFor();
    await page.getByText("owned('answer')").first().waitFor();
    await screenshot(page, "attack-home");
    await inert(page, "home");
    await page.context().close();
  });

  test("Errors: the table, and each tab of the message", async () => {
    const page = await opened("/errors");
    await page.getByLabel("Search sender, recipient, subject").fill("hostile");
    const row = page.getByRole("grid").locator("tbody tr[data-row]").first();
    await row.getByText("hostile <img src=x onerror=owned('subject')>").waitFor();
    await inert(page, "table");
    await row.click();
    const panel = page.getByRole("region", { name: "Message" });
    await panel.getByText("owned('answer')").first().waitFor();
    await inert(page, "way");
    await page.getByRole("tab", { name: "Text" }).click();
    const frame = page.locator("iframe");
    await frame.contentFrame().getByText("The words of the message").waitFor();
    expect(await frame.getAttribute("sandbox")).toBe("");
    expect(await frame.getAttribute("srcdoc")).not.toMatch(
      /<(?:script|iframe|object|template|noscript)|\son\w+=/i,
    );
    await inert(page, "text");
    await page.getByRole("tab", { name: "Headers" }).click();
    await panel.getByText("owned('header')").first().waitFor();
    await inert(page, "headers");
    await page.getByRole("tab", { name: "Source" }).click();
    await panel.getByText("X-Attack: <img src=x onerror=owned('header')>").first().waitFor();
    await inert(page, "source");
    await page.getByRole("tab", { name: "Attachments" }).click();
    await panel.getByText("owned('file-name')").first().waitFor();
    await screenshot(page, "attack-attachments");
    const download = page.waitForEvent("download");
    await panel.getByRole("button", { name: /^Save/ }).first().click();
    // No path, nothing that a file system or a shell would take for more than a name.
    expect((await download).suggestedFilename()).not.toMatch(/[/\\<>:"|?*]/);
    await inert(page, "attachments");
    await page.context().close();
  });

  test("history, from the list to the message", async () => {
    const page = await opened("/history");
    // The report about it has its subject too.
    await page
      .getByText(/^hostile <img src=x onerror=owned/)
      .first()
      .click();
    await page.getByText("owned('answer')").first().waitFor();
    await screenshot(page, "attack-history");
    await inert(page, "history");
    await page.context().close();
  });

  test("the conversation: lines, the chosen one and its explanation", async () => {
    const page = await opened("/detail");
    const line = page.getByRole("option", { name: /owned\('answer'\)/ }).first();
    await page.getByRole("textbox", { name: "Filter lines" }).fill("owned('answer')");
    await line.click();
    await page
      .getByRole("region", { name: "The chosen line" })
      .getByText("owned('answer')")
      .first()
      .waitFor();
    await screenshot(page, "attack-conversation");
    await inert(page, "conversation");
    await page.context().close();
  });

  test("the other pages with a stranger's words: accounts, folders, diagnosis", {
    timeout: 60_000,
  }, async () => {
    for (const path of ["/pop3", "/inbox", "/backup", "/junk", "/diagnose"]) {
      const page = await opened(path);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      if (path === "/diagnose") {
        await page.getByRole("main").getByRole("button", { name: "Diagnose" }).click();
        await page.getByText("owned('pop3')").first().waitFor({ timeout: 40_000 });
      }
      await inert(page, path);
      await page.context().close();
    }
  });

  test("an address that attacks: path, search, fragment", async () => {
    const nasty = encodeURIComponent(attack("address"));
    for (const path of [
      `/${nasty}`,
      `/history/${nasty}`,
      `/errors?search=${nasty}#${nasty}`,
      `/%2e%2e/${nasty}`,
      `/?token=${nasty}`,
    ]) {
      const page = await opened(path);
      await page.locator("body *").first().waitFor();
      await inert(page, path);
      await page.context().close();
    }
  });
});

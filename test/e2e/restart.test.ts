import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

describeWith("browser", "a gateway that is started anew under an open page", () => {
  const visitor = useBrowser();
  let office: PagesOffice;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: 8 });
  });
  afterAll(() => office.close());

  test("the page says so, stays readable, reconnects by itself and is right", async () => {
    const expectedErrors = /ERR_CONNECTION|WebSocket|Failed to (?:fetch|load resource)/;
    const page = await visitor.open(office, "/", { expectedErrors });
    const detail = await visitor.open(office, "/detail", { expectedErrors });
    const delivered = page.getByRole("link", { name: /Delivered today/ });
    await expect.poll(() => delivered.innerText(), { timeout: 15_000 }).toMatch(/\n6$/);
    await detail.getByRole("option").first().waitFor();

    await office.restart(async () => {
      await page.getByText("No connection to the gateway").waitFor();
      // What was there can still be read.
      expect(await delivered.innerText()).toMatch(/\n6$/);
      await screenshot(page, "log-lost");
      office.addMail(3);
    });

    await page.getByText("No connection to the gateway").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Check now" }).click();
    await expect.poll(() => delivered.innerText(), { timeout: 15_000 }).toMatch(/\n9$/);
    // The new process's lines follow those of the old one.
    await expect
      .poll(() => detail.getByRole("option").filter({ hasText: "QUIT" }).count(), { timeout: 15_000 })
      .toBeGreaterThan(0);
    await detail.getByText("No connection to the gateway").waitFor({ state: "hidden" });
  }, 60_000);
});

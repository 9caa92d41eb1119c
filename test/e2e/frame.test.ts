import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { axeViolations, LARGE, overflowing, SMALL, screenshot, useBrowser } from "./browser.ts";
import { openPagesOffice, type PagesOffice } from "./pages-office.ts";

describeWith("browser", "the frame", () => {
  const visitor = useBrowser();
  let office: PagesOffice;

  beforeAll(async () => {
    office = await openPagesOffice({ messages: 12 });
  });
  afterAll(() => office.close());

  test("a token opens the pages once, and is gone from the address", async () => {
    const page = await visitor.open(office);
    await page.getByRole("button", { name: "Check now" }).waitFor();
    expect(page.url()).toBe(`${office.origin}/`);
    expect(
      await page
        .context()
        .newPage()
        .then(async (other) => (await other.goto(office.signInAddress))?.status()),
    ).toBe(200);
  });

  test.each([
    ["light", SMALL],
    ["light", LARGE],
    ["dark", SMALL],
    ["dark", LARGE],
  ] as const)(
    "every page holds and has no violation (%s, %o)",
    async (scheme, viewport) => {
      const page = await visitor.open(office, "/", { scheme, viewport });
      const found: string[] = [];
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (const link of await page.getByRole("navigation").getByRole("link").all()) {
        const name = ((await link.getAttribute("href")) ?? "").slice(1) || "log";
        await link.click();
        await page.getByRole("heading", { level: 1 }).waitFor();
        if (viewport === LARGE) {
          found.push(...(await axeViolations(page)).map((violation) => `${name}: ${violation}`));
        }
        if (await overflowing(page)) found.push(`${name}: wider than the window`);
        await screenshot(page, `${name}-${scheme}-${viewport.width}`);
      }
      expect(found).toEqual([]);
    },
    120_000,
  );
});

/** The detail window under more lines than anybody reads: the real page, fed by a source in place of a gateway. */
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { expect, onTestFinished, test } from "vitest";
import { CHROMIUM } from "../servers/real-servers.ts";
import { startPages } from "../support/pages-kit.ts";
import { describeWith } from "../support/skip.ts";

const BUILT = fileURLToPath(new URL("../../out/renderer/", import.meta.url));

describeWith("browser", "the detail window under load", () => {
  test("120,000 lines: few of them in the page, the end in sight, what is lost is told", async () => {
    const { server, source } = await startPages({ pages: BUILT, realTime: true });
    const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false });
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1_200, height: 800 } });
    await page.goto(server.issueAddress());
    await page.goto(`${server.address}/detail`);
    source.tellLines(1, 10);
    await page.getByRole("option", { name: /10$/ }).waitFor();

    await page.evaluate(`
      window.longest = 0;
      let last = performance.now();
      const tick = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(tick); };
      requestAnimationFrame(tick);
    `);
    // Faster than any page: the ring holds 20,000.
    for (let from = 11; from <= 120_000; from += 1_000) {
      source.tellLines(from, Math.min(from + 999, 120_000));
      await setImmediate();
    }
    await page.getByRole("option", { name: /120000$/ }).waitFor({ timeout: 15_000 });
    const facts = await page.evaluate<{ rows: number; longest: number }>(
      `({ rows: document.querySelectorAll("[role=option]").length, longest: Math.round(window.longest) })`,
    );
    console.log(`detail window: ${facts.rows} rows in the page, longest frame ${facts.longest} ms`);
    expect(facts.rows).toBeLessThan(200);

    // No line is missing without being told: the last number, less what the gaps say, is what is held.
    const footer = await page.locator("footer").innerText();
    const held = Number(footer.replace(/\D/g, ""));
    await page.getByRole("textbox", { name: "Filter lines" }).fill("no such words");
    const gaps = await page.getByRole("option").allInnerTexts();
    const missed = gaps
      .map((text) => Number(text.replace(/\D/g, "")))
      .reduce((sum, number) => sum + number, 0);
    expect(held - gaps.length + missed).toBe(120_000);
  }, 60_000);
});

/**
 * Chromium for tests of the pages. What a page writes to its console as an error, an exception in it, or a violation
 * of its content security policy fails the test at the end.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { afterAll, beforeAll, expect } from "vitest";
import { CHROMIUM } from "../servers/real-servers.ts";
import type { PagesOffice } from "./pages-office.ts";

const SCREENSHOTS = fileURLToPath(new URL("screenshots/", import.meta.url));

export const SMALL = { width: 1_024, height: 700 } as const;
export const LARGE = { width: 1_600, height: 1_000 } as const;

export interface PageOptions {
  readonly scheme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Default: English, whatever this computer speaks. */
  readonly locale?: string;
  /** Console errors that belong to the test, such as a lost connection. */
  readonly expectedErrors?: RegExp;
}

export interface Visitor {
  /** Signed in, at `path`; the first visit to an office uses up its one-time token. */
  open(office: PagesOffice, path?: string, options?: PageOptions): Promise<Page>;
}

/** One browser for a test file; call it at the top of the file. */
export function useBrowser(): Visitor {
  let browser: Browser;
  const cookies = new Map<PagesOffice, Awaited<ReturnType<BrowserContext["storageState"]>>>();
  const troubles: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false });
  });
  afterAll(async () => {
    await browser.close();
    expect(troubles).toEqual([]);
  });

  return {
    async open(office, path = "/", options = {}) {
      const known = cookies.get(office);
      const context = await browser.newContext({
        viewport: options.viewport ?? LARGE,
        colorScheme: options.scheme ?? "light",
        locale: options.locale ?? "en-GB",
        reducedMotion: "reduce",
        ...(known === undefined ? {} : { storageState: known }),
      });
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      watch(page, office, troubles, options.expectedErrors);
      if (known === undefined) {
        await page.goto(office.signInAddress);
        cookies.set(office, await context.storageState());
      }
      await page.goto(`${office.origin}${path}`);
      return page;
    },
  };
}

function watch(page: Page, office: PagesOffice, troubles: string[], expected: RegExp | undefined): void {
  const note = (trouble: string): void => {
    if (office.closing) return;
    if (expected === undefined || !expected.test(trouble)) troubles.push(`${page.url()}: ${trouble}`);
  };
  page.on("console", (message) => {
    if (message.type() === "error") note(message.text());
  });
  page.on("pageerror", (error) => note(error.message));
}

/** Into `test/e2e/screenshots/` (not kept in git). */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, animations: "disabled" });
}

/** What axe finds wrong with the page as it is now, readable. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

/** Nothing of the page is wider than the window. */
export async function overflowing(page: Page): Promise<boolean> {
  return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
}

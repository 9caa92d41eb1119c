/** What a browser has to fetch for the first page, and how soon it is there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright";
import { CHROMIUM, whyNoBrowser } from "../servers/real-servers.ts";
import { officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { serveEfs } from "../support/serve-efs.ts";
import type { Bed } from "./bed.ts";
import { EFS } from "./peer-commands.ts";
import { formatFigure, type Section, type Verdict } from "./section.ts";
import { spread } from "./statistics.ts";

const RENDERER = fileURLToPath(new URL("../../out/renderer/", import.meta.url));
const MOST_KILOBYTES = 400;
const MOST_SECONDS = 1;

/** Scripts, preloaded ones too, and style sheets that the page names. */
export function namedFiles(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => String(path));
}

export async function measureFirstPage(bed: Bed, times: number): Promise<Section> {
  const named = namedFiles(readFileSync(join(RENDERER, "index.html"), "utf8"));
  const noBrowser = whyNoBrowser();
  const seen = noBrowser === null ? await visit(bed, times) : null;
  const loaded = [...new Set([...named, ...(seen?.loaded ?? [])])];
  const scripts = kilobytes(loaded, ".js");
  const time = seen === null ? null : spread(seen.seconds);
  const verdicts: Verdict[] = [
    {
      target: `scripts of the first page below ${MOST_KILOBYTES} KB gzipped`,
      value: `${formatFigure(scripts)} KB`,
      met: scripts < MOST_KILOBYTES,
    },
  ];
  if (time !== null) {
    verdicts.push({
      target: `first page in less than ${MOST_SECONDS} s`,
      value: `${formatFigure(time.median)} s`,
      met: time.median < MOST_SECONDS,
    });
  }
  return {
    name: "page",
    title: "the first page in the browser",
    head: ["", "measured"],
    rows: [
      ["KB of scripts that index.html names, gzipped", formatFigure(kilobytes(named, ".js"))],
      ["KB of scripts that are loaded, gzipped", seen === null ? "-" : formatFigure(scripts)],
      ["KB of styles, gzipped", formatFigure(kilobytes(loaded, ".css"))],
      ["seconds until its heading is seen, cold cache", formatFigure(time?.median ?? null)],
      ["least to most", time === null ? "-" : `${formatFigure(time.least)} to ${formatFigure(time.most)}`],
    ],
    notes: noBrowser === null ? [] : [`Without a browser: ${noBrowser}.`],
    verdicts,
    faults: [],
    failed: false,
    figures: { scripts, time, loaded },
  };
}

function kilobytes(files: readonly string[], ending: string): number {
  const of = files.filter((file) => file.endsWith(ending));
  return of.reduce((sum, file) => sum + gzipSync(readFileSync(join(RENDERER, file))).length, 0) / 1_000;
}

/** Playwright looks twice a second at last; the page itself looks in each frame, and takes the one after that in which it is there. */
const NOTE_HEADING = `
  const look = () => {
    if (document.querySelector("h1") === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => { window.headingSeenAt = performance.timeOrigin + performance.now(); });
  };
  requestAnimationFrame(look);
`;

interface Visit {
  readonly seconds: readonly number[];
  readonly loaded: readonly string[];
}

async function visit(bed: Bed, times: number): Promise<Visit> {
  const folder = bed.freshFolder();
  const data = join(folder, "data");
  await saveOfficeSettings(data, officeSettings({ pop3: bed.dovecot.port, smtp: bed.sink.port }));
  const served = await serveEfs(data, { program: EFS });
  const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false });
  try {
    const first = await browser.newContext();
    await (await first.newPage()).goto(served.signInAddress);
    const signedIn = await first.storageState();
    await first.close();
    const seconds: number[] = [];
    const loaded = new Set<string>();
    for (let index = 0; index < times; index += 1) {
      const context = await browser.newContext({ storageState: signedIn });
      const page = await context.newPage();
      page.on("response", (response) => {
        const { pathname } = new URL(response.url());
        if (pathname.startsWith("/assets/")) loaded.add(pathname);
      });
      await page.addInitScript(NOTE_HEADING);
      const begun = performance.timeOrigin + performance.now();
      await page.goto(`${served.origin}/`, { waitUntil: "commit" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      const seenAt = await page.evaluate<number>("window.headingSeenAt");
      seconds.push((seenAt - begun) / 1_000);
      await context.close();
    }
    return { seconds, loaded: [...loaded] };
  } finally {
    await browser.close();
    await served.end();
    bed.drop(folder);
  }
}

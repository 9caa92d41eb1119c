/**
 * Draws every icon from the SVG files of `build/icons`; what it makes is committed. Needs Chromium (CHROMIUM, or
 * /usr/bin/chromium). Run it after a change of an SVG file; what stays the same is not written again.
 *
 *     node build/make-icons.ts
 *
 * `build/icons/png/NxN.png`, `icon.ico`, `icon.icns`: the program. `renderer/public/icon.svg`: its pages.
 * `build/icons/tray/tray-STATE-light*.png` (black, for a light bar), `tray-STATE-dark*.png` (white, for a dark one),
 * `tray-STATETemplate*.png` (macOS colours it itself); states: idle, working, paused, attention.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright";
import { icns, ico } from "./icon-containers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const icons = join(root, "build", "icons");
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const STATES = ["idle", "working", "paused", "attention"];
/** Of the tray, for 16 points: what Windows and X have for 100, 125, 150 and 200 per cent. */
const SCALES = { "": 16, "@1.25x": 20, "@1.5x": 24, "@2x": 32 };
const TEMPLATE_SCALES = { "": 16, "@2x": 32 };

const svg = (name: string): string => readFileSync(join(icons, `${name}.svg`), "utf8");

/** macOS leaves a margin of 100 in 1024 around a program's tile. */
const withMargin = (drawing: string): string =>
  drawing.replace('viewBox="0 0 64 64"', 'viewBox="-7.77 -7.77 79.54 79.54"');

async function draw(browser: Browser, drawing: string, size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  try {
    const sized = drawing.replace("<svg ", `<svg width="${size}" height="${size}" `);
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${sized}`);
    return await page.screenshot({ omitBackground: true });
  } finally {
    await page.close();
  }
}

function write(path: string, content: Buffer | string): void {
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  console.log(path);
}

const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  chromiumSandbox: false,
});
try {
  const app = svg("app");
  const drawn = new Map<number, Buffer>();
  for (const size of SIZES) {
    drawn.set(size, await draw(browser, size <= 24 ? svg("app-small") : app, size));
    write(join(icons, "png", `${size}x${size}.png`), drawn.get(size) ?? "");
  }
  write(join(icons, "icon.ico"), ico(new Map([...drawn].filter(([size]) => size <= 256))));
  const mac = new Map<number, Buffer>();
  for (const size of [32, 64, 128, 256, 512, 1024]) mac.set(size, await draw(browser, withMargin(app), size));
  write(join(icons, "icon.icns"), icns(mac));
  write(join(root, "renderer", "public", "icon.svg"), app);
  for (const state of STATES) {
    const black = svg(`tray-${state}`);
    const white = black.replaceAll("#000", "#fff");
    const to = (name: string): string => join(icons, "tray", `${name}.png`);
    for (const [scale, size] of Object.entries(SCALES)) {
      write(to(`tray-${state}-light${scale}`), await draw(browser, black, size));
      write(to(`tray-${state}-dark${scale}`), await draw(browser, white, size));
    }
    for (const [scale, size] of Object.entries(TEMPLATE_SCALES)) {
      write(to(`tray-${state}Template${scale}`), await draw(browser, black, size));
    }
  }
} finally {
  await browser.close();
}

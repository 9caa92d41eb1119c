/**
 * `npm start`: builds what is stale and opens the desktop app. Where its window or Electron cannot be had, one line says
 * so, and `efs serve` shows the same pages in the browser.
 *
 *     node build/start.ts [--data DIR]
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { electronProgram, whyNoWindow } from "./electron-program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const userId = process.getuid?.() ?? null;

for (const script of ["build-pages.ts", "build-desktop.ts"]) {
  execFileSync(process.execPath, [join(root, "build", script), "--if-stale"], { stdio: "inherit" });
}

const noWindow = whyNoWindow({ platform: process.platform, environment: process.env, userId });
const electron = noWindow === null ? await electronProgram(root, process.env) : null;
if (electron !== null) {
  follow(spawn(electron, [root, ...args], { stdio: "inherit" }));
} else {
  const why = noWindow ?? "Electron's program could not be fetched";
  console.log(`The desktop app cannot be opened here: ${why}. Its pages are for the browser then.`);
  const efs = join(root, "out", "cli", "efs.js");
  const serving = spawn(process.execPath, [efs, "serve", ...args], { stdio: ["inherit", "pipe", "inherit"] });
  serving.stdout.once("data", (text: Buffer) => {
    const address = /https?:\S+/.exec(text.toString("utf8"))?.[0];
    if (address !== undefined && hasBrowser()) openBrowser(address);
  });
  serving.stdout.pipe(process.stdout);
  follow(serving);
}

/** Ends as it ends, and hands it the signals that mean "stop". */
function follow(child: ChildProcess): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  process.on("exit", () => child.kill());
  child.on("error", (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on("close", (code) => {
    process.exitCode = code ?? 1;
  });
}

/** Root's browser would be the wrong one. */
function hasBrowser(): boolean {
  return whyNoWindow({ platform: process.platform, environment: process.env, userId }) === null;
}

function openBrowser(address: string): void {
  const [program, ...before] =
    process.platform === "win32"
      ? ["rundll32.exe", "url.dll,FileProtocolHandler"]
      : process.platform === "darwin"
        ? ["open"]
        : ["xdg-open"];
  if (program === undefined) return;
  // Who has none opens the printed address by hand.
  spawn(program, [...before, address], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

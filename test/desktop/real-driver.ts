/** Driver (b): Electron itself, through Playwright, with the app as it is built into `out/`. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { _electron, type ElectronApplication, type Page } from "playwright";
import { electronProgram } from "../support/skip.ts";
import type { Desktop, Ended, Launcher } from "./driver.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROBE = fileURLToPath(new URL("probe.cjs", import.meta.url));
const WAIT = 30_000;

export async function openRealLauncher(): Promise<Launcher> {
  const program = electronProgram();
  if (program === null) throw new Error("Electron's program is not installed");
  const environment = { ...process.env, EFS_DATA: "", LANG: "en_GB.UTF-8", LANGUAGE: "en_GB" } as Record<
    string,
    string
  >;
  const running = new Set<Desktop>();
  return {
    // Runners have none on Linux; where one is unlocked, say so.
    hasKeychain: process.platform !== "linux" || process.env["EFS_TEST_KEYCHAIN"] === "1",
    async launch({ dataDirectory, args = [] }) {
      const app = await _electron.launch({
        executablePath: program,
        args: ["--lang=en-GB", "-r", PROBE, ROOT, "--data", dataDirectory, ...args],
        env: environment,
      });
      const desktop = openDesktop(app);
      running.add(desktop);
      await until(async () => (await desktop.ask("tray")).menu.length > 0);
      return desktop;
    },
    run(dataDirectory, args) {
      const after = args.includes("--cli")
        ? [...args, "--data", dataDirectory]
        : ["--data", dataDirectory, ...args];
      const child = spawn(program, [ROOT, ...after], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
      return endOf(child);
    },
    async close() {
      await Promise.all([...running].map((desktop) => desktop.close()));
    },
  };
}

function openDesktop(app: ElectronApplication): Desktop {
  const ended = endOf(app.process());
  const pathOf = (page: Page): string =>
    page.url().startsWith("app://efs") ? new URL(page.url()).pathname : page.url();
  let over = false;
  void ended.then(() => {
    over = true;
  });
  return {
    ended,
    pathOf,
    ask: async (name, ...args) =>
      (await app.evaluate(
        (_electronModule, [which, given]) => {
          const { efsProbe } = globalThis as unknown as {
            efsProbe: Record<string, (...args: readonly unknown[]) => unknown>;
          };
          return efsProbe[which]?.(...given);
        },
        [name, args] as [string, readonly unknown[]],
      )) as never,
    async page(path) {
      let found: Page | undefined;
      await until(async () => {
        found = app.windows().find((page) => pathOf(page) === path);
        return found !== undefined;
      });
      return found as Page;
    },
    async close() {
      // It ends in order on every system; what has just ended by itself cannot answer.
      if (!over) await app.evaluate(({ app }) => app.quit()).catch(() => undefined);
      await ended;
    },
  };
}

function endOf(child: ReturnType<ElectronApplication["process"]>): Promise<Ended> {
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      told[stream] += text;
    });
  }
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, ...told })));
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { readFile, realpath, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LogLine } from "../../core/model/event.ts";
import { type Settings, settingsSchema } from "../../core/model/settings.ts";
import { runCheckStep, waitAfter } from "../../core/schedule/pre-post-check.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type PreCheck = Settings["preCheck"];

function preCheck(step: Readonly<Record<string, unknown>>): PreCheck {
  return settingsSchema.parse(settingsInput({ preCheck: step })).preCheck;
}

const script = (code: string, more: Readonly<Record<string, unknown>> = {}): PreCheck =>
  preCheck({ kind: "program", path: process.execPath, arguments: ["-e", code], ...more });

async function run(step: PreCheck, signal: AbortSignal = new AbortController().signal) {
  const folder = await realpath(await temporaryFolder());
  const logs: Omit<LogLine, "at">[] = [];
  const problem = await runCheckStep(step, "pre check", {
    clock: systemClock,
    log: (line) => logs.push(line),
    signal,
    folder,
  });
  return { problem, folder, lines: logs.map(({ text }) => text), logs };
}

describe("a program", () => {
  it("is run in the data folder; what it prints is in the log", async () => {
    const { problem, folder, logs } = await run(
      script("console.log(process.cwd()); console.error('line\\r\\nand'); process.stdout.write('no end')"),
    );
    expect(problem).toBeNull();
    const line = (text: string) => ({ source: "pre check", level: "info", text });
    expect(logs[0]).toEqual(line(`running ${process.execPath}`));
    expect(new Set(logs.slice(1, -1).map(({ text }) => text))).toEqual(
      new Set([folder, "line", "and", "no end"]),
    );
    expect(logs.at(-1)).toEqual(line("done"));
  });

  it("gets its arguments as they are: there is no shell", async () => {
    const odd = ["$(touch x)", "a b", "*", "; exit 3", "\"'"];
    const { problem, lines } = await run(
      preCheck({
        kind: "program",
        path: process.execPath,
        arguments: ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", ...odd],
      }),
    );
    expect(problem).toBeNull();
    expect(lines[1]).toBe(JSON.stringify(odd));
  });

  it("fails by its exit code", async () => {
    const { problem, lines } = await run(script("console.log('no line'); process.exit(7)"));
    expect(problem).toEqual({
      code: "pre-check-failed",
      what: `The program of the pre check, ${process.execPath}, ended with exit code 7.`,
      cure: "The log has what it printed; run it by hand to see why, or take it out of the settings.",
    });
    expect(lines).toEqual([`running ${process.execPath}`, "no line"]);
  });

  it("fails when a signal ended it", async () => {
    const { problem } = await run(script("process.kill(process.pid, 'SIGKILL')"));
    expect(problem?.what).toBe(`The program of the pre check, ${process.execPath}, was ended by SIGKILL.`);
  });

  it.each([
    ["that is not there", "/nowhere/at-all", "ENOENT"],
    ["that may not be run", "/etc/passwd", "EACCES"],
  ])("fails when it is one %s", async (_name, path, quoted) => {
    const { problem } = await run(preCheck({ kind: "program", path }));
    expect(problem).toEqual({
      code: "pre-check-failed",
      what: `The program of the pre check, ${path}, could not be started.`,
      cure: expect.stringMatching(/.+/),
      quote: expect.stringContaining(quoted),
    });
  });

  it("says no more than a log bears", async () => {
    const { problem, lines } = await run(
      script("console.log('x'.repeat(10000)); for (let i = 0; i < 5000; i += 1) console.log('line ' + i)"),
    );
    expect(problem).toBeNull();
    expect(lines).toHaveLength(1 + 200 + 1 + 1);
    expect(lines[1]).toBe(`${"x".repeat(500)} ...`);
    expect(lines.at(-2)).toBe("(it printed more, which is left out here)");
  });

  const stubborn = `
    const { spawn } = require("node:child_process");
    process.on("SIGTERM", () => undefined);
    const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000); process.stdout.write('up')"], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.once("data", () => require("node:fs").writeFileSync("child", String(child.pid)));
    setInterval(() => 0, 1000);`;

  it("is ended with all that it started when its time is over, though it will not go", async () => {
    const { problem, folder } = await run(script(stubborn, { timeoutSeconds: 1 }));
    expect(problem?.what).toBe(
      `The program of the pre check, ${process.execPath}, was not done in 1 seconds and was ended.`,
    );
    await gone(Number(await readFile(join(folder, "child"), "utf8")));
  });

  it("is ended when the run is stopped; that is no failure of its own", async () => {
    const stop = new AbortController();
    const running = run(script("setInterval(() => 0, 1000)"), stop.signal);
    await pause(50);
    stop.abort();
    expect((await running).problem).toBeNull();
  });

  it("may leave something running, which is not waited for", async () => {
    const startedAt = Date.now();
    const { problem, folder } = await run(
      script(`
        const { spawn } = require("node:child_process");
        const left = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "inherit" });
        require("node:fs").writeFileSync("left", String(left.pid));
        left.unref(); process.exit(0)`),
    );
    const pid = Number(await readFile(join(folder, "left"), "utf8"));
    onTestFinished(() => {
      process.kill(pid);
    });
    expect(problem).toBeNull();
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(process.kill(pid, 0)).toBe(true);
  });
});

describe("a host", () => {
  it("is reached when it accepts a connection", async () => {
    const port = await listen();
    const { problem, lines } = await run(preCheck({ kind: "reach", host: "127.0.0.1", port }));
    expect(problem).toBeNull();
    expect(lines).toEqual([`reaching 127.0.0.1 on port ${port}`, "127.0.0.1 answers"]);
  });

  it("is not when it refuses", async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const { problem } = await run(preCheck({ kind: "reach", host: "127.0.0.1", port }));
    expect(problem).toEqual({
      code: "pre-check-failed",
      what: `The pre check could not reach 127.0.0.1 on port ${port}.`,
      cure: "Check the line and the host's name in the settings.",
      quote: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it.each([
    ["answers", "exit 0", null],
    ["does not", "echo 100% loss; exit 1", "It does not answer to ping."],
  ])("is asked by the system's ping where no port is given: it %s", async (_name, does, quote) => {
    const path = process.env["PATH"];
    const folder = await temporaryFolder();
    await writeFile(join(folder, "ping"), `#!/bin/sh\nprintf '%s\\n' "$*"\n${does}\n`, { mode: 0o755 });
    process.env["PATH"] = folder;
    onTestFinished(() => {
      process.env["PATH"] = path;
    });
    const { problem, lines } = await run(preCheck({ kind: "reach", host: "router.lan" }));
    expect(problem?.quote ?? null).toBe(quote);
    expect(lines.slice(0, 2)).toEqual(["reaching router.lan", "-n -c 1 router.lan"]);
  });
});

describe("waitAfter", () => {
  it("waits for so many seconds, or until the run is stopped", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const over: string[] = [];
    void waitAfter(30, { clock, signal: stop.signal }).then(() => over.push("30"));
    void waitAfter(60, { clock, signal: stop.signal }).then(() => over.push("60"));
    await clock.advance(29_999);
    expect(over).toEqual([]);
    await clock.advance(1);
    expect(over).toEqual(["30"]);
    stop.abort();
    await clock.advance(0);
    expect(over).toEqual(["30", "60"]);
    expect(clock.pending).toBe(0);
  });
});

async function listen(server: Server = createServer()): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Killed, and taken away by whoever inherited it: a process that waits for that still has a number. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
      const state = await readFile(`/proc/${pid}/stat`, "latin1");
      if (/\) Z /.test(state)) return;
    } catch {
      return;
    }
    await pause(20);
  }
  throw new Error(`process ${pid} is still there`);
}

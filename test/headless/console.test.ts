/** What is shown, and where the data is: the pure parts of the command line. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { noTotals } from "../../core/gateway/run-totals.ts";
import { dataPath } from "../../core/headless/data-path.ts";
import { exitCodeOf } from "../../core/headless/exit-code.ts";
import { createOutput, harmlessJson, type OutputStream } from "../../core/headless/output.ts";
import { createProgressLine, formatBytes, formatProgress } from "../../core/headless/progress-line.ts";
import { formatStatus } from "../../core/headless/run-status.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { idleStatus } from "../support/fake-gateway.ts";

test("the data folder of each system", () => {
  const at = (platform: NodeJS.Platform, home: string, environment: Record<string, string> = {}) =>
    dataPath({ option: undefined, environment, platform, home });
  expect(at("linux", "/home/a")).toBe("/home/a/.local/share/efs-mail-gateway");
  expect(at("linux", "/home/a", { XDG_DATA_HOME: "/x" })).toBe("/x/efs-mail-gateway");
  expect(at("linux", "/home/a", { XDG_DATA_HOME: "x" })).toBe("/home/a/.local/share/efs-mail-gateway");
  expect(at("darwin", "/Users/a")).toBe("/Users/a/Library/Application Support/EFS Mail Gateway");
  expect(at("win32", "/u", { LOCALAPPDATA: "/u/Local" })).toBe("/u/Local/EFS Mail Gateway");
  expect(at("linux", "/home/a", { EFS_DATA: "/data" })).toBe("/data");
  const environment = { EFS_DATA: "/data" };
  expect(dataPath({ option: "/chosen", environment, platform: "linux", home: "/h" })).toBe("/chosen");
});

test("exit codes", () => {
  const codes = [
    "settings-invalid",
    "settings-newer",
    "settings-missing",
    "usage-file",
    "data-directory-in-use",
    "owner-no-answer",
    "disk-full",
    "key-file-damaged",
  ].map((code) => exitCodeOf({ code, what: "", cure: "" }));
  expect(codes).toEqual([2, 2, 2, 2, 3, 3, 1, 1]);
});

test("the progress line is rewritten at a bearable pace, fits the terminal, and goes", () => {
  const clock = new FakeClock(0);
  const written: string[] = [];
  const line = createProgressLine({ columns: 40, write: (text) => written.push(text) }, clock);
  const totals = { ...noTotals, toCollect: 300, collected: 12, collectedBytes: 1_258_291, delivered: 10 };
  line.show(totals);
  line.show({ ...totals, collected: 13 });
  clock.step(200);
  line.show({ ...totals, collected: 14 });
  line.clear();
  line.clear();
  expect(written).toEqual([
    "\rcollected 12 of 300 (1.2 MB), delivered\x1b[K",
    "\rcollected 14 of 300 (1.2 MB), delivered\x1b[K",
    "\r\x1b[K",
  ]);
});

test("progress in words", () => {
  expect(formatProgress({ ...noTotals, collected: 1, deferred: 2, errors: 3 })).toBe(
    "collected 1 (0 B), delivered 0 (0 B), deferred 2, errors 3",
  );
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_024, "1.0 KB"],
  [1_048_576, "1.0 MB"],
  [157_286_400, "150 MB"],
  [1_073_741_823, "1.0 GB"],
])("%d bytes are %s", (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test("JSON stays JSON without anything a terminal obeys", () => {
  const value = { text: "\x1b[2J \x9b2J \x7f \u202e \u2028" };
  const text = harmlessJson(value);
  expect(text).toBe('{"text":"\\u001b[2J \\u009b2J \\u007f \\u202e \\u2028"}');
  expect(JSON.parse(text)).toEqual(value);
});

test("a status with trouble in it", () => {
  const problem = { code: "x", what: "It is off.", cure: "Switch it on." };
  const status = {
    ...idleStatus,
    route: { ...idleStatus.route, usable: false, failures: 2, problem },
    accounts: [
      { id: "main", name: "", enabled: true, lastCheckAt: null, pausedUntil: null, problem },
      { id: "old", name: "", enabled: false, lastCheckAt: null, pausedUntil: null, problem: null },
    ],
  };
  expect(formatStatus(status, null)).toEqual([
    "EFS Mail Gateway 1.2.3: not running",
    "Data:       /data",
    "Folders:    Inbox 1, Errors 2, Junk 3, Backup 4",
    "Server:     192.0.2.10:25: not usable after 2 tries",
    "            It is off. Switch it on.",
    "Account:    main: enabled",
    "            It is off. Switch it on.",
    "Account:    old: disabled",
    "Today:      collected 0, delivered 0, deferred 0, errors 0",
  ]);
  // Only the process that runs can know that it has not checked.
  expect(formatStatus(status, 4711)).toContain("Account:    main: not checked yet");
});

test("a reader that hangs up is no error; a terminal is one only where there is one", async () => {
  const stdout: OutputStream = new PassThrough();
  const stderr: OutputStream = Object.assign(new PassThrough(), { isTTY: true, columns: 50 });
  const output = createOutput(stdout, stderr);
  expect(output.terminal?.columns).toBe(50);
  expect(createOutput(stderr, stdout).terminal).toBeNull();
  stdout.destroy(new Error("EPIPE"));
  output.line("nobody reads this");
  await output.flushed();
});

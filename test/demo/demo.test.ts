import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseDemoOptions, USAGE } from "./demo-options.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function demo(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["test/demo/demo.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
  });
}

test("npm run demo -- --once: all mail arrives or is reported, exit 0, nothing is left behind", () => {
  const { status, stdout, stderr } = demo("--once", "--messages", "40");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^ {5}40 left the POP3 mailbox; it is empty$/m);
  expect(stdout).toMatch(
    /^ {5}37 arrived at the mail server for \d+ recipients, each equal to what was sent/m,
  );
  expect(stdout).toMatch(/^ {6}3 were for people the mail server does not know; they are in Errors/m);
  expect(stdout).toContain("550 5.1.1 No such user here");
  expect(stdout).not.toContain("WRONG");
  const data = /Data folder {3}(\S+)/.exec(stdout)?.[1] ?? "";
  expect([status, data.includes("efs-demo-"), existsSync(data)]).toEqual([0, true, false]);
}, 90_000);

test("what it cannot do: one sentence and what it can, exit 2", () => {
  const { status, stdout, stderr } = demo("--messages", "many");
  expect([status, stdout, stderr]).toEqual([
    2,
    "",
    `demo: --messages takes a number from 1 to 20000\n${USAGE}\n`,
  ]);
});

test("the options of the demo", () => {
  expect(parseDemoOptions([])).toEqual({ once: false, keep: false, messages: 200 });
  const options = ["--once", "--keep", "--messages", "7"];
  expect(parseDemoOptions(options)).toEqual({ once: true, keep: true, messages: 7 });
  expect(parseDemoOptions(["--help"])).toBe("help");
  for (const number of ["0", "-1", "1.5", "20001", "many", ""])
    expect(parseDemoOptions([`--messages=${number}`])).toBe("--messages takes a number from 1 to 20000");
  expect(parseDemoOptions(["--nonsense"])).toMatch(/^Unknown option '--nonsense'[^\n]*$/);
  expect(parseDemoOptions(["--messages"])).toMatch(/^Option '--messages <value>' argument missing$/);
  expect(parseDemoOptions(["something"])).toMatch(/^Unexpected argument 'something'[^\n]*$/);
});

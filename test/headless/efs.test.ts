/** The command line: arguments in, outputs and exit code out. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { goodRun } from "../support/fake-gateway.ts";
import { runEfsHere as efs } from "../support/run-efs-here.ts";
import type { Finished } from "../support/run-efs-process.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A data folder with settings in it. */
async function withSettings(): Promise<string> {
  const data = join(await temporaryFolder(), "data");
  const input = JSON.stringify(settingsInput());
  expect((await efs(["import", "-", "--data", data], { input })).code).toBe(0);
  return data;
}

function expectNoStack(finished: Finished): void {
  expect(finished.stdout + finished.stderr).not.toMatch(/^ +at |Error:|\.ts:\d+/m);
}

describe("usage", () => {
  test.each([
    [["frob"], "unknown command"],
    [["import"], "missing required argument"],
    [["check", "--frob"], "unknown option"],
    [["serve", "--port", "70000"], "a number from 0 to 65535"],
    [["check", "extra"], "too many arguments"],
    [["queue", "--folder", "Sent"], 'There is no folder "Sent"'],
    [["status", "--data", ""], "It is empty; name a folder."],
    [["history", "--from", "2026-11-20", "--to", "2026-11-19"], "What is after --to is before"],
  ])("%j: told, exit 2", async (args, words) => {
    const finished = await efs(["--data", await temporaryFolder(), ...args]);
    expect([finished.code, finished.stdout]).toEqual([2, ""]);
    expect(finished.stderr).toContain(words);
    expectNoStack(finished);
  });

  test("with --json the problem is on stdout too", async () => {
    const { code, stdout } = await efs(["frob", "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      { error: { code: "usage", what: "unknown command 'frob'", cure: "efs --help shows how." } },
    ]);
  });

  test("an argument's control characters do not reach the terminal", async () => {
    const { stderr } = await efs(["\x1b[2Jfrob"]);
    expect(stderr).not.toContain("\x1b");
  });
});

describe("import and export", () => {
  test("problems: each with its path, exit 2, nothing changed", async () => {
    const data = await withSettings();
    const before = await readFile(join(data, "settings.json"), "utf8");
    const input = JSON.stringify(settingsInput({ smtp: { host: "a b" }, frob: 1 }));
    expect(await efs(["import", "-", "--data", data], { input })).toEqual({
      code: 2,
      stdout: "",
      stderr: [
        "smtp.host: give a server name or an IP address, without spaces or http://",
        "frob: there is no such setting; check the spelling, or remove it",
        "efs: The settings given are not valid; nothing was imported. Correct them and import them again.",
        "",
      ].join("\n"),
    });
    const json = await efs(["import", "-", "--data", data, "--json"], { input });
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: "settings-import-invalid" },
      problems: [{ path: "smtp.host" }, { path: "frob" }],
    });
    expect(await readFile(join(data, "settings.json"), "utf8")).toBe(before);
  });

  test.each(['{"version": 9}', "{", '{"accounts": [], "domains": {"primary": "a b"}}'])(
    "%s: nothing is made where nothing was",
    async (input) => {
      const folder = await temporaryFolder();
      const finished = await efs(["import", "-", "--data", join(folder, "data")], { input });
      expect([finished.code, finished.stdout, await readdir(folder)]).toEqual([2, "", []]);
      expectNoStack(finished);
    },
  );

  test("a file that is not there, or a folder: exit 2", async () => {
    const folder = await temporaryFolder();
    for (const file of [join(folder, "nope.json"), folder]) {
      const finished = await efs(["import", file, "--data", join(folder, "data")]);
      expect(finished.code).toBe(2);
      expect(finished.stderr).toContain(`Reading ${file} failed`);
      expectNoStack(finished);
    }
  });

  test("an invalid settings.json is never overwritten: kept under another name", async () => {
    const data = await withSettings();
    await writeFile(join(data, "settings.json"), "{broken");
    for (const command of ["export", "check", "status"]) {
      const finished = await efs([command, "--data", data]);
      expect(finished.code).toBe(2);
      expect(finished.stderr).toContain("settings.json is not valid: not valid JSON in line 1");
      expectNoStack(finished);
    }
    const input = JSON.stringify(settingsInput());
    expect((await efs(["import", "-", "--data", data], { input })).code).toBe(0);
    const aside = (await readdir(data)).find((name) => name.startsWith("settings.json.invalid-"));
    expect(await readFile(join(data, aside ?? "nothing"), "utf8")).toBe("{broken");
  });

  test("a newer settings.json is left alone: exit 2", async () => {
    const data = await withSettings();
    await writeFile(join(data, "settings.json"), '{"version": 9}');
    const input = JSON.stringify(settingsInput());
    for (const args of [["check"], ["export"], ["import", "-"]]) {
      expect((await efs([...args, "--data", data], { input })).code).toBe(2);
    }
    expect(await readFile(join(data, "settings.json"), "utf8")).toBe('{"version": 9}');
  });

  test("a damaged key is told, not replaced", async () => {
    const data = await withSettings();
    await writeFile(join(data, "key"), "damaged");
    const finished = await efs(["check", "--data", data]);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain("is damaged");
    expect(await readFile(join(data, "key"), "utf8")).toBe("damaged");
  });

  test("a data folder in which something is in the way: told with its place, exit 1", async () => {
    const data = await temporaryFolder();
    await writeFile(join(data, "mail"), "");
    const input = JSON.stringify(settingsInput());
    const finished = await efs(["import", "-", "--data", data], { input });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain(join(data, "mail"));
    expectNoStack(finished);
    expect(await readdir(data)).not.toContain("settings.json");
  });

  test("a data folder that is a file: told, exit 1", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "data"), "");
    const input = JSON.stringify(settingsInput());
    const finished = await efs(["import", "-", "--data", join(folder, "data")], { input });
    expect(finished.code).toBe(1);
    expectNoStack(finished);
  });
});

describe("check", () => {
  test("all done: a summary, exit 0, no progress without a terminal", async () => {
    const data = await withSettings();
    expect(await efs(["check", "--data", data])).toEqual({
      code: 0,
      stdout: "collected 3, delivered 3, deferred 0, errors 0, junk 0, discarded 0, 2.9 KB in 1.3 seconds\n",
      stderr: "",
    });
    const json = await efs(["check", "--data", data, "--json", "--account", "main", "--send-now"]);
    expect([json.code, JSON.parse(json.stdout), json.stderr]).toEqual([0, goodRun, ""]);
  });

  test("something deferred: exit 1", async () => {
    const data = await withSettings();
    const finished = await efs(["check", "--data", data], { run: "deferred" });
    expect([finished.code, finished.stderr]).toEqual([1, ""]);
    expect(finished.stdout).toContain("deferred 1");
  });

  test("an account that failed: told in words, harmless, exit 1", async () => {
    const data = await withSettings();
    const finished = await efs(["check", "--data", data], { run: "problem" });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toBe(
      'efs: Account main: pop.example.net:110 refused the login. The answer was: "no \\x1b[2J". Correct the password.\n',
    );
  });

  test("no settings, an unknown account: exit 2", async () => {
    const data = await withSettings();
    const unknown = await efs(["check", "--data", data, "--account", "nobody"]);
    expect(unknown).toEqual({
      code: 2,
      stdout: "",
      stderr: 'efs: There is no account "nobody" in the settings. The accounts are: main.\n',
    });
    const none = await efs(["check", "--data", join(data, "..", "other"), "--json"]);
    expect(none.code).toBe(2);
    expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: "settings-missing" } });
  });

  test("a bug: one sentence, details in the log, exit 1", async () => {
    const data = await withSettings();
    const finished = await efs(["check", "--data", data], { run: "fault" });
    expect(finished).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "efs: This is a fault in the program. Details are in log/efs.log of the data folder; please report it with them.\n",
    });
    const log = await readFile(join(data, "log", "efs.log"), "utf8");
    expect(JSON.parse(log)).toMatchObject({
      level: "fatal",
      err: { type: "TypeError", message: "undefined is not a function" },
      msg: 'carrying out "check"',
    });
  });
});

describe("status and queue", () => {
  test("in words and as JSON", async () => {
    const data = await withSettings();
    const status = await efs(["status", "--data", data]);
    expect([status.code, status.stderr]).toEqual([0, ""]);
    expect(status.stdout).toContain("not running");
    expect(status.stdout).toContain("Inbox 1, Errors 2, Junk 3, Backup 4");
    const json = await efs(["status", "--data", data, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ running: false, folders: { Inbox: 1 } });
  });

  test("a queue of several pages, harmless on a terminal in either form", async () => {
    const data = await withSettings();
    for (const args of [[], ["--json"]]) {
      const queue = await efs(["queue", "--data", data, ...args]);
      expect(queue.code).toBe(0);
      expect(queue.stdout).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
      const lines = queue.stdout.trimEnd().split("\n");
      if (args.length > 0) {
        expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(
          Array.from({ length: 1_200 }, (_, index) => index + 1),
        );
      } else {
        expect([lines.length, lines.at(-1)]).toEqual([1_201, "1200 in Inbox"]);
      }
    }
  });
});

describe("serve", () => {
  test("an address that others could reach: refused, exit 2", async () => {
    const data = await withSettings();
    const finished = await efs(["serve", "--host", "0.0.0.0", "--data", data]);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain("does not listen on 0.0.0.0");
  });
});

/** `efs` as scripts and systems see it: a process, its signals and what it leaves behind. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goodRun } from "../support/fake-gateway.ts";
import { runEfsHere } from "../support/run-efs-here.ts";
import { type Finished, type StartOptions, startProcess } from "../support/run-efs-process.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FAKE = "test/support/efs-with-fake-gateway.ts";
const REAL = "core/headless/efs.ts";
/** Processes start slowly on a busy computer; milliseconds. */
const PATIENT = { timeout: 60_000 };

function efs(args: readonly string[], options: Partial<StartOptions> = {}): Promise<Finished> {
  return startProcess(args, { script: FAKE, ...options }).finished;
}

/** A data folder with settings in it. */
async function withSettings(): Promise<string> {
  const data = join(await temporaryFolder(), "data");
  const input = JSON.stringify(settingsInput());
  expect((await runEfsHere(["import", "-", "--data", data], { input })).code).toBe(0);
  return data;
}

test("help and version on stdout, exit 0", PATIENT, async () => {
  const help = await efs(["--help"], { script: REAL });
  expect([help.code, help.stderr]).toEqual([0, ""]);
  for (const command of ["import", "export", "check", "status", "queue", "diagnose", "serve"]) {
    expect(help.stdout).toContain(`\n  ${command} `);
  }
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(await efs(["--version"], { script: REAL })).toEqual({
    code: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
});

test("in and out again, by file and EFS_DATA; nothing in clear on the disk", PATIENT, async () => {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const file = join(folder, "settings.json");
  await writeFile(file, JSON.stringify(settingsInput()));
  const environment = { EFS_DATA: data };
  expect((await efs(["import", file], { script: REAL, environment })).code).toBe(0);
  expect(await readFile(join(data, "settings.json"), "utf8")).not.toContain("s3cret");
  expect((await stat(join(data, "key"))).mode & 0o777).toBe(0o600);
  const plain = await efs(["export"], { script: REAL, environment });
  expect([plain.code, plain.stdout.includes("s3cret"), plain.stderr]).toEqual([0, false, ""]);
  const clear = await efs(["export", "--with-secrets"], { script: REAL, environment });
  expect([clear.code, clear.stdout.includes("s3cret")]).toEqual([0, true]);
  // Each of the two goes back in.
  for (const { stdout } of [plain, clear]) {
    expect((await efs(["import", "-"], { script: REAL, environment, input: stdout })).code).toBe(0);
    expect(await efs(["export", "--with-secrets"], { script: REAL, environment })).toEqual(clear);
  }
});

test(
  "while one is at work, others say so and end with 3; told to stop, it ends in order",
  PATIENT,
  async () => {
    const data = await withSettings();
    const first = startProcess(["check", "--data", data], {
      script: FAKE,
      environment: { FAKE_RUN: "until-stopped" },
    });
    await first.wrote("checking");
    const input = JSON.stringify(settingsInput());
    const others = await Promise.all(
      [["check"], ["status"], ["queue"], ["diagnose"], ["serve", "--port", "0"], ["import", "-"]].map(
        (args) => efs([...args, "--data", data], { input }),
      ),
    );
    for (const other of others) {
      expect([other.code, other.stdout]).toEqual([3, ""]);
      expect(other.stderr).toContain(`Another process of this program is at work on ${data}.`);
    }
    // The settings can be read all the same.
    expect((await efs(["export", "--data", data])).code).toBe(0);
    first.child.kill("SIGTERM");
    const finished = await first.finished;
    expect(finished.code).toBe(1);
    expect(finished.stdout).toContain("collected 3");
    expect((await efs(["check", "--data", data])).code).toBe(0);
  },
);

test("says where it is, serves the other commands, stops in order with 0", PATIENT, async () => {
  const data = await withSettings();
  const serve = startProcess(["serve", "--port", "0", "--data", data], { script: FAKE });
  await serve.wrote("is running at http://127.0.0.1:");

  const status = await efs(["status", "--data", data]);
  expect(status.stdout).toContain(`idle (process ${serve.child.pid})`);
  const check = await efs(["check", "--data", data, "--json"]);
  expect([check.code, JSON.parse(check.stdout)]).toEqual([0, goodRun]);
  expect((await efs(["queue", "--data", data])).stdout).toContain("1200 in Inbox\n");
  expect((await efs(["check", "--data", data, "--account", "nobody"])).code).toBe(2);
  const input = JSON.stringify(settingsInput({ noRecipient: "junk" }));
  expect(await efs(["import", "-", "--data", data], { input })).toEqual({
    code: 0,
    stdout: "Imported: 1 account.\n",
    stderr: "",
  });
  expect((await efs(["export", "--data", data])).stdout).toContain('"noRecipient": "junk"');

  serve.child.kill("SIGTERM");
  const finished = await serve.finished;
  expect([finished.code, finished.stderr]).toEqual([0, ""]);
  expect(finished.stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(await readdir(data)).not.toContain("endpoint.json");
  expect(await readdir(data)).not.toContain("api-token");
});

test("what a crash leaves behind stops nobody", PATIENT, async () => {
  const data = await withSettings();
  const serve = startProcess(["serve", "--port", "0", "--data", data, "--json"], { script: FAKE });
  await serve.wrote('"address":"http://127.0.0.1:');
  serve.child.kill("SIGKILL");
  await serve.finished;
  expect(await readdir(data)).toContain("endpoint.json");
  expect((await efs(["check", "--data", data])).code).toBe(0);
});

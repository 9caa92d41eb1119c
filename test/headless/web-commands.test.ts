/** `efs open`, `efs web-password`, and what `efs serve` says of the pages. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isWebPassword } from "../../core/settings/web-password.ts";
import { ask, cookieOf } from "../support/pages-kit.ts";
import { runEfsHere } from "../support/run-efs-here.ts";
import { type StartOptions, startProcess } from "../support/run-efs-process.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FAKE: StartOptions = { script: "test/support/efs-with-fake-gateway.ts" };
/** Processes start slowly on a busy computer; milliseconds. */
const PATIENT = { timeout: 60_000 };

async function withSettings(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const data = join(await temporaryFolder(), "data");
  const input = JSON.stringify(settingsInput(changes));
  expect((await runEfsHere(["import", "-", "--data", data], { input })).code).toBe(0);
  return data;
}

interface StoredWeb {
  readonly password: { readonly scheme: string; readonly value: string } | null;
}

async function storedWeb(data: string): Promise<StoredWeb> {
  return (JSON.parse(await readFile(join(data, "settings.json"), "utf8")) as { web: StoredWeb }).web;
}

test("serve prints an address that signs in; open prints fresh ones", PATIENT, async () => {
  const data = await withSettings();
  const serve = startProcess(["serve", "--port", "0", "--data", data, "--json"], FAKE);
  let said = "";
  serve.child.stdout?.on("data", (text: string) => {
    said += text;
  });
  await serve.wrote("\n");
  const { address, open } = JSON.parse(said) as { address: string; open: string };
  expect(open).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  expect(new URL(open).origin).toBe(address);

  const fresh = await startProcess(["open", "--data", data], FAKE).finished;
  expect([fresh.code, fresh.stderr]).toEqual([0, ""]);
  const asJson = await startProcess(["open", "--data", data, "--json"], FAKE).finished;
  const addresses = [open, fresh.stdout.trim(), (JSON.parse(asJson.stdout) as { address: string }).address];
  expect(new Set(addresses).size).toBe(3);
  for (const one of addresses) {
    const { port, pathname, search } = new URL(one);
    const answer = await ask(Number(port), `${pathname}${search}`);
    expect([answer.status, answer.headers.location, cookieOf(answer) === ""]).toEqual([303, "/", false]);
  }
});

test("port and host of the settings, unless the command line says otherwise", PATIENT, async () => {
  const data = await withSettings({ web: { host: "127.0.0.2", port: 47_025 } });
  const first = startProcess(["serve", "--data", data], FAKE);
  await first.wrote("is running at http://127.0.0.2:47025/?token=");
  first.child.kill("SIGTERM");
  expect((await first.finished).code).toBe(0);
  const second = startProcess(["serve", "--data", data, "--host", "127.0.0.1", "--port", "0"], FAKE);
  await second.wrote("is running at http://127.0.0.1:");
});

test("where nothing runs there is nothing to open", async () => {
  const opened = await runEfsHere(["open", "--data", await withSettings()]);
  expect([opened.code, opened.stdout]).toEqual([1, ""]);
  expect(opened.stderr).toContain("Start it with: efs serve");
});

test("web-password stores a hash and changes nothing else", async () => {
  const data = await withSettings();
  const before = (await runEfsHere(["export", "--with-secrets", "--data", data])).stdout;
  const set = await runEfsHere(["web-password", "--data", data], { input: "correct horse\r\nmore\n" });
  expect(set).toEqual({ code: 0, stdout: "The password of the pages is set.\n", stderr: "" });
  const { password } = await storedWeb(data);
  expect(password === null ? null : await isWebPassword("correct horse", password)).toBe(true);
  expect(await readFile(join(data, "settings.json"), "utf8")).not.toContain("correct horse");
  expect((await runEfsHere(["export", "--data", data])).stdout).not.toContain("scrypt");

  const removed = await runEfsHere(["web-password", "--remove", "--data", data]);
  expect([removed.code, await storedWeb(data)]).toMatchObject([0, { password: null }]);
  expect((await runEfsHere(["export", "--with-secrets", "--data", data])).stdout).toBe(before);
});

test("no password, one that is too short, one that is needed: told, and nothing is changed", async () => {
  const data = await withSettings();
  const empty = await runEfsHere(["web-password", "--data", data], { input: "\n" });
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining("No password was given")]);
  const short = await runEfsHere(["web-password", "--data", data], { input: "short\n" });
  expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("must have at least 8 characters")]);
  expect(short.stderr).not.toContain('"short"');
  expect(await storedWeb(data)).toMatchObject({ password: null });

  const outside = { host: "0.0.0.0", password: "correct horse", certificate: "/c.pem", key: "/k.pem" };
  const needed = await runEfsHere([
    "web-password",
    "--remove",
    "--data",
    await withSettings({ web: outside }),
  ]);
  expect([needed.code, needed.stderr]).toEqual([2, expect.stringContaining("web.password")]);
});

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProblemError } from "../../core/model/problem.ts";
import { createSettingsStore } from "../../core/settings/settings-store.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function problemCode(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return "none";
}

test("no file is no settings", async () => {
  const store = createSettingsStore(await temporaryFolder(), fakeSecrets());
  expect(await store.load()).toBeNull();
});

test("what is saved is loaded again; passwords sealed; for the owner alone; nothing else left behind", async () => {
  const folder = await temporaryFolder();
  const store = createSettingsStore(folder, fakeSecrets());
  const saved = await store.save(sampleSettings());
  expect(await store.load()).toEqual(saved);
  expect(await readFile(store.path, "utf8")).not.toContain("s3cret");
  expect(saved.accounts[0]?.password).toEqual({ scheme: "fake-1", value: "sealed:terc3s" });
  expect((await stat(store.path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["settings.json"]);
});

test("saves one after another: the last one stands", async () => {
  const store = createSettingsStore(await temporaryFolder(), fakeSecrets());
  const minutes = Array.from({ length: 20 }, (_, index) => index + 1);
  await Promise.all(
    minutes.map((weekdayMinutes) => store.save(sampleSettings({ schedule: { weekdayMinutes } }))),
  );
  expect((await store.load())?.schedule.weekdayMinutes).toBe(20);
});

test("an invalid file is told with path and reason, and stays as it is", async () => {
  const store = createSettingsStore(await temporaryFolder(), fakeSecrets());
  const content = JSON.stringify(settingsInput({ smtp: { host: "a b", port: 0 } }));
  await writeFile(store.path, content);
  await expect(store.load()).rejects.toMatchObject({
    problem: {
      code: "settings-invalid",
      what: `The settings file ${store.path} is not valid: smtp.host: give a server name or an IP address, without spaces or http://; smtp.port: must be at least 1.`,
    },
  });
  expect(await readFile(store.path, "utf8")).toBe(content);
});

test("a newer file is refused, also by what would replace an invalid one", async () => {
  const store = createSettingsStore(await temporaryFolder(), fakeSecrets());
  const content = '{"version": 7, "whatever": true}';
  await writeFile(store.path, content);
  expect(await problemCode(store.load())).toBe("settings-newer");
  expect(await problemCode(store.moveInvalidAside(0))).toBe("settings-newer");
  expect(await readFile(store.path, "utf8")).toBe(content);
});

test("a file that cannot be read is told as such", async () => {
  const store = createSettingsStore(join(await temporaryFolder(), "settings.json", "x"), fakeSecrets());
  await writeFile(join(store.path, "..", ".."), "");
  expect(await problemCode(store.load())).toBe("settings-unreadable");
});

test("a folder that cannot be written: a problem, and the old file stands", async () => {
  const folder = await temporaryFolder();
  const store = createSettingsStore(join(folder, "missing"), fakeSecrets());
  expect(await problemCode(store.save(sampleSettings()))).toBe("settings-unwritable");
});

test("an invalid file goes aside under a name of its own, a good one stays", async () => {
  const folder = await temporaryFolder();
  const store = createSettingsStore(folder, fakeSecrets());
  await writeFile(store.path, "broken");
  const aside = await store.moveInvalidAside(Date.UTC(2026, 10, 20, 12, 30, 5));
  expect(aside).toBe(`${store.path}.invalid-20261120T123005Z`);
  expect(await readFile(aside ?? "", "utf8")).toBe("broken");
  await store.save(sampleSettings());
  expect(await store.moveInvalidAside(0)).toBeNull();
});

test("a password written in clear by hand is sealed by the next load, not by a reader", async () => {
  const store = createSettingsStore(await temporaryFolder(), fakeSecrets());
  const content = JSON.stringify(settingsInput());
  await writeFile(store.path, content);
  const sealed = { scheme: "fake-1", value: "sealed:terc3s" };
  expect((await store.load({ readOnly: true }))?.accounts[0]?.password).toEqual(sealed);
  expect(await readFile(store.path, "utf8")).toBe(content);
  expect((await store.load())?.accounts[0]?.password).toEqual(sealed);
  expect(await readFile(store.path, "utf8")).not.toContain("s3cret");
});

import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Problem, ProblemError } from "../../core/model/problem.ts";
import { createSettingsStore, type SettingsStore } from "../../core/settings/settings-store.ts";
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
  expect((await stat(join(folder, "settings.last-good.json"))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(folder, "settings.last-good.json"), "utf8")).not.toContain("s3cret");
  expect((await readdir(folder)).sort()).toEqual(["settings.json", "settings.last-good.json"]);
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

describe("a file that is what is left of the last good one", () => {
  let store: SettingsStore;
  let good: Buffer;
  beforeEach(async () => {
    store = createSettingsStore(await temporaryFolder(), fakeSecrets());
    await store.save(sampleSettings({ schedule: { weekdayMinutes: 7 } }));
    good = await readFile(store.path);
  });
  const aside = async () =>
    (await readdir(dirname(store.path))).filter((name) => name.startsWith("settings.json.damaged-"));

  test("any beginning of it, zeros behind or between: put aside and named, the good ones are in force", async () => {
    const settings = await store.load();
    for (let kept = 0; kept < good.length - 2; kept += 37) {
      const middle = Buffer.from(good);
      middle.fill(0, kept >> 1, kept + 1);
      const zeros = Buffer.concat([good.subarray(0, kept), Buffer.alloc(good.length - kept)]);
      for (const damaged of [good.subarray(0, kept), zeros, middle]) {
        await writeFile(store.path, damaged);
        // Who only looks changes nothing.
        expect(await store.load({ readOnly: true })).toEqual(settings);
        expect([await aside(), (await readFile(store.path)).equals(damaged)]).toEqual([[], true]);
        const told: Problem[] = [];
        expect(await store.load({ restored: (problem) => told.push(problem) })).toEqual(settings);
        const [name = ""] = await aside();
        expect((await readFile(join(dirname(store.path), name))).equals(damaged)).toBe(true);
        expect((await readFile(store.path)).equals(good)).toBe(true);
        expect(told).toEqual([
          {
            code: "settings-restored",
            what: `${store.path} was damaged; it is kept as ${name}, and the last good settings were put in its place.`,
            cure: "Mail goes on. Look whether the settings are as you want them, and check the disk.",
          },
        ]);
        await rm(join(dirname(store.path), name));
      }
    }
  });

  test("anything else may be somebody's work: refused, and stays as it is", async () => {
    const text = good.toString("latin1");
    const works = [
      text.replace("7", "x"),
      `${text} more`,
      text.slice(0, 200).replace("{", "["),
      text.slice(1),
    ];
    for (const content of works) {
      await writeFile(store.path, content);
      expect(await problemCode(store.load())).toBe("settings-invalid");
      expect([await aside(), await readFile(store.path, "latin1")]).toEqual([[], content]);
    }
  });

  test("no copy, one that is damaged itself, or one of a newer program: refused", async () => {
    const copy = join(dirname(store.path), "settings.last-good.json");
    await writeFile(store.path, good.subarray(0, 100));
    for (const content of [null, good.subarray(0, 150), '{"version": 99}', Buffer.alloc(good.length)]) {
      if (content === null) await rm(copy);
      else await writeFile(copy, content);
      expect(await problemCode(store.load())).toBe("settings-invalid");
    }
    expect(await aside()).toEqual([]);
  });

  test("what a person wrote into the file by hand is the last good one, once it was in force", async () => {
    await writeFile(store.path, good.toString().replace('"weekdayMinutes": 7', '"weekdayMinutes": 9'));
    await store.load();
    await writeFile(store.path, "");
    expect((await store.load())?.schedule.weekdayMinutes).toBe(9);
  });
});

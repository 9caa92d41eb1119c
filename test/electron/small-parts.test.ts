/** Decisions of the desktop app that are a few lines each. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandInputs, STREAMS } from "../../core/api/contract.ts";
import { commandNames, streamNames } from "../../electron/contract-names.ts";
import { createCrashLimit } from "../../electron/crash-limit.ts";
import { openDesktopState } from "../../electron/desktop-state.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("the names that a page may use are the contract's", () => {
  expect(Object.keys(commandNames).sort()).toEqual(Object.keys(commandInputs).sort());
  expect(Object.keys(streamNames).sort()).toEqual([...STREAMS].sort());
});

test("a page is loaded again three times a minute, no more", async () => {
  const clock = new FakeClock();
  const mayReload = createCrashLimit(clock);
  expect([mayReload(), mayReload(), mayReload(), mayReload()]).toEqual([true, true, true, false]);
  await clock.advance(60_001);
  expect(mayReload()).toBe(true);
});

test("what the app remembers outlives it; what cannot be read is forgotten, each part for itself", async () => {
  const path = join(await temporaryFolder(), "desktop.json");
  const file = openDesktopState(path);
  const nothing = {
    windows: { main: null, detail: null },
    closeNoticeGiven: false,
    keychainNoticeGiven: false,
    updates: { address: null },
  };
  expect(file.current()).toEqual(nothing);
  const main = { x: -5, y: 10, width: 900, height: 600 };
  file.change({ windows: { main, detail: null } });
  file.change({ closeNoticeGiven: true });
  await file.saved();
  expect(openDesktopState(path).current()).toEqual({
    ...nothing,
    windows: { main, detail: null },
    closeNoticeGiven: true,
  });
  const text = JSON.stringify({
    windows: { main: { x: "left" }, detail: main },
    closeNoticeGiven: "yes",
    keychainNoticeGiven: true,
    updates: { address: "http://far.example/" },
  });
  await writeFile(path, text);
  expect(openDesktopState(path).current()).toEqual({
    ...nothing,
    windows: { main: null, detail: main },
    keychainNoticeGiven: true,
  });
  for (const broken of ["", "{", "7", "null", "[]"]) {
    await writeFile(path, broken);
    expect(openDesktopState(path).current()).toEqual(nothing);
  }
  expect(await readFile(path, "utf8")).toBe("[]");
});

import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DailyFile, localDay, openDailyFile } from "../../core/log/daily-file.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const DAY = 86_400_000;
/** Noon, so that no zone and no daylight saving changes the day. */
const noon = new Date(2026, 10, 20, 12).getTime();

interface Setup {
  readonly folder: string;
  readonly path: string;
  readonly clock: FakeClock;
  readonly errors: unknown[];
  readonly open: (keep?: number) => DailyFile;
}

async function setUp(): Promise<Setup> {
  const folder = await temporaryFolder();
  const path = join(folder, "mail.log");
  const clock = new FakeClock(noon);
  const errors: unknown[] = [];
  return {
    folder,
    path,
    clock,
    errors,
    open: (keep = 3) =>
      openDailyFile({ path, keep: () => keep, clock, onError: (error) => errors.push(error) }),
  };
}

test("lines are appended in order, also by the next process of the day", async () => {
  const { path, open } = await setUp();
  const first = open();
  first.write("one");
  first.write("two");
  await first.close();
  const second = open();
  second.write("three");
  await second.close();
  expect(await readFile(path, "utf8")).toBe("one\ntwo\nthree\n");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("each day has its file; the newest stay", async () => {
  const { folder, clock, open } = await setUp();
  const file = open(3);
  for (let day = 0; day < 6; day += 1) {
    file.write(`day ${day}`);
    // Without a wait in between: the day counts at which a line is written.
    clock.step(DAY);
  }
  await file.close();
  expect((await readdir(folder)).sort()).toEqual([
    "mail.log",
    "mail.log.2026-11-22",
    "mail.log.2026-11-23",
    "mail.log.2026-11-24",
  ]);
  expect(await readFile(join(folder, "mail.log"), "utf8")).toBe("day 5\n");
  expect(await readFile(join(folder, "mail.log.2026-11-22"), "utf8")).toBe("day 2\n");
});

test("how many stay may change while the file is open", async () => {
  const { folder, path, clock } = await setUp();
  let keep = 3;
  const file = openDailyFile({ path, keep: () => keep, clock });
  for (let day = 0; day < 5; day += 1) {
    file.write(`day ${day}`);
    clock.step(DAY);
  }
  await file.flush();
  expect(await readdir(folder)).toHaveLength(4);
  keep = 1;
  file.write("day 5");
  await file.close();
  expect((await readdir(folder)).sort()).toEqual(["mail.log", "mail.log.2026-11-24"]);
});

test("yesterday's file, found at start, is rotated at the first line, not before", async () => {
  const { folder, path, open } = await setUp();
  await writeFile(path, "old\n");
  await utimes(path, new Date(noon - DAY), new Date(noon - DAY));
  const file = open();
  await file.flush();
  expect(await readdir(folder)).toEqual(["mail.log"]);
  file.write("new");
  await file.close();
  expect(await readFile(join(folder, "mail.log.2026-11-19"), "utf8")).toBe("old\n");
  expect(await readFile(path, "utf8")).toBe("new\n");
});

test("a clock that goes back and forth overwrites nothing and deletes nothing", async () => {
  const { folder, clock, open } = await setUp();
  await writeFile(join(folder, "mail.log.2026-11-20"), "kept\n");
  const file = open();
  file.write("today");
  await file.flush();
  clock.step(-400 * DAY);
  file.write("long ago");
  await file.flush();
  clock.step(401 * DAY);
  file.write("tomorrow");
  await file.flush();
  clock.step(4_000 * DAY);
  file.write("in years");
  await file.close();
  const all = await Promise.all(
    (await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), "utf8")]),
  );
  expect(all).toEqual([
    ["mail.log", "in years\n"],
    ["mail.log.2026-11-20", "kept\n"],
    ["mail.log.2026-11-20.2", "today\nlong ago\n"],
    ["mail.log.2026-11-21", "tomorrow\n"],
  ]);
});

test("other files in the folder are left alone", async () => {
  const { folder, clock, open } = await setUp();
  const others = ["mail.log.gz", "mail.log.2026-11-01.bak", "mail.logs", "mail.log.old"];
  for (const name of others) await writeFile(join(folder, name), "");
  const file = open(0);
  file.write("a");
  clock.step(DAY);
  file.write("b");
  await file.close();
  expect((await readdir(folder)).sort()).toEqual([...others, "mail.log"].sort());
});

test("a folder that cannot be written: told once, nothing thrown, lines come when it can be again", async () => {
  const { folder, path, errors, open } = await setUp();
  await rm(folder, { recursive: true });
  const file = open();
  file.write("one");
  await file.flush();
  file.write("two");
  await file.flush();
  expect(errors).toHaveLength(1);
  await mkdir(folder);
  file.write("three");
  await file.close();
  expect(await readFile(path, "utf8")).toBe("one\ntwo\nthree\n");
});

test("what it holds back is bounded, and what is missing is said", async () => {
  const { folder, path, open } = await setUp();
  await rm(folder, { recursive: true });
  const file = open();
  const line = "x".repeat(1_048_575);
  for (let count = 0; count < 10; count += 1) file.write(line);
  await file.flush();
  await mkdir(folder);
  await file.close();
  const text = await readFile(path, "utf8");
  expect(text.length).toBe(
    "6 lines are missing here: the log could not be written.\n".length + 4 * 1_048_576,
  );
  expect(text.startsWith("6 lines are missing here")).toBe(true);
});

test("a listener for errors that throws harms nobody", async () => {
  const folder = await temporaryFolder();
  const file = openDailyFile({
    path: join(folder, "missing", "mail.log"),
    keep: () => 1,
    clock: new FakeClock(),
    onError: () => {
      throw new Error("mine");
    },
  });
  file.write("one");
  await file.close();
});

test("a day is the local one", () => {
  expect(localDay(new Date(2026, 0, 5, 0, 0, 0).getTime())).toBe("2026-01-05");
  expect(localDay(new Date(2026, 11, 31, 23, 59, 59).getTime())).toBe("2026-12-31");
});

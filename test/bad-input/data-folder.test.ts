/** A data folder that cannot be used, or that holds what it should not. Mail stays where it is. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { JOURNAL_VERSION } from "../../core/spool/migrations.ts";
import { efs, officeSettings } from "../support/office-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { expectPlain, masked, type Office, PATIENT, startOffice } from "./office.ts";

const WAY = "there is a file where a folder has to be, or a folder where a file has to be";
const MOVE = "Check the path of the data folder (--data), and move away what is in its place.";

async function expectRefused(office: Office, code: number, sentence: string): Promise<void> {
  const finished = await office.check();
  expect([finished.code, finished.stdout, office.told(finished)]).toEqual([code, "", sentence]);
  expectPlain(finished);
  expect(office.pop3.left()).toHaveLength(4);
  expect(office.pop3.counts().sessions).toBe(0);
}

test("a file where the data folder or one above it has to be", PATIENT, async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "file");
  await writeFile(file, "mine");
  const input = JSON.stringify(officeSettings({ pop3: 110, smtp: 25 }));
  for (const data of [file, join(file, "data")]) {
    for (const command of ["check", "status", "queue", "serve", "export"]) {
      const finished = await efs([command, "--data", data]);
      expect([finished.code, finished.stdout, masked(finished.stderr, data)]).toEqual([
        1,
        "",
        "efs: Reading the key file DATA/key failed: a part of the path is a file, not a folder. Check the path.\n",
      ]);
    }
    const finished = await efs(["import", "-", "--data", data], { input });
    expect([finished.code, finished.stdout]).toEqual([1, ""]);
    expect(masked(finished.stderr, data)).toMatch(
      /^efs: The folder DATA could not be made: there is a file where a folder has to be, .* Check the path of the data folder \(--data\), and move away what is in its place\.\n$/,
    );
    expectPlain(finished);
  }
  expect(await readFile(file, "utf8")).toBe("mine");
});

test("a place where no folder can be made", { ...PATIENT, skip: process.platform !== "linux" }, async () => {
  const input = JSON.stringify(officeSettings({ pop3: 110, smtp: 25 }));
  const data = "/proc/efs-test";
  const made = await efs(["import", "-", "--data", data], { input });
  expect([made.code, made.stdout]).toEqual([1, ""]);
  expect(made.stderr).toMatch(/^efs: The folder \/proc\/efs-test could not be made: .+\n$/);
  expectPlain(made);
  const missing = await efs(["check", "--data", data]);
  expect([missing.code, missing.stderr]).toEqual([
    2,
    "efs: There are no settings in /proc/efs-test yet. Import some with: efs import FILE.\n",
  ]);
});

test("files where folders of the spool have to be", PATIENT, async () => {
  const office = await startOffice();
  for (const path of ["mail", "log"]) {
    await writeFile(join(office.data, path), "mine");
    const sentence =
      path === "log"
        ? "efs: Making the folder DATA/log failed: there is a file of that name, not a folder. Move that file away.\n"
        : `efs: The folder DATA/${path} could not be made: ${WAY}. The answer was: "EEXIST: file already exists, mkdir 'DATA/${path}'". ${MOVE}\n`;
    await expectRefused(office, 1, sentence);
    await rm(join(office.data, path));
  }
  const good = await office.check();
  expect([good.code, good.stderr, office.arrived().length]).toEqual([0, "", 4]);
});

test("a damaged journal is put aside and named, and mail goes on", PATIENT, async () => {
  const office = await startOffice();
  await writeFile(join(office.data, "efs.db"), "x".repeat(8_192));
  const finished = await office.check();
  expect(finished.code).toBe(0);
  expect(office.told(finished)).toMatch(
    /^efs: DATA\/efs\.db was damaged; it is kept as efs\.db\.damaged-\d{8}T\d{6}Z, and a new one was made from the mail in the folders\. Mail goes on\. .+\n$/,
  );
  expectPlain(finished);
  expect(office.arrived()).toHaveLength(4);
  const aside = (await readdir(office.data)).find((name) => name.startsWith("efs.db.damaged-")) ?? "";
  expect(await readFile(join(office.data, aside), "utf8")).toBe("x".repeat(8_192));
});

test("the journal is lost while mail waits: it is delivered from the files", PATIENT, async () => {
  const office = await startOffice();
  await office.smtp.stop();
  expect((await office.check()).stdout).toMatch(/^collected 4, delivered 0, deferred 4/);
  await writeFile(join(office.data, "efs.db"), "not a database, but long enough to be taken for one");
  for (const ending of ["-wal", "-shm"]) await rm(join(office.data, `efs.db${ending}`), { force: true });
  await office.smtp.start();
  const finished = await office.check();
  expect(finished.code).toBe(0);
  expect(finished.stderr).toContain("was damaged; it is kept as efs.db.damaged-");
  expect(office.arrived()).toHaveLength(4);
});

test("a journal of a newer version: refused, nothing is touched", PATIENT, async () => {
  const office = await startOffice();
  const path = join(office.data, "efs.db");
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 99; CREATE TABLE later (x)");
  newer.close();
  const before = await readFile(path);
  await expectRefused(
    office,
    1,
    `efs: DATA/efs.db was written by a newer version of this program (format 99, this one knows ${JOURNAL_VERSION}). Install that newer version again; nothing was touched.\n`,
  );
  expect((await readFile(path)).equals(before)).toBe(true);
  expect((await readdir(office.data)).filter((name) => name.includes("damaged"))).toEqual([]);
});

test("a journal that another program keeps locked", PATIENT, async () => {
  const office = await startOffice();
  await office.check();
  const other = new DatabaseSync(join(office.data, "efs.db"));
  try {
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const finished = await office.check();
    expect(finished.code).toBe(1);
    expect(office.told(finished)).toMatch(
      /^efs: DATA\/efs\.db could not be \w+: another program keeps it locked\. The answer was: "database is locked"\. Close the program that holds it, or except this folder from its scanning\.\n$/,
    );
    expectPlain(finished);
  } finally {
    other.close();
  }
  expect((await office.check()).code).toBe(0);
});

test("a key that is lost or damaged", PATIENT, async () => {
  const office = await startOffice();
  const key = join(office.data, "key");
  await writeFile(key, "no key");
  await expectRefused(
    office,
    1,
    "efs: The key file DATA/key is damaged, so that the stored passwords cannot be opened. Restore it from a backup; or move it away and enter all passwords again.\n",
  );
  await rm(key);
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([
    1,
    'efs: The stored password of account "main" cannot be read on this computer, so it was not checked. Enter the password again.\n',
  ]);
  expect(office.pop3.counts().sessions).toBe(0);
});

test("a folder of the spool has gone with the mail that is in it", PATIENT, async () => {
  const office = await startOffice();
  await office.smtp.stop();
  await office.check();
  await rm(join(office.data, "mail", "Inbox"), { recursive: true });
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([
    1,
    "efs: The folder DATA/mail/Inbox is not there, though the journal knows of mail in it. Connect its disk or put the folder back; nothing was closed or removed because of this.\n",
  ]);
});

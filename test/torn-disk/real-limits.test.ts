/**
 * Real limits of the system, which SQLite meets too: files that may grow no further (a write fails in the midst of a log
 * or of the journal), and no more open files. Whatever fails is told in words, and afterwards the mail is all there.
 */
import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { expectPlain } from "../bad-input/office.ts";
import type { Finished } from "../support/run-efs-process.ts";
import { type WholeOffice, wholeOffice } from "./whole-office.ts";

const LONG = process.env["EFS_LONG"] === "1";
const SLOW = { timeout: LONG ? 1_800_000 : 120_000 };
const SCRIPT = join(import.meta.dirname, "../../core/headless/efs.ts");

let office: WholeOffice;
let whole: string;

beforeEach(async () => {
  office = await wholeOffice();
  whole = `${office.data}.whole`;
  await office.prepare();
  cpSync(office.data, whole, { recursive: true });
});

function efsWithin(limit: string): Promise<Finished> {
  return new Promise((resolve) => {
    const args = [SCRIPT, "check", "--data", office.data];
    const command = ["-c", `ulimit ${limit}; exec "$0" "$@"`, process.execPath, ...args];
    execFile("sh", command, { timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}

async function tryWithin(limit: string): Promise<Finished> {
  rmSync(office.data, { recursive: true });
  cpSync(whole, office.data, { recursive: true });
  office.mail();
  const finished = await efsWithin(limit);
  expect([limit, finished.stderr, finished.code]).toEqual([limit, expect.any(String), expect.any(Number)]);
  const bugs = [...(finished.stderr.match(/.*fault in the program.*/) ?? []), ...office.faults()];
  expect([limit, bugs]).toEqual([limit, []]);
  expectPlain(finished);
  if (finished.code !== 0) expect([limit, finished.stderr]).not.toEqual([limit, ""]);
  // A message that was accepted while the journal could not be written may come again, one on each connection.
  await office.expectWhole(limit, 4);
  return finished;
}

async function expectFromNothingToEnough(limits: readonly string[]): Promise<void> {
  const told: string[] = [];
  for (const limit of limits) told.push((await tryWithin(limit)).stderr);
  const only = /^efs: (?:One message|2 messages) could not be delivered and went to Errors, [^\n]*\n$/;
  expect([only.test(told[0] ?? ""), only.test(told.at(-1) ?? "")]).toEqual([false, true]);
}

describe.skipIf(process.platform === "win32")("the system's limits", () => {
  test("files of at most so many blocks", SLOW, async () => {
    const limits = Array.from({ length: LONG ? 100 : 5 }, (_, index) => `-f ${index * (LONG ? 12 : 293)}`);
    await expectFromNothingToEnough([...limits, "-f unlimited"]);
  });

  test("so many open files", SLOW, async () => {
    // With fewer than 24 Node itself does not start.
    const limits = Array.from({ length: LONG ? 25 : 5 }, (_, index) => `-n ${24 + index * (LONG ? 1 : 5)}`);
    await expectFromNothingToEnough([...limits, "-n 200"]);
  });
});

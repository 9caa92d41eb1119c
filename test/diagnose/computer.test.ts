import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkComputer } from "../../core/diagnose/computer.ts";
import { computerPorts, namePorts } from "../../core/diagnose/node-ports.ts";
import type { DiagnosisPorts } from "../../core/diagnose/ports.ts";
import type { DiagnosisCheck } from "../../core/model/diagnosis.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { frozenClock, GIGABYTE, NOW, systemError, testPorts } from "./diagnosis-kit.ts";

const folders = {
  dataDirectory: "/data",
  folders: [
    { name: "Inbox", path: "/data/mail/Inbox" },
    { name: "Errors", path: "/data/mail/Errors" },
  ],
};

async function examined(changes: Partial<DiagnosisPorts> = {}, newest: number | null = null) {
  const checks: DiagnosisCheck[] = [];
  await checkComputer(folders, newest, testPorts(changes), (check) => checks.push(check));
  return checks.map(({ id, verdict, cause, cure }) => [id.replace("computer/", ""), verdict, cause, cure]);
}

const FOLDERS = ["folders", "pass", "Inbox, Errors: all there, and files can be written.", ""];
const SPACE = ["disk-space", "pass", "50 GB free on the disk of the data folder.", ""];
const CLOCK = ["clock", "pass", expect.stringMatching(/^It shows 2026-11-2\d \d\d:00, time zone /), ""];

test("all well", async () => {
  expect(await examined()).toEqual([FOLDERS, SPACE, CLOCK]);
});

test.each<[string, string, string]>([
  [
    "EACCES",
    "Writing into the folder /data/mail/Errors failed: permission denied.",
    "Give the account under which the program runs the right to use it, or choose another data folder with --data.",
  ],
  [
    "ENOENT",
    "Writing into the folder /data/mail/Errors failed: there is no such file or folder.",
    "Check the path.",
  ],
  [
    "ENOSPC",
    "Writing into the folder /data/mail/Errors failed: the disk is full.",
    "Free some space on that disk and try again.",
  ],
])("a folder that cannot be written: %s; the other checks go on", async (code, cause, cure) => {
  const tryWriting = async (path: string): Promise<void> => {
    if (path.endsWith("Errors")) throw systemError(code);
  };
  expect(await examined({ tryWriting })).toEqual([["folder:Errors", "fail", cause, cure], SPACE, CLOCK]);
});

const MORE = "Free some space before the disk is full: collecting stops then.";
const MUCH_MORE = "Free some space, or move the data folder to a larger disk.";
test.each([
  [GIGABYTE, "pass", "1 GB free on the disk of the data folder.", ""],
  [GIGABYTE - 1, "warn", "Only 1,024 MB free on the disk of the data folder.", MORE],
  [104_857_600, "warn", "Only 100 MB free on the disk of the data folder.", MORE],
  [
    104_857_599,
    "fail",
    "Only 100 MB free on the disk of the data folder: too little to collect mail.",
    MUCH_MORE,
  ],
  [0, "fail", "Only 0 MB free on the disk of the data folder: too little to collect mail.", MUCH_MORE],
])("%d octets free: %s", async (free, verdict, cause, cure) => {
  const found = await examined({ freeBytes: async () => free });
  expect(found[1]).toEqual(["disk-space", verdict, cause, cure]);
});

test("a disk that cannot be asked", async () => {
  const found = await examined({ freeBytes: () => Promise.reject(systemError("EIO")) });
  expect(found[1]).toEqual([
    "disk-space",
    "fail",
    "Asking for the free space of /data failed: the disk reports an error (EIO).",
    "Check the disk and try again.",
  ]);
});

const CURE = "Set this computer's clock and time zone, and let them be set by the network.";
test.each([
  ["1970", 1_000, null, "fail", /^This computer's clock is wrong: it shows 19(?:69|70)-/, CURE],
  ["2200", Date.UTC(2200, 1, 1), null, "fail", /^This computer's clock is wrong: it shows 2200-/, CURE],
  [
    "before the newest message",
    NOW,
    NOW + 3_600_000,
    "fail",
    /^This computer's clock has gone back: it shows 2026-11-2\d \d\d:00, time zone Europe\/Berlin \(UTC\+01:00\), but a message was taken over at 2026-11-2\d \d\d:00\.$/,
    CURE,
  ],
  ["in the same moment", NOW, NOW + 30_000, "pass", /^It shows 2026-/, ""],
])("clock: %s", async (_title, now, newest, verdict, words, cure) => {
  const found = await examined({ clock: { ...frozenClock, now: () => now } }, newest);
  expect(found[2]).toEqual(["clock", verdict, expect.stringMatching(words), cure]);
});

test("zones west of Greenwich and of half an hour", async () => {
  const zone = async (minutes: number) => {
    const found = await examined({ timeZone: () => ({ name: "X", minutes }) });
    return /\((.+)\)/.exec(found[2]?.[2] ?? "")?.[1];
  };
  expect([await zone(-210), await zone(330), await zone(0)]).toEqual(["UTC-03:30", "UTC+05:30", "UTC+00:00"]);
});

test("the real computer: a trial leaves nothing behind", async () => {
  const folder = await temporaryFolder();
  const ports = computerPorts(frozenClock);
  await ports.tryWriting(folder);
  expect(await readdir(folder)).toEqual([]);
  await expect(ports.tryWriting(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
  expect(await ports.freeBytes(folder)).toBeGreaterThan(0);
  await expect(ports.freeBytes(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
  expect(ports.timeZone(NOW).name).not.toBe("");
  expect(await namePorts.lookUp("127.0.0.1")).toEqual(["127.0.0.1"]);
  expect(namePorts.unlikelyName()).toMatch(/^efs-trial-[0-9a-f]{10}$/);
});

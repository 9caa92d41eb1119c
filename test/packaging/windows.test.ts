/** The Windows program, built around a stand-in for Electron. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildProgram, packageApp, projectRoot } from "./package-app.ts";
import { makeWindowsElectron, readFuses, readResources } from "./stand-in-electron.ts";

let work: string;
let unpacked: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "efs-package-"));
  await buildProgram();
  await makeWindowsElectron(join(work, "electron"));
  await packageApp(["--win", "dir", "--x64"], join(work, "electron"), join(work, "dist"));
  unpacked = join(work, "dist", "win-unpacked");
}, 120_000);

afterAll(() => rm(work, { recursive: true, force: true }));

test("the program says what it is, which app.asar belongs to it, and its fuses are set", async () => {
  const program = await readFile(join(unpacked, "EFS Mail Gateway.exe"));
  const { version } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const { strings, integrity } = readResources(program);
  expect(strings).toMatchObject({
    ProductName: "EFS Mail Gateway",
    FileDescription: "EFS Mail Gateway",
    InternalName: "EFS Mail Gateway",
    ProductVersion: expect.stringContaining(version),
  });
  const archive = await readFile(join(unpacked, "resources", "app.asar"));
  const header = archive.subarray(16, 16 + archive.readUInt32LE(12));
  expect(integrity).toEqual([
    { file: "resources\\app.asar", alg: "SHA256", value: createHash("sha256").update(header).digest("hex") },
  ]);
  expect(readFuses(program)).toMatchObject({
    runAsNode: false,
    asarIntegrity: true,
    onlyLoadAppFromAsar: true,
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDataDirectory, unsuitableFolder } from "../../core/spool/data-directory.ts";
import { nodeFileSystem } from "../../core/util/file-system.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { problemOf, spoolKit, take } from "../support/spool-kit.ts";

let folder: string;
let data: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "efs-data-"));
  data = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the data directory", () => {
  test("is made with all its folders, for the owner alone", async () => {
    const directory = await openDataDirectory(data, nodeFileSystem);
    const paths = [
      data,
      directory.mail,
      directory.temporary,
      directory.folder("Inbox"),
      directory.folder("Backup"),
    ];
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual(Array(5).fill(0o700));
    directory.release();
  });

  test("has one owner; a second one is told so; given back it is free", async () => {
    const first = await openDataDirectory(data, nodeFileSystem);
    expect(await problemOf(openDataDirectory(data, nodeFileSystem))).toBe("data-directory-in-use");
    first.release();
    (await openDataDirectory(data, nodeFileSystem)).release();
  });

  test("kill -9 of the owner frees it", async () => {
    const code = `
      import { openDataDirectory } from ${JSON.stringify(join(import.meta.dirname, "../../core/spool/data-directory.ts"))};
      import { nodeFileSystem } from ${JSON.stringify(join(import.meta.dirname, "../../core/util/file-system.ts"))};
      await openDataDirectory(${JSON.stringify(data)}, nodeFileSystem);
      console.log("owner");
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(child.stdout, "data");
      expect(await problemOf(openDataDirectory(data, nodeFileSystem))).toBe("data-directory-in-use");
    } finally {
      child.kill("SIGKILL");
      await once(child, "close");
    }
    (await openDataDirectory(data, nodeFileSystem)).release();
  });

  test("a lock file that a bad disk has written into is nobody's, unless somebody holds it", async () => {
    const first = await openDataDirectory(data, nodeFileSystem);
    for (const damage of [Buffer.alloc(5_000), Buffer.alloc(5_000, 0x41)]) {
      writeFileSync(join(data, "efs.lock"), damage);
      expect(await problemOf(openDataDirectory(data, nodeFileSystem))).toBe("data-directory-in-use");
    }
    first.release();
    const second = await openDataDirectory(data, nodeFileSystem);
    expect(statSync(join(data, "efs.lock")).size).toBe(0);
    expect(await problemOf(openDataDirectory(data, nodeFileSystem))).toBe("data-directory-in-use");
    second.release();
  });

  test("a file in its place, or a folder that refuses files, is one clear problem", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "file"), "");
    expect(await problemOf(openDataDirectory(join(folder, "file", "data"), nodeFileSystem))).toBe(
      "file-in-the-way",
    );
    const files = new FaultyFileSystem();
    files.plan = (operation) => (operation === "create" ? "EACCES" : null);
    expect(await problemOf(openDataDirectory(data, files))).toBe("not-writable");
    files.plan = (operation) => (operation === "make-folder" ? "EROFS" : null);
    expect(await problemOf(openDataDirectory(data, files))).toBe("not-writable");
    // A failed opening leaves no lock behind.
    (await openDataDirectory(data, nodeFileSystem)).release();
  });

  test.each([
    ["\\\\server\\share\\efs", true],
    ["\\\\?\\UNC\\server\\share", true],
    ["//server/share/efs", true],
    ["C:\\Users\\ann\\OneDrive - Office\\efs", true],
    ["/home/ann/Dropbox/efs", true],
    ["/Users/ann/Library/Mobile Documents/efs", true],
    ["C:\\ProgramData\\EFS", false],
    ["\\\\?\\C:\\ProgramData\\EFS", false],
    ["/var/lib/efs", false],
    ["/srv/dropbox-import/efs", false],
  ])("%s is refused: %s", (path, refused) => {
    expect(unsuitableFolder(path) !== null).toBe(refused);
  });

  test("a folder that is gone though there is mail in it stops the start and closes nothing", async () => {
    const kit = spoolKit();
    const spool = await kit.open();
    await take(spool, "u1");
    await spool.close();
    rmSync(join(kit.directory, "mail", "Junk"), { recursive: true });
    await (await kit.open()).close();
    rmSync(join(kit.directory, "mail", "Inbox"), { recursive: true });
    expect(await problemOf(kit.open())).toBe("folder-missing");
    mkdirSync(join(kit.directory, "mail", "Inbox"));
    kit.remove();
  });
});

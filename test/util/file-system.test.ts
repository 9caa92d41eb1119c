import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeFileSystem, withRetries } from "../../core/util/file-system.ts";
import { FolderSync } from "../../core/util/folder-sync.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "efs-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("files", () => {
  test("are written whole, small and large, for the owner alone", async () => {
    for (const size of [0, 10, 1_000_000]) {
      const path = join(folder, `f${size}`);
      const bytes = Buffer.alloc(size, "abc");
      const file = await nodeFileSystem.create(path);
      await file.write(bytes);
      await file.write(Buffer.from("end"));
      await file.sync();
      await file.close();
      expect(readFileSync(path).equals(Buffer.concat([bytes, Buffer.from("end")]))).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const parts: Buffer[] = [];
      for await (const part of nodeFileSystem.read(path)) parts.push(part);
      expect(Buffer.concat(parts).equals(readFileSync(path))).toBe(true);
    }
  });

  test("a new file never replaces another; one that is not there has no status", async () => {
    writeFileSync(join(folder, "a"), "x");
    await expect(nodeFileSystem.create(join(folder, "a"))).rejects.toMatchObject({ code: "EEXIST" });
    expect(await nodeFileSystem.status(join(folder, "b"))).toBeNull();
    expect((await nodeFileSystem.status(join(folder, "a")))?.size).toBe(1);
    await expect(nodeFileSystem.syncFolder(join(folder, "b"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a locked file is tried again until it is free, and no timer is left", async () => {
    const files = new FaultyFileSystem();
    const clock = new FakeClock();
    const patient = withRetries(files, clock);
    writeFileSync(join(folder, "a"), "x");
    let refusals = 3;
    files.plan = () => (refusals-- > 0 ? "EBUSY" : null);
    const renamed = patient.rename(join(folder, "a"), join(folder, "b"));
    await clock.advance(1_000);
    await renamed;
    expect([readdirSync(folder), files.operations.length, clock.pending]).toEqual([["b"], 4, 0]);
  });

  test("other errors are not tried again", async () => {
    const files = new FaultyFileSystem();
    files.plan = () => "ENOSPC";
    const patient = withRetries(files, new FakeClock());
    await expect(patient.unlink(join(folder, "a"))).rejects.toMatchObject({ code: "ENOSPC" });
    expect(files.operations.length).toBe(1);
  });
});

describe("the flush of a folder", () => {
  function gated() {
    const gates: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const sync = new FolderSync({
      ...nodeFileSystem,
      syncFolder: () => new Promise<void>((resolve, reject) => gates.push({ resolve, reject })),
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    return { gates, sync, turn };
  }

  test("one for all who ask in a turn; who comes during one waits for the next", async () => {
    const { gates, sync, turn } = gated();
    const done: string[] = [];
    const ask = (name: string) => sync.sync("folder").then(() => done.push(name));
    const first = [ask("a"), ask("b")];
    await turn();
    const second = [ask("c"), ask("d")];
    await turn();
    expect(gates.length).toBe(1);
    gates[0]?.resolve();
    await Promise.all(first);
    await turn();
    expect([done, gates.length]).toEqual([["a", "b"], 2]);
    gates[1]?.resolve();
    await Promise.all(second);
    expect(done).toEqual(["a", "b", "c", "d"]);
  });

  test("a failure is told to those who shared it, not to the next", async () => {
    const { gates, sync, turn } = gated();
    const first = Promise.allSettled([sync.sync("folder"), sync.sync("folder")]);
    await turn();
    const second = sync.sync("folder");
    gates[0]?.reject(new Error("EIO"));
    expect((await first).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await turn();
    gates[1]?.resolve();
    await second;
  });
});

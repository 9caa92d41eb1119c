import { access, mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { LogLine } from "../../core/model/event.ts";
import { watchMarker } from "../../core/schedule/marker-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function setUp() {
  const folder = await temporaryFolder();
  const logs: Omit<LogLine, "at">[] = [];
  return { marker: join(folder, "marker.efs"), logs, look: watchMarker(folder, (line) => logs.push(line)) };
}

it("takes the file away, once for each time it appears", async () => {
  const { marker, logs, look } = await setUp();
  expect(await look()).toBe(false);
  await writeFile(marker, "whatever");
  expect(await look()).toBe(true);
  await expect(access(marker)).rejects.toThrow("ENOENT");
  expect(await look()).toBe(false);
  await writeFile(marker, "");
  expect(await look()).toBe(true);
  expect(logs).toEqual([]);
});

it("starts nothing for one that cannot be removed, and says so once", async () => {
  const { marker, logs, look } = await setUp();
  await mkdir(marker);
  expect([await look(), await look()]).toEqual([false, false]);
  expect(logs).toEqual([
    {
      source: "gateway",
      level: "warning",
      text: expect.stringMatching(
        /^No check was started\. Removing the marker file .*marker\.efs failed: .+\. .+$/,
      ),
    },
  ]);
  await rmdir(marker);
  expect(await look()).toBe(false);
  await mkdir(marker);
  await look();
  expect(logs).toHaveLength(2);
});

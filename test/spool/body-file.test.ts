import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BodyFile, storeBody } from "../../core/spool/body-file.ts";
import { nodeFileSystem } from "../../core/util/file-system.ts";
import { FaultyFileSystem } from "../support/faulty-file-system.ts";
import { problemOf, type SpoolKit, source, spoolKit } from "../support/spool-kit.ts";

let kit: SpoolKit;

beforeEach(() => {
  kit = spoolKit();
});
afterEach(() => kit.remove());

describe("a message on its way to the disk", () => {
  test("is stored exactly, small or large, and its reader's buffer may be used again", async () => {
    const spool = await kit.open();
    for (const size of [0, 1, 5_000, 262_144, 700_001]) {
      const bytes = Buffer.from(
        Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 0xff),
      );
      const body = await spool.bodies.receive(source("u"));
      const buffer = Buffer.alloc(9_973);
      for (let at = 0; at < size; at += buffer.length) {
        const length = bytes.copy(buffer, 0, at);
        await body.write(buffer.subarray(0, length));
        buffer.fill(0);
      }
      const received = await body.complete();
      expect([received.size, readFileSync(received.temporaryPath).equals(bytes)]).toEqual([size, true]);
    }
    await spool.close();
  });

  test("one that is there in one piece is stored alike", async () => {
    const spool = await kit.open();
    const bytes = Buffer.from("From: a@b.test\r\n\r\nHello.\r\n");
    const body = await spool.bodies.receive(source("u"));
    await body.write(bytes);
    const { temporaryPath: _, ...expected } = await body.complete();
    const { temporaryPath, ...stored } = await storeBody(nodeFileSystem, spool.directory.temporary, bytes);
    expect([stored, readFileSync(temporaryPath).equals(bytes)]).toEqual([expected, true]);
    await spool.close();
  });

  test("nothing is left of one that was aborted", async () => {
    const spool = await kit.open();
    for (const size of [100, 900_000]) {
      const body = await spool.bodies.receive(source("u"));
      await body.write(Buffer.alloc(size));
      await body.abort();
    }
    expect(readdirSync(spool.directory.temporary)).toEqual([]);
    await spool.close();
  });

  test("the writer waits only while more than a megabyte is on its way to the disk", async () => {
    const gate = Promise.withResolvers<void>();
    const written: number[] = [];
    const slow = new BodyFile(
      {
        ...nodeFileSystem,
        create: async () => ({
          write: async (data) => {
            await gate.promise;
            written.push(data.length);
          },
          sync: async () => undefined,
          close: async () => undefined,
        }),
      },
      join(kit.directory, "x"),
    );
    const waits: boolean[] = [];
    let last: Promise<void> | undefined;
    for (let number = 0; number < 20; number += 1) {
      last = slow.write(Buffer.alloc(65_536));
      waits.push(last !== undefined);
    }
    expect(waits).toEqual([...Array(15).fill(false), ...Array(5).fill(true)]);
    gate.resolve();
    await last;
    expect(slow.write(Buffer.alloc(10))).toBeUndefined();
    await slow.complete();
    expect(written.reduce((sum, size) => sum + size, 0)).toBe(20 * 65_536 + 10);
  });

  test.each([
    ["create", "EMFILE", "too-many-open-files"],
    ["write", "ENOSPC", "disk-full"],
    ["sync", "EIO", "disk-error"],
    ["close", "EIO", "disk-error"],
    ["create", "EACCES", "not-writable"],
  ] as const)("%s fails with %s: told as %s, nothing left", async (operation, code, expected) => {
    for (const size of [100, 3_000_000]) {
      const files = new FaultyFileSystem();
      const spool = await kit.open({ fileSystem: files });
      files.plan = (now) => (now === operation ? code : null);
      const body = await spool.bodies.receive(source("u"));
      const all = (async () => {
        for (let sent = 0; sent < size; sent += 50_000)
          await body.write(Buffer.alloc(Math.min(50_000, size)));
        await body.complete();
      })();
      expect(await problemOf(all)).toBe(expected);
      await body.abort();
      if (size === 100) {
        const whole = storeBody(files, spool.directory.temporary, Buffer.alloc(size));
        expect(await problemOf(whole)).toBe(expected);
      }
      files.plan = () => null;
      expect(readdirSync(spool.directory.temporary)).toEqual([]);
      expect(existsSync(spool.directory.folder("Inbox"))).toBe(true);
      await spool.close();
    }
  });
});

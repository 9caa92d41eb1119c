import { expect, test } from "vitest";
import { giveShared, takeShared } from "../../core/util/shared-blocks.ts";

test("a block holds what was asked for, is seen by other threads, and comes back when it was given back", () => {
  const blocks = [0, 8_192, 8_193, 300_000].map(takeShared);
  expect(blocks.map(({ length }) => length)).toEqual([8_192, 8_192, 16_384, 524_288]);
  expect(blocks.map(({ buffer }) => buffer instanceof SharedArrayBuffer)).toEqual([true, true, true, true]);
  const [first, second, third] = blocks as [Buffer, Buffer, Buffer];
  giveShared(second);
  expect([takeShared(5_000) === second, takeShared(5_000) === first]).toEqual([true, false]);
  giveShared(third);
  expect([takeShared(5_000) === third, takeShared(9_000) === third]).toEqual([false, true]);
});

test("no more than a megabyte is kept", () => {
  const blocks = [1, 2, 3].map(() => takeShared(524_288));
  blocks.forEach(giveShared);
  const again = blocks.map(() => takeShared(524_288));
  expect(again.filter((block) => blocks.includes(block)).length).toBe(2);
});

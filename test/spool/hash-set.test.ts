import { hash } from "node:crypto";
import { expect, test, vi } from "vitest";
import { HashSet } from "../../core/spool/hash-set.ts";

const hashOf = (text: string): Buffer => hash("sha256", text, "buffer").subarray(0, 14);

test("holds what was added, however much, and nothing else", () => {
  const set = new HashSet(14);
  const numbers = Array.from({ length: 5_000 }, (_, number) => number);
  expect(set.has(hashOf("0"))).toBe(false);
  for (const number of numbers) set.add(hashOf(`${number}`));
  for (const number of numbers) set.add(hashOf(`${number}`));
  expect(set.size).toBe(5_000);
  expect(numbers.filter((number) => !set.has(hashOf(`${number}`)))).toEqual([]);
  expect(numbers.filter((number) => set.has(hashOf(`other ${number}`)))).toEqual([]);
});

test("hashes that begin alike are told apart", () => {
  const set = new HashSet(14);
  const alike = Array.from({ length: 256 }, (_, number) => Buffer.from([...Buffer.alloc(13), number]));
  for (const one of alike.slice(0, 255)) set.add(one);
  expect(alike.map((one) => set.has(one))).toEqual(alike.map((_, number) => number < 255));
});

test("hashes that a server has chosen are found without going through the others", () => {
  const compare = vi.spyOn(Buffer.prototype, "compare");
  const set = new HashSet(14);
  const chosen = Array.from({ length: 2_000 }, (_, number) => {
    const hash = Buffer.alloc(14);
    hash.writeUInt32LE(number * 4_096, 0);
    return hash;
  });
  for (const one of chosen) set.add(one);
  expect([set.size, chosen.every((one) => set.has(one))]).toEqual([2_000, true]);
  expect(compare.mock.calls.length).toBeLessThan(100_000);
  compare.mockRestore();
});

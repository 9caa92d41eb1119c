import { hash } from "node:crypto";
import { expect, test } from "vitest";
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

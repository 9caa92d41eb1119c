import { expect, test } from "vitest";
import { inOrder, merged, type OrderEntry, without } from "../../core/spool/folder-order.ts";
import { Turns } from "../../core/util/turns.ts";
import { createRandom } from "../support/random.ts";

const random = createRandom(5);
const entries = (count: number, first = 1): OrderEntry[] =>
  Array.from({ length: count }, (_, index) => ({ id: first + index, key: Math.floor(random.next() * 50) }));
const plain = (list: readonly OrderEntry[]): OrderEntry[] =>
  [...list].sort((one, other) => Number(one.key) - Number(other.key) || one.id - other.id);

test.each([0, 1, 2, 1_023, 1_024, 1_025, 5_000])(
  "%i of them in order, as if sorted at once",
  async (count) => {
    const list = entries(count);
    expect(await inOrder(list, new Turns())).toEqual(plain(list));
  },
);

test.each([
  [0, 0],
  [0, 3],
  [3, 0],
  [2_000, 1],
  [1, 2_000],
  [1_500, 1_500],
])("%i and %i are one", async (one, other) => {
  const [left, right] = [plain(entries(one)), plain(entries(other, 10_000))];
  expect(await merged(left, right, new Turns())).toEqual(plain([...left, ...right]));
});

test("words as they stand in a code table; equal ones by their ids", async () => {
  const list = ["b", "a", "", "ab", "a"].map((key, id) => ({ id, key }));
  expect((await inOrder(list, new Turns())).map(({ id }) => id)).toEqual([2, 1, 4, 3, 0]);
});

test("without some", async () => {
  const list = entries(3_000);
  expect(await without(list, new Set([1, 1_500, 9_000]), new Turns())).toEqual(
    list.filter(({ id }) => id !== 1 && id !== 1_500),
  );
});

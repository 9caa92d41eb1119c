import { expect, test } from "vitest";
import { gather } from "../../core/util/gather.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what comes in one turn goes on together, in its order; what comes then, in the next", async () => {
  const passed: (readonly number[])[] = [];
  const hand = gather<number>((together) => passed.push(together));
  for (const one of [1, 2, 3]) hand(one);
  expect(passed).toEqual([]);
  await turn();
  hand(4);
  expect(passed).toEqual([[1, 2, 3]]);
  await turn();
  expect(passed).toEqual([[1, 2, 3], [4]]);
  await turn();
  expect(passed).toHaveLength(2);
});

test("what is handed in while others go on goes with the next", async () => {
  const passed: (readonly number[])[] = [];
  const hand = gather<number>((together) => {
    if (passed.push(together) === 1) hand(2);
  });
  hand(1);
  await turn();
  await turn();
  expect(passed).toEqual([[1], [2]]);
});

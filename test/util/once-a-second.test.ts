import { expect, test } from "vitest";
import { onceASecond } from "../../core/util/once-a-second.ts";

test("written once for each second in a row, also when time goes back", () => {
  const asked: number[] = [];
  const text = onceASecond((at) => {
    asked.push(at);
    return `t${Math.floor(at / 1_000)}`;
  });
  expect([0, 999, 1_000, 1_500, 500, -1].map(text)).toEqual(["t0", "t0", "t1", "t1", "t0", "t-1"]);
  expect(asked).toEqual([0, 1_000, 500, -1]);
});

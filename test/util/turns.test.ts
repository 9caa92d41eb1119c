import { setImmediate } from "node:timers";
import { expect, test } from "vitest";
import { Turns } from "../../core/util/turns.ts";

test("of all that is long, one goes on in a turn of the event loop", async () => {
  let turn = 0;
  let counting = setImmediate(function next() {
    turn += 1;
    counting = setImmediate(next);
  });
  const long = async (): Promise<readonly number[]> => {
    const turns = new Turns();
    const taken: number[] = [];
    while (taken.length < 3) {
      while (!turns.over);
      await turns.rest();
      taken.push(turn);
    }
    return taken;
  };
  const taken = (await Promise.all([long(), long(), long()])).flat();
  clearImmediate(counting);
  expect(new Set(taken).size).toBe(9);
});

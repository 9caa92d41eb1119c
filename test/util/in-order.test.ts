import fc from "fast-check";
import { expect, it } from "vitest";
import { InOrder } from "../../core/util/in-order.ts";

it("the first place need not wait", async () => {
  const line = new InOrder();
  const first = line.enter();
  expect(await first.turn).toBe(undefined);
  first.leave();
  first.leave();
  expect(await line.enter().turn).toBe(undefined);
});

it("turns come in the order in which places were taken, however they are left", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ gaveUp: fc.boolean(), rank: fc.nat() }), { maxLength: 30 }),
      async (plans) => {
        const line = new InOrder();
        const came: number[] = [];
        const steps = plans.map(({ gaveUp, rank }, index) => {
          const place = line.enter();
          const step = async (): Promise<void> => {
            if (!gaveUp) {
              await place.turn;
              came.push(index);
            }
            place.leave();
          };
          return { rank, step };
        });
        const begun = steps.toSorted((one, other) => one.rank - other.rank).map(({ step }) => step());
        await Promise.all(begun);
        expect(came).toEqual(plans.flatMap(({ gaveUp }, index) => (gaveUp ? [] : [index])));
        expect(await line.enter().turn).toBe(undefined);
      },
    ),
  );
});

it("nobody's turn comes while a place before it is kept", async () => {
  const line = new InOrder();
  const [first, second, third] = [line.enter(), line.enter(), line.enter()];
  const came: string[] = [];
  const waiting = [second, third].map(async (place, index) => {
    await place.turn;
    came.push(["second", "third"][index] ?? "");
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(came).toEqual([]);
  first.leave();
  await waiting[0];
  await new Promise((resolve) => setImmediate(resolve));
  expect(came).toEqual(["second"]);
  second.leave();
  await Promise.all(waiting);
  expect(came).toEqual(["second", "third"]);
});

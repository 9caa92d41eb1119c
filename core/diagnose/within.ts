import type { Clock } from "../model/ports.ts";

/** What `work` comes to, or a rejection with ETIMEDOUT; what comes later is nobody's. */
export function within<Value>(clock: Clock, milliseconds: number, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const disarm = clock.after(milliseconds, () => {
      const seconds = milliseconds / 1_000;
      reject(Object.assign(new Error(`no answer within ${seconds} seconds`), { code: "ETIMEDOUT" }));
    });
    work.then(resolve, reject).finally(disarm);
  });
}

/** Runs `work` for each item, so many at once. */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

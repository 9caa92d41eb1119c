import { expect, test } from "vitest";
import { readQueueRows } from "../../core/api/queue-rows.ts";
import type { QueueOrder } from "../../core/model/gateway.ts";
import type { FolderRow } from "../../core/model/message.ts";

/** Every second id of a folder that ends at `last`. */
function folder(last: number) {
  const asked: QueueOrder[] = [];
  return {
    asked,
    queue(order: QueueOrder): readonly FolderRow[] {
      asked.push(order);
      const { after = 0, limit = 100 } = order;
      const first = after - (after % 2) + 2;
      const ids = Array.from({ length: limit }, (_, index) => first + 2 * index);
      return ids.filter((id) => id <= last).map((id) => ({ id }) as FolderRow);
    },
  };
}

test.each([
  [{ limit: 60 }, 1_000, [2, 120, 60], [0, 50, 100]],
  [{ limit: 60, after: 900 }, 1_000, [902, 1_000, 50], [900, 950, 1_000]],
  [{}, 20, [2, 20, 10], [0]],
  [{}, 0, [undefined, undefined, 0], [0]],
])("%j of a folder up to %i: as asked for at once", async (order, last, [first, end, count], afters) => {
  const gateway = folder(last);
  const rows = await readQueueRows(gateway, { folder: "Errors", ...order });
  expect([rows[0]?.id, rows.at(-1)?.id, rows.length]).toEqual([first, end, count]);
  expect(gateway.asked.map(({ after }) => after)).toEqual(afters);
  expect(new Set(gateway.asked.map(({ folder: name }) => name))).toEqual(new Set(["Errors"]));
});

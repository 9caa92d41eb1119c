import type { Gateway, QueueOrder } from "../model/gateway.ts";
import type { FolderRow } from "../model/message.ts";
import { Turns } from "../util/turns.ts";

/** Rows that are read at once: each with all its recipients, and how they came about. */
const SLICE = 25;

/** A page of a folder, a few milliseconds at a time. */
export async function readQueueRows(
  gateway: Pick<Gateway, "queue">,
  { folder, after = 0, limit = 100 }: QueueOrder,
): Promise<readonly FolderRow[]> {
  const turns = new Turns();
  const rows: FolderRow[] = [];
  while (rows.length < limit) {
    const most = Math.min(SLICE, limit - rows.length);
    const slice = gateway.queue({ folder, after: rows.at(-1)?.id ?? after, limit: most });
    rows.push(...slice);
    if (slice.length < most) break;
    await turns.rest();
  }
  return rows;
}

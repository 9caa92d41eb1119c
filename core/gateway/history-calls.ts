import {
  HISTORY_PAGE_ROWS,
  type HistoryGateway,
  type HistoryPage,
  type HistoryQuery,
  type HistoryRow,
} from "../model/history.ts";
import type { Spool } from "../spool/spool.ts";
import { Turns } from "../util/turns.ts";
import type { ClockWatch } from "./clock-watch.ts";

/** Rows that are read at once. */
const AT_ONCE = 50;
/** Milliseconds after which a page is given although it is short: whoever waits sees that it goes on. */
const PATIENCE = 100;

/** The gateway's calls about history, age and the clock. `noticed`: somebody took note of something. */
export function createHistoryCalls(
  spool: Spool,
  clockWatch: ClockWatch,
  noticed: () => void,
): HistoryGateway {
  return {
    history: (query = {}) => readPage(spool, query),
    historyMessage: (which) => spool.historyMessage(which),
    forgetHistory: (ids) => spool.forgetHistory(ids),
    async acknowledgeJunk(ids) {
      const acknowledged = await spool.acknowledgeJunk(ids);
      noticed();
      return acknowledged;
    },
    async confirmClock() {
      await clockWatch.confirm();
      noticed();
    },
  };
}

/** What takes long to be found is looked for a little at a time. */
async function readPage(spool: Spool, query: HistoryQuery): Promise<HistoryPage> {
  const turns = new Turns();
  const limit = Math.min(Math.max(query.limit ?? AT_ONCE, 1), HISTORY_PAGE_ROWS);
  const rows: HistoryRow[] = [];
  let after = query.after;
  for (;;) {
    const part = spool.history({
      ...query,
      limit: Math.min(AT_ONCE, limit - rows.length),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...part.rows);
    if (part.next === null || rows.length >= limit || turns.elapsed > PATIENCE) {
      return { rows, next: part.next };
    }
    after = part.next;
    await turns.rest();
  }
}

import type { HistoryGateway } from "../model/history.ts";
import type { Spool } from "../spool/spool.ts";
import type { ClockWatch } from "./clock-watch.ts";

/** The gateway's calls about history, age and the clock. `noticed`: somebody took note of something. */
export function createHistoryCalls(
  spool: Spool,
  clockWatch: ClockWatch,
  noticed: () => void,
): HistoryGateway {
  return {
    history: (query = {}) => spool.history(query),
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

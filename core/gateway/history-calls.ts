import type { HistoryGateway } from "../model/history.ts";
import type { Spool } from "../spool/spool.ts";
import type { ClockWatch } from "./clock-watch.ts";

/** The gateway's calls about history, age and the clock. */
export function createHistoryCalls(spool: Spool, clockWatch: ClockWatch): HistoryGateway {
  return {
    history: (query = {}) => spool.history(query),
    historyMessage: (which) => spool.historyMessage(which),
    forgetHistory: (ids) => spool.forgetHistory(ids),
    acknowledgeJunk: (ids) => spool.acknowledgeJunk(ids),
    confirmClock: () => clockWatch.confirm(),
  };
}

/** The filters of the history page and the question that is asked with them. Pure. */
import type { CommandInput } from "../../core/api/contract.ts";
import type { HistoryRow } from "../../core/model/history.ts";

export type HistoryOutcome = HistoryRow["outcome"];

export interface HistoryFilter {
  readonly words: string;
  /** "" is all of them, here and below. */
  readonly outcome: HistoryOutcome | "";
  readonly account: string;
  readonly kind: HistoryRow["kind"] | "";
  /** `2026-11-20`, local; both days count. */
  readonly from: string;
  readonly to: string;
}

export const NO_FILTER: HistoryFilter = { words: "", outcome: "", account: "", kind: "", from: "", to: "" };

export const OUTCOMES: readonly HistoryOutcome[] = [
  "pending",
  "delivered",
  "errors",
  "junk",
  "discarded",
  "nobody-left",
  "removed",
  "listed-again",
];

export function historyQuery(filter: HistoryFilter): CommandInput<"history"> {
  const { words, outcome, account, kind } = filter;
  const from = dayStart(filter.from);
  const to = dayStart(filter.to, 1);
  return {
    ...(words.trim() === "" ? {} : { words: words.trim() }),
    ...(outcome === "" ? {} : { outcome }),
    ...(account === "" ? {} : { accountId: account }),
    ...(kind === "" ? {} : { kind }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

export function isFiltered(filter: HistoryFilter): boolean {
  return Object.values(filter).some((value) => value !== "");
}

/** Midnight of the day, `later` days on; a day of a change of the clock has its own length. null: not a day. */
function dayStart(day: string, later = 0): number | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (parts === null) return null;
  const [year = 0, month = 1, date = 1] = parts.slice(1).map(Number);
  return new Date(year, month - 1, date + later).getTime();
}

/** What the runs since the set-up have done together: the schedule's first one may come before ours. Pure. */
import type { RunSummary, RunTotals } from "../../core/model/event.ts";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import type { Problem } from "../../core/model/problem.ts";

const COUNTS = [
  "collected",
  "collectedBytes",
  "toCollect",
  "delivered",
  "deliveredBytes",
  "deferred",
  "errors",
  "junk",
  "discarded",
  "reports",
] as const satisfies readonly (keyof RunTotals)[];

export const NO_TOTALS = Object.fromEntries(COUNTS.map((count) => [count, 0])) as unknown as RunTotals;

export function addTotals(one: RunTotals, other: RunTotals): RunTotals {
  return Object.fromEntries(
    COUNTS.map((count) => [count, one[count] + other[count]]),
  ) as unknown as RunTotals;
}

export interface FirstCheckResult {
  readonly collected: number;
  readonly delivered: number;
  readonly errors: number;
  /** In Inbox: to be tried again, or held. */
  readonly waiting: number;
  readonly junk: number;
  /** Each once. */
  readonly problems: readonly Problem[];
}

export function firstCheckResult(summary: RunSummary, status: GatewayStatus): FirstCheckResult {
  const { today, folders, accounts, route } = status;
  const problems = [
    ...summary.problems,
    ...accounts.flatMap(({ problem }) => problem ?? []),
    ...(route.problem === null ? [] : [route.problem]),
    ...(summary.findings ?? []),
    ...(status.lastRun?.summary.findings ?? []),
  ];
  return {
    collected: today.collected,
    delivered: today.delivered,
    errors: folders.Errors,
    waiting: folders.Inbox,
    junk: folders.Junk,
    problems: [...new Map(problems.map((problem) => [`${problem.code} ${problem.what}`, problem])).values()],
  };
}

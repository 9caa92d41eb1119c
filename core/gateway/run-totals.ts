import type { RunTotals } from "../model/event.ts";
import type { AttemptResult, Settlement } from "../model/message.ts";
import { assertNever } from "../util/assert-never.ts";

export const noTotals: RunTotals = {
  collected: 0,
  collectedBytes: 0,
  toCollect: 0,
  delivered: 0,
  deliveredBytes: 0,
  deferred: 0,
  errors: 0,
  junk: 0,
  discarded: 0,
  reports: 0,
};

const TOTALS = Object.keys(noTotals) as (keyof RunTotals)[];

export function addTotals(left: RunTotals, right: Partial<RunTotals>): RunTotals {
  const sum = { ...left } as Record<keyof RunTotals, number>;
  // Not the keys of `right`: it may hold more than totals.
  for (const key of TOTALS) sum[key] += right[key] ?? 0;
  return sum;
}

/** What a settlement adds to the totals. A message counts as delivered when it left the Inbox that way. */
export function totalsOf({ result, disposition, report }: Settlement): Partial<RunTotals> {
  const { message } = result;
  if (message.kind === "report") {
    if (report?.kind === "reported") return { reports: 1 };
    return report?.kind === "refused" ? { junk: 1 } : {};
  }
  if (message.kind === "alert") return {};
  switch (disposition.kind) {
    case "stay":
      return {};
    case "done":
      return { delivered: 1, deliveredBytes: message.size };
    case "errors":
      return { errors: 1 };
    case "junk":
      return { junk: 1 };
    default:
      return assertNever(disposition);
  }
}

/** Tells whether an attempt left a recipient of collected mail waiting for a later one. */
export function leavesDeferred({ message, recipients }: AttemptResult): boolean {
  return (
    message.kind === "mail" && recipients.some(({ next }) => next.kind === "deferred" || next.kind === "held")
  );
}

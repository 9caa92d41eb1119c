import type { CollectionResult } from "../collect/collector.ts";

/** One pass of one account, for the logs: `3 of 5 messages collected (12,345 octets), 5 deleted from the server`. */
export function describePass(result: CollectionResult): string {
  const parts = [`${result.listed} listed, ${result.collected} collected (${result.collectedBytes} octets)`];
  const more: readonly (readonly [number, string])[] = [
    [result.known, "recognised as known"],
    [result.deleted, "deleted from the server"],
    [result.failed, "could not be collected"],
    [result.parked, "given up"],
    [result.oversize, "too large, left there"],
    [result.waiting, "waiting for the answer: all or only new"],
    [result.skipped, "left there as old"],
  ];
  for (const [count, what] of more) if (count > 0) parts.push(`${count} ${what}`);
  if (result.stopped) parts.push("stopped");
  if (result.problem !== null) parts.push(result.problem.what);
  return parts.join(", ");
}

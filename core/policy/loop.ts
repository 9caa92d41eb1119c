/**
 * Loop protection (PRODUCT section 7; RFC 5321 6.3): our own trace in a message that was collected, or more
 * `Received` lines than any way through the net has.
 *
 * A report of ours that came back carries our trace by nature and is delivered once more (PRODUCT section 5);
 * what is done with its outcome is decided there. Anybody can write our report header, and a report can go
 * round as well, so it only buys one more round.
 */
import { limits } from "../model/limits.ts";
import type { Verdict } from "../model/message.ts";
import type { HeaderBlock } from "../wire/header-block.ts";
import { isOwnReport } from "../wire/report-header.ts";
import { isOwnTrace } from "../wire/trace-header.ts";

/** Own traces that a message with our report header may carry: when it was made, and when it was delivered. */
const REPORT_TRACES = 2;

export function checkLoop(header: HeaderBlock, installationId: string): Verdict | null {
  const received = header.all("Received");
  if (received.length > limits.receivedLines) {
    return {
      kind: "junk",
      reason: "loop",
      detail: `The message has ${received.length} Received lines; more than ${limits.receivedLines} mean that it goes round in a circle.`,
    };
  }
  const own = received.filter((field) => isOwnTrace(field.value, installationId)).length;
  if (own > (isOwnReport(header, installationId) ? REPORT_TRACES : 0)) {
    return {
      kind: "junk",
      reason: "loop",
      detail: "The message has passed this gateway before: one of its Received lines is ours.",
    };
  }
  return null;
}

/**
 * The maximum message size (PRODUCT sections 3 and 7). Collecting leaves larger messages on the server by the
 * size it announces; this is for those whose size was announced wrongly or not at all (TRAPS 15). They are on
 * our disk already, so they go to Junk, where they can be seen, and are never discarded.
 */
import type { Verdict } from "../model/message.ts";

/** Sizes in octets. */
export function checkSize(size: number, maximum: number): Verdict | null {
  if (size <= maximum) return null;
  return {
    kind: "junk",
    reason: "blocked",
    detail: `The message is larger than the maximum message size: ${size.toLocaleString("en")} bytes; ${maximum.toLocaleString("en")} are allowed.`,
  };
}

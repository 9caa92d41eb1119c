/**
 * A message that is for nobody we know goes to Junk where the settings say so; the resolver has then left it
 * without recipients. One whose recipients were all IGNOREd by alias passes: it is closed without a copy anywhere.
 */

import type { Resolution } from "../model/envelope.ts";
import type { Verdict } from "../model/message.ts";
import { assertNever } from "../util/assert-never.ts";

export function checkRecipients(resolution: Resolution): Verdict | null {
  if (resolution.recipients.length > 0) return null;
  switch (resolution.kind) {
    case "no-recipient":
      return {
        kind: "junk",
        reason: "no-recipient",
        detail: "No address of our domains was found in its header.",
      };
    case "unknown-user":
      return {
        kind: "junk",
        reason: "unknown-user",
        detail: "None of its recipients is in the list of users.",
      };
    case "addressed":
    case "ignored-by-alias":
      return null;
    default:
      return assertNever(resolution.kind);
  }
}

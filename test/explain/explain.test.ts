import { describe, expect, it } from "vitest";
import { explain } from "../../core/explain/explain.ts";
import { explanations, rules } from "../../core/explain/rules.ts";
import { parseReply } from "../../core/model/reply.ts";

describe("explain", () => {
  it.each([
    [550, "550 5.1.1 <x@example.com>: Recipient address rejected: User unknown", "unknown-user"],
    [550, "550 Destination Not Accepted", "unknown-user"],
    [553, "553 malformed address: bob@invalid@.domain.com", "syntax"],
    [552, "552 5.3.4 Message size exceeds fixed limit", "too-large"],
    [452, "452 4.2.2 Mailbox full", "mailbox-full"],
    [454, "454 4.7.1 Relay access denied", "relay-denied"],
    [450, "450 4.2.0 Greylisted, see http://postgrey.example", "greylisted"],
    [535, "535 5.7.8 Error: authentication failed", "authentication"],
    [554, "554 5.7.1 Blocked using zen.spamhaus.org", "reputation"],
    [550, "550 5.1.8 Sender address rejected: Domain not found", "sender-refused"],
    [421, "421 4.3.2 Service shutting down", "server-trouble"],
    [599, "599 whatever", "other"],
  ])("%i %s", (code, line, category) => {
    expect(explain(parseReply(code, [line])).category).toBe(category);
  });

  it("has words for every category that a rule can name", () => {
    for (const rule of rules) expect(Object.keys(explanations)).toContain(rule.category);
  });
});

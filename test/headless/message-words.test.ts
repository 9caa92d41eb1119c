import { expect, it } from "vitest";
import { marks, stateWords } from "../../core/headless/message-words.ts";
import type { Failure } from "../../core/model/failure.ts";
import type { RecipientState } from "../../core/model/message.ts";
import { parseReply } from "../../core/model/reply.ts";

const at = new Date(2026, 10, 20, 15, 20, 36).getTime();
const reply = parseReply(450, ["450 4.2.1 Mailbox is busy"]);
const failure: Failure = { scope: "recipient", permanent: false, phase: "rcpt", reply, problem: null };

it.each<[RecipientState, string]>([
  [{ kind: "queued" }, "queued"],
  [
    { kind: "deferred", nextAt: at, failure },
    "deferred until 2026-11-20 15:20:36: 450 4.2.1 Mailbox is busy",
  ],
  [{ kind: "held", since: at, reason: "by-hand", failure: null }, "held by hand"],
  [
    { kind: "held", since: at, reason: "guard", failure },
    "held back by the guard: 450 4.2.1 Mailbox is busy",
  ],
  [
    { kind: "held", since: at, reason: "unknown-outcome", failure: null },
    "held, it may already have arrived",
  ],
  [{ kind: "expired", at, failure: null }, "expired 2026-11-20 15:20:36"],
  [{ kind: "removed", at, reason: "by-other-software" }, "removed 2026-11-20 15:20:36 (by other software)"],
])("%j: %s", (state, words) => {
  expect(stateWords({ state })).toBe(words);
});

it.each([
  ["mail", null, null, ""],
  ["report", null, null, " [report]"],
  ["mail", null, "reported", " [reported to the postmaster]"],
  ["mail", "unknown-user", null, " [no known user]"],
  ["mail", "report-refused", "refused", " [the report about it was refused]"],
] as const)("%s, %s, %s:%s", (kind, junkReason, reportState, words) => {
  expect(marks({ kind, junkReason, reportState })).toBe(words);
});

import { expect, test } from "vitest";
import { describeAttempt } from "../../core/gateway/describe-attempt.ts";
import type { Failure } from "../../core/model/failure.ts";
import type { AttemptResult, DeliveryOutcome, RecipientState } from "../../core/model/message.ts";

const refusal = (code: number, text: string): Failure => ({
  scope: "recipient",
  permanent: code >= 500,
  phase: "rcpt",
  reply: { code, enhanced: null, text },
  problem: null,
});
const OK = { code: 250, enhanced: "2.0.0", text: "Ok" };
const delivered: DeliveryOutcome = { kind: "delivered", reply: OK };
const isDelivered: RecipientState = { kind: "delivered", at: 1, reply: OK, relay: "mail:25" };

function attempt(
  sender: string,
  ...recipients: readonly (readonly [string, DeliveryOutcome, RecipientState])[]
): AttemptResult {
  return {
    message: { sender },
    recipients: recipients.map(([address, outcome, next]) => ({
      recipient: { address },
      outcome,
      next,
      tries: 1,
      unknownTries: 0,
    })),
  } as unknown as AttemptResult;
}

test("recipients that fared alike share a line; the first three are named", () => {
  const all = ["a", "b", "c", "d", "e"].map((name) => [`${name}@x`, delivered, isDelivered] as const);
  expect(describeAttempt(attempt("s@far", ...all))).toEqual([
    { level: "info", text: "a@x, b@x, c@x and 2 more from s@far: delivered (250 2.0.0 Ok)" },
  ]);
});

test("each fate has its own line, with the server's words; the null sender is left out", () => {
  const no = refusal(550, "No such user");
  const later = refusal(450, "Busy");
  const lost: Failure = {
    ...later,
    scope: "unknown-outcome",
    reply: null,
    problem: { code: "smtp-lost", what: "The connection was lost.", cure: "Wait." },
  };
  const lines = describeAttempt(
    attempt(
      "",
      ["a@x", delivered, isDelivered],
      ["b@x", { kind: "refused", failure: no }, { kind: "failed", at: 1, failure: no }],
      ["c@x", { kind: "refused", failure: later }, { kind: "deferred", nextAt: 2, failure: later }],
      [
        "d@x",
        { kind: "refused", failure: lost },
        { kind: "held", since: 1, reason: "unknown-outcome", failure: lost },
      ],
      ["e@x", { kind: "not-tried" }, { kind: "queued" }],
      ["f@x", { kind: "refused", failure: later }, { kind: "expired", at: 1, failure: later }],
    ),
  );
  expect(lines).toEqual([
    { level: "info", text: "a@x: delivered (250 2.0.0 Ok)" },
    { level: "warning", text: "b@x: refused (550 No such user)" },
    { level: "info", text: "c@x: waits for another try (450 Busy)" },
    { level: "warning", text: "d@x: is held (The connection was lost)" },
    { level: "warning", text: "f@x: given up, after too many days of trying (450 Busy)" },
  ]);
});

import { describe, expect, it } from "vitest";
import { findingsOf } from "../../core/deliver/guard-findings.ts";
import type {
  AttemptResult,
  DeliveryOutcome,
  QueuedRecipient,
  RecipientState,
} from "../../core/model/message.ts";
import type { SmtpReply } from "../../core/model/reply.ts";

const at = 1_000;
const context = {
  postmaster: "postmaster@office.test",
  isRelayDenied: ({ text }: SmtpReply) => text.includes("relay"),
};

type Answer = "250" | "450" | "550" | "554 relay" | "552 body" | "unknown" | "untried";

function outcomeOf(answer: Answer): DeliveryOutcome {
  if (answer === "untried") return { kind: "not-tried" };
  if (answer === "250") return { kind: "delivered", reply: { code: 250, enhanced: null, text: "ok" } };
  const code = Number(answer.slice(0, 3));
  const reply = answer === "unknown" ? null : { code, enhanced: null, text: answer.slice(4) };
  const body = answer === "552 body";
  return {
    kind: "refused",
    failure: {
      scope: answer === "unknown" ? "unknown-outcome" : body ? "message" : "recipient",
      permanent: code >= 500,
      phase: body ? "final-reply" : "rcpt",
      reply,
      problem: null,
    },
  };
}

function stateAfter(outcome: DeliveryOutcome): RecipientState {
  if (outcome.kind === "not-tried") return { kind: "queued" };
  if (outcome.kind === "delivered") return { kind: "delivered", at, reply: outcome.reply, relay: "mail" };
  const { failure } = outcome;
  return failure.permanent ? { kind: "failed", at, failure } : { kind: "deferred", nextAt: at, failure };
}

interface Given {
  readonly kind?: "mail" | "report" | "alert";
  readonly reportOf?: number;
  readonly tried: readonly (readonly [address: string, answer: Answer, role?: QueuedRecipient["role"]])[];
  /** Settled by an earlier attempt. */
  readonly before?: readonly (readonly [address: string, answer: Answer])[];
}

function attempt({ kind = "mail", reportOf, tried, before = [] }: Given): AttemptResult {
  let id = 0;
  const recipient = (
    address: string,
    role: QueuedRecipient["role"],
    state: RecipientState,
  ): QueuedRecipient => {
    id += 1;
    return { id, address, role, state, tries: 0, unknownTries: 0 };
  };
  const attempts = tried.map(([address, answer, role = "addressed"]) => {
    const outcome = outcomeOf(answer);
    const next = stateAfter(outcome);
    return {
      recipient: recipient(address, role, { kind: "queued" }),
      outcome,
      next,
      tries: 1,
      unknownTries: 0,
    };
  });
  const settled = before.map(([address, answer]) =>
    recipient(address, "addressed", stateAfter(outcomeOf(answer))),
  );
  return {
    message: {
      id: 7,
      queueId: "00000000000A",
      kind,
      source: { accountId: "main", uid: null, server: "", announcedSize: null },
      sender: "a@outside.test",
      recipients: [...attempts.map(({ recipient: one }) => one), ...settled],
      path: "",
      size: 1,
      wireSize: 1,
      eightBitHeader: false,
      eightBitBody: false,
      receivedAt: 0,
      claimedAt: 0,
      usableAge: 0,
      reportOf: reportOf ?? null,
      reportForm: null,
    },
    startedAt: 0,
    endedAt: at,
    relay: "mail",
    session: "smtp-1",
    delays: [0, 0, 0, 0],
    recipients: attempts,
  };
}

describe("a domain", () => {
  it.each<readonly [string, Given, Record<string, string>]>([
    [
      "all refused",
      {
        tried: [
          ["a@x.test", "550"],
          ["b@X.test", "550"],
        ],
      },
      { "x.test": "refused" },
    ],
    ["refused for its content", { tried: [["a@x.test", "552 body"]] }, { "x.test": "refused" }],
    [
      "one accepted",
      {
        tried: [
          ["a@x.test", "550"],
          ["b@x.test", "250"],
        ],
      },
      { "x.test": "accepted" },
    ],
    [
      "one to be tried later",
      {
        tried: [
          ["a@x.test", "550"],
          ["b@x.test", "450"],
        ],
      },
      { "x.test": "neither" },
    ],
    [
      "one not tried yet",
      {
        tried: [
          ["a@x.test", "550"],
          ["b@x.test", "untried"],
        ],
      },
      { "x.test": "neither" },
    ],
    ["no answer", { tried: [["a@x.test", "unknown"]] }, { "x.test": "neither" }],
    [
      "one accepted before",
      { tried: [["a@x.test", "550"]], before: [["b@x.test", "250"]] },
      { "x.test": "neither" },
    ],
    [
      "one refused before",
      { tried: [["a@x.test", "550"]], before: [["b@x.test", "550"]] },
      { "x.test": "refused" },
    ],
    [
      "relaying denied",
      {
        tried: [
          ["a@x.test", "554 relay"],
          ["b@x.test", "450"],
        ],
      },
      { "x.test": "refused relay" },
    ],
    [
      "relaying denied beside an accepted one",
      {
        tried: [
          ["a@x.test", "554 relay"],
          ["b@x.test", "250"],
        ],
      },
      { "x.test": "accepted" },
    ],
    [
      "two domains",
      {
        tried: [
          ["a@x.test", "550"],
          ["a@y.test", "250"],
        ],
      },
      { "x.test": "refused", "y.test": "accepted" },
    ],
    ["no-recipient mail", { tried: [["boss@x.test", "550", "postmaster"]] }, {}],
    [
      "a BCC copy",
      {
        tried: [
          ["a@x.test", "250"],
          ["c@y.test", "550", "bcc-all"],
        ],
      },
      { "x.test": "accepted" },
    ],
    ["the postmaster", { tried: [["Postmaster@office.test", "550"]] }, {}],
    ["a report", { kind: "report", tried: [["a@x.test", "550"]] }, {}],
    ["an alert", { kind: "alert", tried: [["a@x.test", "550"]] }, {}],
  ])("%s", (_, given, expected) => {
    const found = findingsOf(attempt(given), context).domains;
    expect(
      Object.fromEntries(
        found.map(({ domain, verdict, relayDenied }) => [domain, relayDenied ? `${verdict} relay` : verdict]),
      ),
    ).toEqual(expected);
  });

  it("names who was accepted now", () => {
    const given: Given = {
      tried: [
        ["a@x.test", "250"],
        ["b@x.test", "550"],
      ],
      before: [["c@x.test", "250"]],
    };
    expect(findingsOf(attempt(given), context).domains[0]?.accepted).toEqual(["a@x.test"]);
  });
});

describe("the postmaster and BCC all", () => {
  it.each<readonly [string, Given, unknown, unknown]>([
    [
      "a report refused",
      { kind: "report", reportOf: 3, tried: [["postmaster@office.test", "550"]] },
      [false, 3],
      null,
    ],
    [
      "a report accepted",
      { kind: "report", reportOf: 3, tried: [["postmaster@office.test", "250"]] },
      [true, 7],
      null,
    ],
    [
      "a report refused for its content",
      { kind: "report", reportOf: 3, tried: [["postmaster@office.test", "552 body"]] },
      null,
      null,
    ],
    ["deferred", { kind: "alert", tried: [["postmaster@office.test", "450"]] }, null, null],
    [
      "the copy alone",
      {
        tried: [
          ["a@x.test", "250"],
          ["c@x.test", "550", "bcc-all"],
        ],
      },
      null,
      [false, 7],
    ],
    [
      "the copy and another",
      {
        tried: [
          ["a@x.test", "550"],
          ["c@x.test", "550", "bcc-all"],
        ],
      },
      null,
      null,
    ],
    [
      "the copy accepted, another not",
      {
        tried: [
          ["a@x.test", "550"],
          ["c@x.test", "250", "bcc-all"],
        ],
      },
      null,
      [true, 7],
    ],
  ])("%s", (_, given, postmaster, bccAll) => {
    const found = findingsOf(attempt(given), context);
    const short = (finding: typeof found.postmaster) => finding && [finding.accepted, finding.messageId];
    expect([short(found.postmaster), short(found.bccAll)]).toEqual([postmaster, bccAll]);
  });
});

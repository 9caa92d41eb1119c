import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  formatAttempt,
  formatCollecting,
  formatLine,
  formatQueued,
  formatRemoved,
  formatTurnedAway,
  seconds,
} from "../../core/log/mail-log.ts";
import type { Failure, SmtpPhase } from "../../core/model/failure.ts";
import type {
  AttemptResult,
  DeliveryOutcome,
  QueuedMessage,
  QueuedRecipient,
  RecipientState,
} from "../../core/model/message.ts";
import { parseReply } from "../../core/model/reply.ts";

const origin = { host: "gateway", pid: 3110 };
const at = Date.UTC(2026, 10, 2, 15, 20, 36);
const zone = process.env["TZ"];

beforeAll(() => {
  process.env["TZ"] = "UTC";
});
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

function recipient(id: number, address: string): QueuedRecipient {
  return { id, address, role: "addressed", state: { kind: "queued" }, tries: 0, unknownTries: 0 };
}

const message: QueuedMessage = {
  id: 1,
  queueId: "77424110EA2E",
  kind: "mail",
  source: { accountId: "main", uid: "a1", server: "pop.example.net", announcedSize: 2_000 },
  sender: "alice@example.net",
  recipients: [recipient(1, "james@example.com"), recipient(2, "kate@example.com")],
  path: "/data/mail/Inbox/main-a1.eml",
  size: 2_048,
  wireSize: 2_048,
  eightBitHeader: false,
  eightBitBody: false,
  receivedAt: at - 1_000,
  claimedAt: at - 500,
  usableAge: 1_000,
  reportOf: null,
  reportForm: null,
};

function attempt(
  tried: readonly (readonly [string, DeliveryOutcome, RecipientState])[],
  changes: Partial<AttemptResult> = {},
): AttemptResult {
  return {
    message,
    startedAt: at - 400,
    endedAt: at,
    relay: "mail.office.lan[192.0.2.1]:25",
    session: "smtp-1",
    delays: [70, 40, 640, 520],
    recipients: tried.map(([address, outcome, next], index) => ({
      recipient: recipient(index + 1, address),
      outcome,
      next,
      tries: 1,
      unknownTries: 0,
    })),
    ...changes,
  };
}

function refused(
  phase: SmtpPhase,
  permanent: boolean,
  answer: readonly [number, ...string[]] | null,
  quote?: string,
): DeliveryOutcome & { kind: "refused" } {
  const failure: Failure = {
    scope: "recipient",
    permanent,
    phase,
    reply: answer === null ? null : parseReply(answer[0], answer.slice(1) as string[]),
    problem:
      answer === null
        ? {
            code: "smtp-refused",
            what: "connect to mail.office.lan[192.0.2.1]:25",
            cure: "Start it.",
            ...(quote === undefined ? {} : { quote }),
          }
        : null,
  };
  return { kind: "refused", failure };
}

const deferred = (outcome: { failure: Failure }): RecipientState => ({
  kind: "deferred",
  nextAt: at + 60_000,
  failure: outcome.failure,
});
const failed = (outcome: { failure: Failure }): RecipientState => ({
  kind: "failed",
  at,
  failure: outcome.failure,
});

function sent(reply: readonly [number, ...string[]]): readonly [DeliveryOutcome, RecipientState] {
  const parsed = parseReply(reply[0], reply.slice(1) as string[]);
  return [
    { kind: "delivered", reply: parsed },
    { kind: "delivered", at, reply: parsed, relay: "" },
  ];
}

function allLines(): readonly string[] {
  const unknown = refused("rcpt", true, [
    550,
    "550 5.1.1 <kate@example.com>: Recipient address rejected: User unknown",
  ]);
  const busy = refused("rcpt", false, [450, "450 4.2.0 try again"]);
  const old = refused("data", false, [451, "451 queue full"]);
  const down = refused("connect", false, null, "ECONNREFUSED");
  const greeting = refused("greeting", false, [421, "421 4.3.2 not now"]);
  const silent = refused("final-reply", false, null, "ETIMEDOUT");
  const evil = refused("mail", true, [
    550,
    "550 5.7.1 no\r\nNov  2 00:00:00 gateway efs/smtp[1]: FAKE: to=<x>, status=sent (250)\x1b[2J",
  ]);
  return [
    formatCollecting(at, origin, "main", "3 messages listed, 2 new"),
    ...formatQueued({ ...message, recipients: message.recipients.length }, "<1@example.net>", at, origin),
    ...formatAttempt(
      attempt([["james@example.com", ...sent([250, "250 2.0.0 Ok: queued as 8A79"])]]),
      origin,
    ),
    ...formatAttempt(
      attempt([
        ["james@example.com", ...sent([250, "250 fine"])],
        ["kate@example.com", unknown, failed(unknown)],
        ["late@example.com", busy, deferred(busy)],
        ["later@example.com", { kind: "not-tried" }, { kind: "queued" }],
      ]),
      origin,
      (id) => (id === 1 ? "jim@example.org" : "kate@example.com"),
    ),
    ...formatAttempt(
      attempt([["james@example.com", old, { kind: "expired", at, failure: old.failure }]], {
        delays: [432_000_000, 190, 0, 20],
      }),
      origin,
    ),
    ...formatAttempt(
      attempt([["james@example.com", down, deferred(down)]], { relay: "none", delays: [325_000, 40, 0, 0] }),
      origin,
    ),
    ...formatAttempt(attempt([["james@example.com", greeting, deferred(greeting)]]), origin),
    ...formatAttempt(
      attempt([
        [
          "james@example.com",
          silent,
          { kind: "held", since: at, reason: "unknown-outcome", failure: silent.failure },
        ],
      ]),
      origin,
    ),
    ...formatAttempt(attempt([["a> b\r\n@example.com", evil, failed(evil)]]), origin),
    formatRemoved(message.queueId, at, origin),
    ...formatTurnedAway(
      { ...message, messageId: "<2@example.net>" },
      "hold",
      "a block list names it",
      at,
      origin,
    ),
    ...formatTurnedAway({ ...message, sender: "", messageId: "" }, "discard", "nobody left\r\n", at, origin),
  ];
}

test("the mail log, line by line", () => {
  const golden = readFileSync(new URL("golden/mail-log.txt", import.meta.url), "utf8");
  expect(`${allLines().join("\n")}\n`).toBe(golden);
});

test("no text from outside makes a second line", () => {
  for (const line of allLines()) expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
});

test("what tools look for in Postfix's log is found in ours", () => {
  // The expression of a widely used log summary, for the delivery line.
  const delivery =
    /^\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ efs\/smtp\[\d+\]: [0-9A-F]{12}: to=<([^>]*)>, (?:orig_to=<([^>]*)>, )?relay=([^,]+), delay=([\d.]+), delays=([\d.]+\/[\d.]+\/[\d.]+\/[\d.]+), dsn=(\d\.\d{1,3}\.\d{1,3}), status=(sent|deferred|bounced|expired) \((.*)\)$/;
  const lines = allLines().filter((line) => line.includes(" efs/smtp["));
  expect(lines).toHaveLength(9);
  for (const line of lines) expect(line).toMatch(delivery);
});

test("a very long answer is cut", () => {
  expect(formatLine(at, origin, "smtp", "x".repeat(100_000)).length).toBeLessThan(2_100);
});

describe("seconds as Postfix writes them", () => {
  test.each([
    [0, "0"],
    [4, "0"],
    [5, "0.01"],
    [14, "0.01"],
    [70, "0.07"],
    [640, "0.64"],
    [999, "1"],
    [1_300, "1.3"],
    [9_999, "10"],
    [12_345, "12"],
    [191_801_000, "191801"],
    [-50, "0"],
  ])("%d ms", (milliseconds, expected) => {
    expect(seconds(milliseconds)).toBe(expected);
  });
});

import { describe, expect, test } from "vitest";
import type { HistoryAttempt, HistoryMessage } from "../../../core/model/history.ts";
import type { DeliveryOutcome } from "../../../core/model/message.ts";
import { answersOf, wayOf } from "../../../renderer/folders/way.ts";

const refused: DeliveryOutcome = {
  kind: "refused",
  failure: {
    scope: "recipient",
    permanent: true,
    phase: "rcpt",
    reply: { code: 550, enhanced: "5.1.1", text: "No such user" },
    problem: null,
  },
};
const busy: DeliveryOutcome = {
  kind: "refused",
  failure: {
    scope: "recipient",
    permanent: false,
    phase: "rcpt",
    reply: { code: 450, enhanced: null, text: "Busy" },
    problem: null,
  },
};
const accepted: DeliveryOutcome = { kind: "delivered", reply: { code: 250, enhanced: "2.0.0", text: "Ok" } };
const away = { code: "smtp-unreachable", what: "The server does not answer.", cure: "Look whether it runs." };
const unreachable: DeliveryOutcome = {
  kind: "refused",
  failure: { scope: "route", permanent: false, phase: "connect", reply: null, problem: away },
};
const silent: DeliveryOutcome = {
  kind: "refused",
  failure: { scope: "unknown-outcome", permanent: false, phase: "final-reply", reply: null, problem: away },
};

const attempt = (id: number, startedAt: number, outcome: DeliveryOutcome): HistoryAttempt => ({
  id,
  startedAt,
  endedAt: startedAt + 100,
  state: "finished",
  relay: "mail:25",
  session: "smtp-1",
  delays: null,
  results: [{ address: "a@x", outcome }],
});

const message = (more: Partial<HistoryMessage>): HistoryMessage => ({
  id: 1,
  queueId: "AB12",
  kind: "mail",
  accountId: "main",
  sender: "",
  summary: { from: "", subject: "", messageId: "", date: null },
  size: 1,
  receivedAt: 10,
  closedAt: null,
  outcome: "pending",
  outcomeDetail: null,
  junkReason: null,
  reportState: null,
  folder: "Inbox",
  source: { accountId: "main", uid: null, server: "pop", announcedSize: null },
  recipients: [],
  trail: [],
  attempts: [],
  file: null,
  reportOf: null,
  reports: [],
  wholeHash: "",
  ...more,
});

describe("a message's way", () => {
  test("begins with where it came from and ends with what became of it", () => {
    expect(wayOf(message({}))).toEqual([
      { kind: "collected", at: 10 },
      { kind: "recipients" },
      { kind: "outcome" },
    ]);
  });

  test("attempts and what people did stand in the order in which they happened", () => {
    const record = {
      at: 250,
      actor: "anna",
      kind: "resend-to-original",
      detail: "",
      made: null,
    } as const;
    const steps = wayOf(
      message({
        attempts: [attempt(1, 100, refused), attempt(2, 300, accepted)],
        actions: [record],
        reports: [7],
      }),
    );
    expect(steps.map((step) => (step.kind === "attempts" ? step.first.id : step.kind))).toEqual([
      "collected",
      "recipients",
      1,
      "action",
      2,
      "reports",
      "outcome",
    ]);
  });

  test("attempts in a row with the same answers are told once", () => {
    const attempts = [
      attempt(1, 100, busy),
      attempt(2, 200, busy),
      attempt(3, 300, busy),
      attempt(4, 400, accepted),
    ];
    const told = wayOf(message({ attempts })).flatMap((step) =>
      step.kind === "attempts" ? [[step.first.id, step.last.id, step.count]] : [],
    );
    expect(told).toEqual([
      [1, 3, 3],
      [4, 4, 1],
    ]);
  });
});

test("what somebody did between equal attempts keeps them apart", () => {
  const record = { at: 150, actor: "anna", kind: "resend-to-original", detail: "", made: null } as const;
  const steps = wayOf(
    message({ attempts: [attempt(1, 100, refused), attempt(2, 200, refused)], actions: [record] }),
  );
  expect(steps.map((step) => (step.kind === "attempts" ? step.first.id : step.kind))).toEqual([
    "collected",
    "recipients",
    1,
    "action",
    2,
    "outcome",
  ]);
});

describe("the answers of an attempt", () => {
  test("one for all who got the same", () => {
    const results = [
      { address: "a@x", outcome: refused },
      { address: "b@x", outcome: accepted },
      { address: "c@x", outcome: refused },
      { address: "d@x", outcome: { kind: "not-tried" } as const },
    ];
    expect(answersOf({ results })).toEqual([
      { result: "refused", addresses: ["a@x", "c@x"], answer: "550 5.1.1 No such user", problem: null },
      { result: "delivered", addresses: ["b@x"], answer: "250 2.0.0 Ok", problem: null },
      { result: "not-tried", addresses: ["d@x"], answer: null, problem: null },
    ]);
  });

  test("without an answer the problem tells it", () => {
    expect(answersOf({ results: [{ address: "a@x", outcome: unreachable }] })).toEqual([
      { result: "deferred", addresses: ["a@x"], answer: null, problem: away },
    ]);
    expect(answersOf({ results: [{ address: "a@x", outcome: silent }] })).toEqual([
      { result: "unknown", addresses: ["a@x"], answer: null, problem: away },
    ]);
  });
});

import { expect, test } from "vitest";
import type { Failure } from "../../core/model/failure.ts";
import type { RecipientState } from "../../core/model/message.ts";
import {
  type AnswerFacts,
  type ListedFacts,
  lastAnswer,
  listedState,
} from "../../core/spool/listed-state.ts";

const inbox: ListedFacts = {
  folder: "Inbox",
  claimed: false,
  listedAgain: false,
  reportState: null,
  states: new Set(["queued"]),
};
const states = (...kinds: RecipientState["kind"][]) => ({ states: new Set(kinds) });

test.each<[Partial<ListedFacts>, string]>([
  [{}, "queued"],
  [{ claimed: true, ...states("deferred") }, "sending"],
  [states("deferred", "held", "queued", "delivered"), "deferred"],
  [states("held", "delivered"), "held"],
  [states("held", "queued"), "queued"],
  [states(), "queued"],
  [{ folder: "Errors", reportState: "waiting" }, "report-waiting"],
  [{ folder: "Errors", reportState: "sending" }, "report-waiting"],
  [{ folder: "Errors", reportState: "reported" }, "reported"],
  [{ folder: "Errors", reportState: "refused" }, "report-refused"],
  [{ folder: "Errors", reportState: "off" }, "not-reported"],
  [{ folder: "Errors", reportState: null }, "not-reported"],
  [{ folder: "Errors", listedAgain: true, reportState: "off" }, "listed-again"],
  [{ folder: "Backup", ...states("delivered") }, "delivered"],
  [{ folder: "Backup", listedAgain: true }, "listed-again"],
  [{ folder: "Junk", reportState: "refused" }, "junk"],
  [{ folder: "Junk", listedAgain: true }, "junk"],
])("%j is %s", (facts, state) => {
  expect(listedState({ ...inbox, ...facts })).toBe(state);
});

const reply = (code: number, text: string) => ({ code, enhanced: "5.1.1", text });
const refused: Failure = {
  scope: "recipient",
  permanent: true,
  phase: "rcpt",
  reply: reply(550, "No such user"),
  problem: null,
};
const lost: Failure = {
  scope: "session",
  permanent: false,
  phase: "connect",
  reply: null,
  problem: { code: "smtp-refused", what: "Nobody answers there.", cure: "" },
};
const delivered: RecipientState = { kind: "delivered", at: 1, reply: reply(250, "Ok"), relay: "mail" };
const failed: RecipientState = { kind: "failed", at: 1, failure: refused };

test.each<[string, Partial<AnswerFacts>, string | null]>([
  ["nothing yet", { states: [{ kind: "queued" }] }, null],
  ["nobody", { states: [] }, null],
  ["a failure before a success", { states: [delivered, failed] }, "550 5.1.1 No such user"],
  ["delivered", { states: [{ kind: "queued" }, delivered] }, "250 5.1.1 Ok"],
  [
    "a problem of ours",
    { states: [{ kind: "deferred", nextAt: 1, failure: lost }] },
    "Nobody answers there.",
  ],
  ["expired without an answer", { states: [{ kind: "expired", at: 1, failure: null }] }, null],
  [
    "turned away by the policy",
    {
      states: [{ kind: "removed", at: 1, reason: "by-policy" }],
      outcomeDetail: "blocked",
      junkReason: "blocked",
    },
    "blocked",
  ],
  [
    "junk because its report was refused",
    { states: [failed], junkReason: "report-refused" },
    "550 5.1.1 No such user",
  ],
  [
    "only a reason",
    { states: [{ kind: "removed", at: 1, reason: "by-hand" }], outcomeDetail: "gone" },
    "gone",
  ],
  ["a long one", { states: [], outcomeDetail: "x".repeat(400) }, `${"x".repeat(297)}...`],
])("last answer: %s", (_what, facts, answer) => {
  expect(lastAnswer({ states: [], outcomeDetail: null, junkReason: null, ...facts })).toBe(answer);
});

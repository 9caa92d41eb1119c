import { describe, expect, it } from "vitest";
import type { Failure } from "../../core/model/failure.ts";
import type {
  AttemptResult,
  MessageKind,
  QueuedRecipient,
  RecipientState,
  ReportForm,
} from "../../core/model/message.ts";
import { settle } from "../../core/outcome/settle.ts";

const refusal = (phase: Failure["phase"]): Failure => ({
  scope: "recipient",
  permanent: true,
  phase,
  reply: { code: 550, enhanced: null, text: "no" },
  problem: null,
});
const tooLarge: Failure = {
  scope: "message",
  permanent: true,
  phase: "mail",
  reply: null,
  problem: { code: "smtp-too-large", what: "Too large.", cure: "Raise it." },
};
const answered = (phase: Failure["phase"], code: number, enhanced: string | null): Failure => ({
  ...refusal(phase),
  reply: { code, enhanced, text: "no" },
});
const states = {
  queued: { kind: "queued" },
  deferred: { kind: "deferred", nextAt: 5, failure: { ...refusal("rcpt"), permanent: false } },
  held: { kind: "held", since: 1, reason: "unknown-outcome", failure: null },
  delivered: { kind: "delivered", at: 9, reply: { code: 250, enhanced: null, text: "ok" }, relay: "r" },
  failed: { kind: "failed", at: 9, failure: refusal("rcpt") },
  failedAfterData: { kind: "failed", at: 9, failure: refusal("final-reply") },
  notOffered: { kind: "failed", at: 9, failure: tooLarge },
  tooLargeByMail: { kind: "failed", at: 9, failure: answered("mail", 552, "5.3.4") },
  tooLargeForMailbox: { kind: "failed", at: 9, failure: answered("rcpt", 550, "5.2.3") },
  senderRefused: { kind: "failed", at: 9, failure: answered("mail", 553, "5.1.8") },
  expired: { kind: "expired", at: 9, failure: null },
  removed: { kind: "removed", at: 9, reason: "by-hand" },
} satisfies Record<string, RecipientState>;
type Name = keyof typeof states;

interface Given {
  readonly kind?: MessageKind;
  /** State of each recipient after the attempt; `settled:` ones were settled before it. */
  readonly after: readonly (readonly [Name, Partial<QueuedRecipient>?])[];
  readonly form?: ReportForm;
  readonly neverReported?: boolean;
}

function attempt({ kind = "mail", after, form, neverReported = false }: Given): AttemptResult {
  const recipients = after.map(([, more], index) => ({
    id: index + 1,
    address: `user${index + 1}@example.com`,
    role: "addressed" as const,
    state: states.queued as RecipientState,
    tries: 0,
    unknownTries: 0,
    ...more,
  }));
  return {
    message: {
      id: 7,
      queueId: "0123456789AB",
      kind,
      source: { accountId: "main", uid: "u", server: "pop", announcedSize: null },
      sender: "a@b.example",
      recipients,
      path: "x",
      size: 1,
      wireSize: 1,
      eightBitHeader: false,
      eightBitBody: false,
      receivedAt: 0,
      claimedAt: 0,
      usableAge: 0,
      reportOf: kind === "report" ? 3 : null,
      reportForm: form ?? null,
      neverReported,
    },
    startedAt: 0,
    endedAt: 100,
    relay: "r",
    session: "s",
    delays: [0, 0, 0, 0],
    recipients: recipients.map((recipient, index) => ({
      recipient,
      outcome: { kind: "not-tried" },
      next: states[after[index]?.[0] ?? "queued"],
      tries: 1,
      unknownTries: 0,
    })),
  };
}

const policy = { sendErrors: true, backup: false };

describe("settle: mail", () => {
  it.each<[string, Given, unknown]>([
    ["one still deferred", { after: [["delivered"], ["deferred"]] }, { kind: "stay" }],
    ["one held", { after: [["failed"], ["held"]] }, { kind: "stay" }],
    ["all delivered", { after: [["delivered"], ["delivered"]] }, { kind: "done", backup: false }],
    ["part refused", { after: [["delivered"], ["failed"]] }, { kind: "errors", report: "waiting" }],
    ["expired", { after: [["expired"]] }, { kind: "errors", report: "waiting" }],
    [
      "a refused BCC-all copy",
      { after: [["delivered"], ["failed", { role: "bcc-all" }]] },
      { kind: "done", backup: false },
    ],
    ["all removed", { after: [["removed"]] }, { kind: "done", backup: false }],
    [
      "for MAILER-DAEMON only",
      { after: [["failed", { address: "Mailer-Daemon@example.com" }]] },
      { kind: "junk", reason: "report-failed" },
    ],
    [
      "our own report come back",
      { after: [["failed"]], neverReported: true },
      { kind: "junk", reason: "report-failed" },
    ],
  ])("%s", (_name, given, disposition) => {
    const result = attempt(given);
    expect(settle(result, policy)).toEqual({ result, disposition, report: null });
  });

  it("counts recipients that were settled by earlier attempts", () => {
    const whole = attempt({ after: [["failed", { state: states.failed }], ["delivered"]] });
    const result = { ...whole, recipients: whole.recipients.slice(1) };
    expect(settle(result, policy).disposition).toEqual({ kind: "errors", report: "waiting" });
  });

  it("keeps a copy of what was delivered, and only of that, when Backup is on", () => {
    const on = { ...policy, backup: true };
    expect(settle(attempt({ after: [["delivered"]] }), on).disposition).toEqual({
      kind: "done",
      backup: true,
    });
    expect(settle(attempt({ after: [["removed"]] }), on).disposition).toEqual({
      kind: "done",
      backup: false,
    });
  });

  it("does not announce a report when they are off", () => {
    expect(settle(attempt({ after: [["failed"]] }), { ...policy, sendErrors: false }).disposition).toEqual({
      kind: "errors",
      report: "off",
    });
  });
});

describe("settle: reports and alerts", () => {
  it.each<[string, Given, unknown]>([
    ["accepted", { after: [["delivered"]] }, { kind: "reported" }],
    [
      "refused for its content",
      { after: [["failedAfterData"]], form: "with-content" },
      { kind: "again", nextAt: 100, form: "without-content" },
    ],
    [
      "refused without content too",
      { after: [["failedAfterData"]], form: "without-content" },
      { kind: "refused" },
    ],
    ...(["notOffered", "tooLargeByMail", "tooLargeForMailbox"] as const).map(
      (name): [string, Given, unknown] => [
        `larger than the server takes (${name})`,
        { after: [[name]], form: "with-content" },
        { kind: "again", nextAt: 100, form: "without-content" },
      ],
    ),
    ["sender refused", { after: [["senderRefused"]], form: "with-content" }, { kind: "refused" }],
    ["postmaster unknown", { after: [["failed"]], form: "with-content" }, { kind: "refused" }],
    [
      "expired",
      { after: [["expired"]], form: "with-content" },
      { kind: "again", nextAt: 3_600_100, form: "with-content" },
    ],
  ])("report %s", (_name, given, report) => {
    const result = attempt({ ...given, kind: "report" });
    expect(settle(result, policy)).toEqual({ result, disposition: { kind: "done", backup: false }, report });
  });

  it("a deferred report stays", () => {
    const result = attempt({ kind: "report", after: [["deferred"]] });
    expect(settle(result, policy)).toEqual({ result, disposition: { kind: "stay" }, report: null });
  });

  it("an alert that is refused goes to Junk", () => {
    const result = attempt({ kind: "alert", after: [["failed"]] });
    expect(settle(result, policy).disposition).toEqual({ kind: "junk", reason: "report-failed" });
  });
});

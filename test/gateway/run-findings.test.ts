import { describe, expect, test } from "vitest";
import { explainFailure } from "../../core/explain/explain-failure.ts";
import { RunFindings } from "../../core/gateway/run-findings.ts";
import type { AcceptOrder, Settlement } from "../../core/model/message.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const settings = sampleSettings();
const reply = { code: 550, enhanced: "5.1.1", text: "No such user" };
const failure = { scope: "recipient", permanent: true, phase: "rcpt", reply, problem: null } as const;

function order(kind: "addressed" | "no-recipient", found: readonly string[]): AcceptOrder {
  const trail = found.map((address) => ({ address, rule: "foreign-domain" }));
  return { resolution: { kind, trail } } as unknown as AcceptOrder;
}

function settlement(id: number, next: object, disposition: object, kind = "mail"): Settlement {
  const recipients = [{ recipient: { address: `u${id}@example.com` }, next }];
  return { result: { message: { id, kind }, recipients }, disposition } as unknown as Settlement;
}

function codes(findings: RunFindings): readonly string[] {
  return findings.list(settings).map(({ code }) => code);
}

describe("mail for other domains", () => {
  test("three messages and none for us: the domains are named, the commonest first", () => {
    const findings = new RunFindings(explainFailure);
    findings.accepted(order("no-recipient", ["a@exampel.com", "b@other.test"]));
    findings.accepted(order("no-recipient", ["c@exampel.com"]));
    expect(codes(findings)).toEqual([]);
    findings.accepted(order("no-recipient", []));
    expect(findings.list(settings)).toEqual([
      {
        code: "no-message-for-our-domains",
        what: "None of the 3 messages collected now is for a domain of the settings (primary: example.com); they name addresses of exampel.com, other.test and were sent to the postmaster (postmaster@example.com).",
        cure: "Check the spelling of the domains in the settings, and add those that are missing.",
      },
    ]);
    findings.accepted(order("addressed", []));
    expect(codes(findings)).toEqual([]);
  });
});

test("senders may name any number of domains: so many are counted, and none of them is lost", () => {
  const findings = new RunFindings(explainFailure);
  for (let count = 0; count < 2_000; count += 1) {
    findings.accepted(order("no-recipient", ["a@exampel.com", `b@${count}.test`]));
  }
  for (let count = 0; count < 3; count += 1) findings.accepted(order("no-recipient", ["c@late.test"]));
  // A domain behind the first thousand is not counted any more; those that were go on being counted.
  const [found] = findings.list(settings);
  expect(found?.what).toContain("they name addresses of exampel.com, 0.test, 1.test and");
});

describe("refused and waiting", () => {
  test("one sentence for all that were refused, with the last answer", () => {
    const findings = new RunFindings(explainFailure);
    const failed = { kind: "failed", at: 0, failure };
    findings.settled(settlement(1, failed, { kind: "errors", report: "waiting" }));
    findings.settled(settlement(2, failed, { kind: "errors", report: "waiting" }));
    findings.settled(settlement(3, failed, { kind: "errors", report: "off" }, "report"));
    expect(findings.list(settings)).toEqual([
      {
        code: "messages-refused",
        what: "2 messages could not be delivered and went to Errors, the last one for u2@example.com.",
        quote: "550 5.1.1 No such user",
        cure: explainFailure(failure).cure,
      },
    ]);
    findings.restart();
    expect(codes(findings)).toEqual([]);
  });

  test("what waited and was delivered in the end is no news", () => {
    const findings = new RunFindings(explainFailure);
    findings.settled(settlement(1, { kind: "deferred", nextAt: 0, failure }, { kind: "stay" }));
    expect(codes(findings)).toEqual(["messages-waiting"]);
    findings.settled(settlement(1, { kind: "delivered" }, { kind: "done", backup: false }));
    expect(codes(findings)).toEqual([]);
  });
});

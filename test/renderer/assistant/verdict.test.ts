import { expect, test } from "vitest";
import type { CheckVerdict, DiagnosisCheck } from "../../../core/model/diagnosis.ts";
import { newDraft } from "../../../renderer/assistant/draft.ts";
import {
  judge,
  type TriedStep,
  triedValues,
  untrustedCertificate,
} from "../../../renderer/assistant/verdict.ts";

function check(verdict: CheckVerdict, place: string | null): DiagnosisCheck {
  return { id: `${verdict} ${place}`, subject: "s", title: "t", verdict, cause: "c", cure: "", place };
}

const verdict = (step: TriedStep, ...checks: DiagnosisCheck[]) =>
  judge(step, { test: { checks, tls: null, mailbox: null } });

test("what was refused says at which field to put it right", () => {
  const failed = check("fail", "accounts[0].password");
  expect(verdict("mailbox", check("pass", "accounts[0].host"), failed, check("skipped", null))).toEqual({
    kind: "failed",
    checks: [failed],
    problem: null,
    field: "accounts.0.password",
  });
});

test("a warning is worth a look, what passed is not", () => {
  const warning = check("warn", "accounts[0].security");
  expect(verdict("mailbox", check("pass", null), warning)).toMatchObject({
    kind: "warnings",
    checks: [warning],
    field: null,
  });
  expect(verdict("mailbox", check("pass", null)).kind).toBe("good");
});

test("the postmaster is judged in the step that asks for one", () => {
  const refused = check("fail", "postmaster.address");
  const relay = check("warn", "smtp.host");
  expect(verdict("server", refused, relay)).toMatchObject({ kind: "warnings", checks: [relay] });
  expect(verdict("postmaster", refused, relay)).toMatchObject({
    kind: "failed",
    checks: [refused],
    field: "postmaster.address",
  });
});

test("a mail server that does not know the domain is told without a field of that step", () => {
  expect(verdict("server", check("fail", "domains.primary"))).toMatchObject({ kind: "failed", field: null });
});

test("a trial that could not be made has failed", () => {
  const problem = { code: "not-connected", what: "w", cure: "c" };
  expect(judge("mailbox", { problem })).toEqual({ kind: "failed", checks: [], problem, field: null });
});

test("a trial is about the values that it used", () => {
  const draft = newDraft();
  const [account] = draft.accounts;
  const leaves = { ...draft, accounts: [{ ...account, leaveOnServer: false }] as const };
  const typed = { ...draft, accounts: [{ ...account, password: "x" }] as const };
  const chosen = { ...draft, postmaster: { address: "anna@acme.example" } };
  expect(triedValues("mailbox", leaves)).toBe(triedValues("mailbox", draft));
  expect(triedValues("mailbox", typed)).not.toBe(triedValues("mailbox", draft));
  expect(triedValues("server", chosen)).toBe(triedValues("server", draft));
  expect(triedValues("postmaster", chosen)).not.toBe(triedValues("postmaster", draft));
});

test("a certificate that is not trusted is judged by a person, but not where nothing is verified", () => {
  const tls = {
    protocol: "TLSv1.3",
    cipher: "c",
    subject: "s",
    issuer: "i",
    validUntil: null,
    fingerprint: "ab".repeat(32),
    verified: false,
  };
  const result = { test: { checks: [], tls, mailbox: null } };
  const draft = newDraft();
  const [account] = draft.accounts;
  const accepted = { ...draft, accounts: [{ ...account, acceptedCertificate: tls.fingerprint }] as const };
  const opportunistic = { ...draft, smtp: { ...draft.smtp, security: "opportunistic" as const } };
  expect(untrustedCertificate("mailbox", draft, result)).toBe(tls);
  expect(untrustedCertificate("mailbox", accepted, result)).toBeNull();
  expect(untrustedCertificate("server", draft, result)).toBe(tls);
  expect(untrustedCertificate("server", opportunistic, result)).toBeNull();
});

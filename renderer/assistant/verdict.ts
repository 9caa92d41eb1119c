/** What a trial means for going on. Pure. */
import type { DiagnosisCheck } from "../../core/model/diagnosis.ts";
import type { Problem } from "../../core/model/problem.ts";
import type { TlsFacts } from "../../core/model/tls-facts.ts";
import type { ConnectionTest } from "../../core/model/trials.ts";
import { fieldPath } from "../state/setting-path.ts";
import { certificateTrust } from "../tabs/servers/certificate.ts";
import { type Draft, type Step, settingsOf } from "./draft.ts";

/** Steps that try out what was entered. */
export type TriedStep = Extract<Step, "mailbox" | "server" | "postmaster">;

export type TrialResult = { readonly test: ConnectionTest } | { readonly problem: Problem };

/** A result, and the values that it is about. */
export interface Trial {
  readonly about: string;
  readonly result: TrialResult;
}

export interface Verdict {
  /** `warnings`: it works; something is worth a look before going on. */
  readonly kind: "good" | "warnings" | "failed";
  /** What is not as it should be. */
  readonly checks: readonly DiagnosisCheck[];
  /** Nothing could be tried. */
  readonly problem: Problem | null;
  /** Where to put it right; null: at no field of this step. */
  readonly field: string | null;
}

export function isTried(step: Step): step is TriedStep {
  return step !== "domain" && step !== "header";
}

/** The values that a trial is about: where they change, its result is outdated. */
export function triedValues(step: TriedStep, draft: Draft): string {
  const { accounts, domains, smtp, postmaster } = settingsOf(draft);
  const [account] = accounts;
  switch (step) {
    case "mailbox": {
      const { host, port, security, username, password, acceptedCertificate } = draft.accounts[0];
      return JSON.stringify([account?.id, host, port, security, username, password, acceptedCertificate]);
    }
    case "server":
      return JSON.stringify([smtp, domains]);
    case "postmaster":
      return JSON.stringify([smtp, domains, postmaster]);
  }
}

export function judge(step: TriedStep, result: TrialResult): Verdict {
  if ("problem" in result) {
    return { kind: "failed", checks: [], problem: result.problem, field: null };
  }
  const checks = result.test.checks.filter(
    (check) => isAbout(step, check) && (check.verdict === "fail" || check.verdict === "warn"),
  );
  const failed = checks.find(({ verdict }) => verdict === "fail");
  const kind = failed !== undefined ? "failed" : checks.length > 0 ? "warnings" : "good";
  return { kind, checks, problem: null, field: fieldOf(step, failed) };
}

/** A certificate that somebody has to judge; null: none. Opportunistic encryption verifies nothing, so nothing is asked. */
export function untrustedCertificate(step: TriedStep, draft: Draft, result: TrialResult): TlsFacts | null {
  if (step === "postmaster" || "problem" in result) return null;
  const { security, acceptedCertificate } = step === "mailbox" ? draft.accounts[0] : draft.smtp;
  const { tls } = result.test;
  return certificateTrust(tls, acceptedCertificate) === "untrusted" && security !== "opportunistic"
    ? tls
    : null;
}

/** The mail server is asked for the postmaster as well, who is chosen in the last step. */
function isAbout(step: TriedStep, { place }: DiagnosisCheck): boolean {
  const postmaster = place?.startsWith("postmaster") === true;
  return step === "mailbox" || postmaster === (step === "postmaster");
}

function fieldOf(step: TriedStep, failed: DiagnosisCheck | undefined): string | null {
  const field = fieldPath(failed?.place ?? "");
  const here = { mailbox: "accounts.0.", server: "smtp.", postmaster: "postmaster." }[step];
  return field.startsWith(here) ? field : null;
}

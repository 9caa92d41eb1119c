/**
 * The assistant at work: which step is shown, what was tried, what is kept for coming back.
 *
 * 1. A step is left forwards only when its fields are right, and it works or somebody says "go on anyway".
 * 2. Back is always possible; a trial that is under way then no longer counts.
 * 3. What was tried with exactly these values is not tried again.
 */
import { useForm } from "@mantine/form";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../../core/model/problem.ts";
import { formatSettingProblem, type SettingProblem } from "../../core/model/setting-problems.ts";
import type { SettingsFormHandle } from "../components/settings-form.tsx";
import { problemOf } from "../state/calls.ts";
import { splitProblems } from "../state/setting-path.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import {
  accountIdOf,
  type Draft,
  newDraft,
  proposedFirstUse,
  STEPS,
  type Step,
  settingsOf,
  stepAfter,
  stepBefore,
  stepOfField,
  stepProblems,
  withProposals,
} from "./draft.ts";
import { focusField, focusFirstError } from "./focus.ts";
import { forgetKept, loadKept, storeKept } from "./kept-store.ts";
import { useFinder } from "./use-finder.ts";
import {
  isTried,
  judge,
  type Trial,
  type TrialResult,
  type TriedStep,
  triedValues,
  untrustedCertificate,
} from "./verdict.ts";

export type Assistant = ReturnType<typeof useAssistant>;

export function useAssistant() {
  const { t } = useTranslation();
  const transport = useTransport();
  const [kept] = useState(loadKept);
  const form = useForm<Draft>({ initialValues: kept?.draft ?? newDraft() });
  const draft = form.getValues();
  const [step, setStep] = useState<Step>("mailbox");
  // The password was not kept, so it begins with the first step; then it goes on where it was left.
  const [resumeTo, setResumeTo] = useState<Step | null>(kept?.step ?? null);
  const [trials, setTrials] = useState<Partial<Record<TriedStep, Trial>>>({});
  const [busy, setBusy] = useState<"trying" | "saving" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saved, setSaved] = useState<"here" | "elsewhere" | null>(null);
  /** Changed by whatever makes the work under way pointless. */
  const turn = useRef(0);
  const finder = useFinder(draft, step);

  const asked = resumeTo !== null && STEPS.indexOf(resumeTo) > STEPS.indexOf(step) ? resumeTo : step;
  useEffect(() => {
    if (saved === null && draft.accounts[0].host !== "") storeKept({ step: asked, draft });
  }, [draft, asked, saved]);

  // A certificate that was accepted is that of this server.
  form.watch("accounts.0.host", () => form.setFieldValue("accounts.0.acceptedCertificate", null));
  form.watch("smtp.host", () => form.setFieldValue("smtp.acceptedCertificate", null));

  const current = (which: TriedStep): Trial | null => {
    const trial = trials[which];
    return trial?.about === triedValues(which, draft) ? trial : null;
  };
  const mailbox = current("mailbox")?.result;
  const messages =
    mailbox !== undefined && "test" in mailbox ? (mailbox.test.mailbox?.messages ?? null) : null;
  const asksFirstUse = messages !== null && messages > 0;

  const attempt = async <Value>(work: Promise<Value>): Promise<Value | { readonly problem: Problem }> => {
    try {
      return await work;
    } catch (error) {
      return { problem: problemOf(error) };
    }
  };

  const tryOut = async (which: TriedStep, now: Draft): Promise<TrialResult> => {
    const settings = JSON.stringify(settingsOf(now));
    return attempt(
      (which === "mailbox"
        ? callValue(transport, "test-account", { settings, account: accountIdOf(now) })
        : callValue(transport, "test-server", { settings, server: "smtp" })
      ).then((test) => ({ test })),
    );
  };

  /** What is known, or what a trial shows; null: it does not count any more. */
  const verdictOn = async (which: TriedStep, now: Draft) => {
    const about = triedValues(which, now);
    const known = current(which);
    const before = known === null ? null : judge(which, known.result);
    if (before !== null && before.kind !== "failed") return { ...before, seen: true };
    const mine = ++turn.current;
    setBusy("trying");
    const result = await tryOut(which, now);
    if (mine !== turn.current) return null;
    setBusy(null);
    // Something else was typed meanwhile.
    if (triedValues(which, form.getValues()) !== about) return null;
    const trial = { about, result };
    setTrials((others) => ({
      ...others,
      [which]: trial,
      // The same conversation tells about the postmaster.
      ...(which === "server" ? { postmaster: { about: triedValues("postmaster", now), result } } : {}),
    }));
    const verdict = judge(which, result);
    // It has to be read before anything can be put right at a field.
    const field = untrustedCertificate(which, now, result) === null ? verdict.field : null;
    return { ...verdict, field, seen: false };
  };

  const goTo = (next: Step): void => {
    turn.current += 1;
    setBusy(null);
    setProblem(null);
    form.clearErrors();
    setStep(next);
  };

  const save = async (now: Draft): Promise<void> => {
    const mine = ++turn.current;
    setBusy("saving");
    setProblem(null);
    const result = await attempt(
      callValue(transport, "save-settings", { text: JSON.stringify(settingsOf(now)), revision: null }),
    );
    if ("kind" in result && result.kind === "saved") {
      forgetKept();
      setSaved("here");
      return;
    }
    if (mine !== turn.current) return;
    setBusy(null);
    if ("problem" in result) setProblem(result.problem);
    else if (result.kind === "changed-elsewhere") {
      forgetKept();
      setSaved("elsewhere");
    } else refused(result.problems);
  };

  const refused = (problems: readonly SettingProblem[]): void => {
    const { fields, others } = splitProblems(problems, ["accounts", "domains", "smtp", "postmaster"]);
    const [first] = Object.keys(fields);
    if (first !== undefined) goTo(stepOfField(first));
    form.setErrors(fields);
    if (others.length > 0) {
      setProblem({
        code: "settings-invalid",
        what: t("assistant.refused"),
        cure: others.map(formatSettingProblem).join("; "),
      });
    }
    focusFirstError();
  };

  const advance = async (now: Draft): Promise<void> => {
    let then = withProposals(step, step === "header" ? finder.adopted(now) : now);
    const [account] = then.accounts;
    const next = stepAfter(step, then, resumeTo);
    if (next === "postmaster" && asksFirstUse && account.firstUse === null) {
      then = { ...then, accounts: [{ ...account, firstUse: proposedFirstUse(messages ?? 0) }] };
    }
    form.setValues(then);
    if (next === null) await save(then);
    else {
      if (next === resumeTo) setResumeTo(null);
      goTo(next);
    }
  };

  const next = async (anyway = false): Promise<void> => {
    if (busy === "saving" || (busy === "trying" && !anyway)) return;
    const now = form.getValues();
    const problems = Object.entries(stepProblems(step, now, { asksFirstUse }));
    form.setErrors(
      Object.fromEntries(
        problems.map(([field, wrong]) => [
          field,
          wrong.kind === "wrong" ? wrong.text : t(`assistant.wrong.${wrong.kind}`),
        ]),
      ),
    );
    if (problems.length > 0) {
      focusFirstError();
      return;
    }
    if (isTried(step) && !anyway) {
      const verdict = await verdictOn(step, now);
      if (verdict === null) return;
      if (verdict.kind !== "good" && !verdict.seen) {
        focusField(verdict.field);
        return;
      }
    }
    await advance(form.getValues());
  };

  const accepted = `${draft.accounts[0].acceptedCertificate} ${draft.smtp.acceptedCertificate}`;
  const acceptedBefore = useRef(accepted);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a certificate that was just accepted is tried at once
  useEffect(() => {
    const before = acceptedBefore.current;
    acceptedBefore.current = accepted;
    const certificate =
      step === "mailbox" ? draft.accounts[0].acceptedCertificate : draft.smtp.acceptedCertificate;
    if (accepted !== before && certificate !== null) void next();
  }, [accepted]);

  return {
    form: form as unknown as SettingsFormHandle,
    draft,
    step,
    busy,
    problem,
    saved,
    resumed: kept !== null,
    messages,
    asksFirstUse,
    current,
    finder,
    next,
    back() {
      const before = stepBefore(step, draft);
      if (before !== null) goTo(before);
    },
    goTo,
    startAgain() {
      forgetKept();
      form.setValues(newDraft());
      setResumeTo(null);
      setTrials({});
      goTo("mailbox");
    },
  };
}

/** "Which header": the newest messages are looked at when its step is shown; what was learnt is taken over with Next. */
import { useEffect, useState } from "react";
import { type HeaderReport, withAdoption } from "../../core/model/header-report.ts";
import type { Problem } from "../../core/model/problem.ts";
import { problemOf } from "../state/calls.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import { accountIdOf, type Draft, type Step, settingsOf, withoutLearnt } from "./draft.ts";
import { triedValues } from "./verdict.ts";

export type Found = { readonly report: HeaderReport } | { readonly problem: Problem };

export function useFinder(draft: Draft, step: Step) {
  const transport = useTransport();
  const [latest, setLatest] = useState<{ readonly about: string; readonly found: Found | null } | null>(null);
  const [adopting, setAdopting] = useState(true);
  const about = JSON.stringify([triedValues("mailbox", draft), draft.domains]);
  const found = latest?.about === about ? latest.found : null;

  const unlearnt = (now: Draft): Draft => ({ ...now, accounts: [withoutLearnt(now.accounts[0])] });
  const look = async (): Promise<void> => {
    setLatest({ about, found: null });
    const result: Found = await callValue(transport, "headers", {
      account: accountIdOf(draft),
      settings: JSON.stringify(settingsOf(unlearnt(draft))),
    }).then(
      (report) => ({ report }),
      (error: unknown) => ({ problem: problemOf(error) }),
    );
    setLatest((current) => (current?.about === about ? { about, found: result } : current));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for once, when the step is shown
  useEffect(() => {
    if (step === "header" && latest?.about !== about) void look();
  }, [step]);

  return {
    /** null: it is being looked for. */
    found,
    look,
    adopting,
    setAdopting,
    /** With what was learnt, or as it was before. */
    adopted(now: Draft): Draft {
      const before = unlearnt(now);
      const adopt = adopting && found !== null && "report" in found ? found.report.adopt : null;
      return adopt === null ? before : { ...before, accounts: [withAdoption(before.accounts[0], adopt)] };
    },
  };
}

/** What a step's trial showed: a green line, or what failed and the cure, and the ways to go on. */
import { Alert, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Checklist } from "../components/checklist.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { UntrustedCertificate } from "../tabs/servers/connection-test.tsx";
import { Passed } from "./step-card.tsx";
import type { Assistant } from "./use-assistant.ts";
import { judge, type TrialResult, type TriedStep, untrustedCertificate, type Verdict } from "./verdict.ts";

/** Milliseconds; most trials are over by then. */
const PATIENCE = 2_000;

export function TrialOutcome({
  assistant,
  step,
  works = null,
}: {
  readonly assistant: Assistant;
  readonly step: TriedStep;
  /** The green line. */
  readonly works?: string | null;
}) {
  const trial = assistant.current(step);
  return (
    <div aria-live="polite">
      {assistant.busy === "trying" ? (
        <Trying assistant={assistant} step={step} />
      ) : (
        trial !== null && <Shown assistant={assistant} step={step} works={works} result={trial.result} />
      )}
    </div>
  );
}

/** A server that says nothing is waited for for minutes: nobody has to. */
function Trying({ assistant, step }: { readonly assistant: Assistant; readonly step: TriedStep }) {
  const { t } = useTranslation();
  const [long, setLong] = useState(false);
  useTimeout(() => setLong(true), PATIENCE, { autoInvoke: true });
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Loader size="xs" aria-hidden />
        <Text size="sm">{t(`assistant.${step}.trying`)}</Text>
      </Group>
      {long && <GoOnAnyway assistant={assistant} />}
    </Stack>
  );
}

function Shown({
  assistant,
  step,
  works,
  result,
}: {
  readonly assistant: Assistant;
  readonly step: TriedStep;
  readonly works: string | null;
  readonly result: TrialResult;
}) {
  const verdict = judge(step, result);
  const anyway = <GoOnAnyway assistant={assistant} />;
  if (verdict.problem !== null) {
    return (
      <div data-outcome tabIndex={-1}>
        <ProblemAlert problem={verdict.problem}>{anyway}</ProblemAlert>
      </div>
    );
  }
  const certificate = untrustedCertificate(step, assistant.draft, result);
  if (certificate !== null) {
    return (
      <Stack gap="sm" data-outcome tabIndex={-1} style={{ outline: "none" }}>
        <UntrustedCertificate at={step === "mailbox" ? "accounts.0" : "smtp"} tls={certificate} />
        {anyway}
      </Stack>
    );
  }
  return (
    <Stack gap="sm" data-outcome tabIndex={-1} style={{ outline: "none" }}>
      {verdict.kind !== "failed" && works !== null && <Passed>{works}</Passed>}
      {verdict.kind !== "good" && (
        <Found verdict={verdict} step={step}>
          {verdict.kind === "failed" && anyway}
        </Found>
      )}
    </Stack>
  );
}

function Found({
  verdict: { kind, checks },
  step,
  children,
}: {
  readonly verdict: Verdict;
  readonly step: TriedStep;
  readonly children: React.ReactNode;
}) {
  const { t } = useTranslation();
  const failed = kind === "failed";
  const Icon = failed ? CircleAlert : TriangleAlert;
  return (
    <Alert
      role={failed ? "alert" : "note"}
      color={failed ? "red" : "yellow"}
      icon={<Icon size={18} aria-hidden />}
      title={t(failed ? `assistant.${step}.failed` : "assistant.look")}
    >
      <Stack gap="sm">
        <Checklist checks={checks} />
        {!failed && <Text size="sm">{t("assistant.lookHint")}</Text>}
        {children}
      </Stack>
    </Alert>
  );
}

/** Never a dead end: a server may be down today, and everything can be put right later. */
function GoOnAnyway({ assistant: { next } }: { readonly assistant: Assistant }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      <Button size="xs" variant="default" onClick={() => void next(true)}>
        {t("assistant.anyway")}
      </Button>
      <Text size="xs" style={{ flex: 1 }}>
        {t("assistant.anywayHint")}
      </Text>
    </Group>
  );
}

/** What a step's trial showed: a green line, or what failed and the cure, and the ways to go on. */
import { Alert, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Checklist } from "../components/checklist.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { certificateTrust } from "../tabs/servers/certificate.ts";
import { UntrustedCertificate } from "../tabs/servers/connection-test.tsx";
import { Passed } from "./step-card.tsx";
import type { Assistant } from "./use-assistant.ts";
import { judge, type TrialResult, type TriedStep, type Verdict } from "./verdict.ts";

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
  const { t } = useTranslation();
  const trial = assistant.current(step);
  return (
    <div aria-live="polite">
      {assistant.busy === "trying" ? (
        <Group gap="sm">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{t(`assistant.${step}.trying`)}</Text>
        </Group>
      ) : (
        trial !== null && <Shown assistant={assistant} step={step} works={works} result={trial.result} />
      )}
    </div>
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
  return (
    <Stack gap="sm" data-outcome tabIndex={-1} style={{ outline: "none" }}>
      {verdict.kind !== "failed" && works !== null && <Passed>{works}</Passed>}
      {verdict.kind !== "good" && (
        <Found verdict={verdict} step={step}>
          {verdict.kind === "failed" && anyway}
        </Found>
      )}
      <Certificate assistant={assistant} step={step} result={result} />
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

function Certificate({
  assistant: { draft },
  step,
  result,
}: {
  readonly assistant: Assistant;
  readonly step: TriedStep;
  readonly result: TrialResult;
}) {
  if (step === "postmaster" || "problem" in result || result.test.tls === null) return null;
  const { tls } = result.test;
  const server = step === "mailbox" ? draft.accounts[0] : draft.smtp;
  // Opportunistic encryption verifies nothing, so there is nothing to accept either.
  const asks =
    certificateTrust(tls, server.acceptedCertificate) === "untrusted" && server.security !== "opportunistic";
  return asks ? <UntrustedCertificate at={step === "mailbox" ? "accounts.0" : "smtp"} tls={tls} /> : null;
}

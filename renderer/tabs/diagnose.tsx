/** One button runs every check from DNS to a trial RCPT; the list fills while it runs. */
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Stethoscope } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandResults } from "../../core/api/contract.ts";
import { countVerdicts, type DiagnosisCheck } from "../../core/model/diagnosis.ts";
import { Checklist } from "../components/checklist.tsx";
import { Empty, Page } from "../components/page.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { groupChecks } from "../home/group-checks.ts";
import { problemOf, useAction } from "../state/calls.ts";
import { useGatewayEvents } from "../state/status.ts";

const LAST = ["diagnosed"] as const;

export function DiagnosePage() {
  const { t } = useTranslation();
  const diagnose = useAction("diagnose");
  // It stays while somebody goes to a setting and comes back.
  const client = useQueryClient();
  const before = client.getQueryData<CommandResults["diagnose"]>(LAST);
  const [told, setTold] = useState<readonly DiagnosisCheck[]>([]);
  const running = diagnose.isPending;

  useGatewayEvents((event) => {
    if (running && event.kind === "diagnosis") setTold((before) => [...before, event.check]);
  });

  const result = diagnose.data ?? (running ? undefined : before);
  const checks = result?.checks ?? told;
  const start = (): void => {
    setTold([]);
    client.removeQueries({ queryKey: LAST });
    diagnose.mutate({}, { onSuccess: (found) => client.setQueryData(LAST, found) });
  };
  return (
    <Page
      title={t("pages.diagnose")}
      lead={t("home.diagnose.lead")}
      actions={
        <Button leftSection={<Stethoscope size={16} aria-hidden />} onClick={start} loading={running}>
          {result === undefined ? t("home.diagnose.start") : t("home.diagnose.again")}
        </Button>
      }
    >
      {diagnose.error && <ProblemAlert problem={problemOf(diagnose.error)} />}
      <div aria-live="polite">
        {(running || result !== undefined) && <Summary checks={checks} running={running} />}
      </div>
      {checks.length === 0 && !running ? (
        <Empty
          icon={<Stethoscope size={40} strokeWidth={1.25} aria-hidden />}
          title={t("home.diagnose.emptyTitle")}
        >
          {t("home.diagnose.empty")}
        </Empty>
      ) : (
        <Stack gap="md">
          {groupChecks(checks).map(({ subject, checks: own }) => (
            <Paper
              key={subject}
              withBorder
              p="md"
              bg="var(--efs-surface)"
              component="section"
              aria-label={subject}
            >
              <Title order={2} mb="sm">
                {subject}
              </Title>
              <Checklist checks={own} links />
            </Paper>
          ))}
        </Stack>
      )}
    </Page>
  );
}

function Summary({
  checks,
  running,
}: {
  readonly checks: readonly DiagnosisCheck[];
  readonly running: boolean;
}) {
  const { t } = useTranslation();
  const { pass, warn, fail } = countVerdicts(checks);
  return (
    <Group gap="lg" className="efs-numbers">
      <Text size="sm" fw={600}>
        {running
          ? t("home.diagnose.running")
          : fail > 0
            ? t("home.diagnose.failed", { count: fail })
            : warn > 0
              ? t("home.diagnose.warned", { count: warn })
              : t("home.diagnose.allRight")}
      </Text>
      <Text size="sm" c="dimmed">
        {t("home.diagnose.counts", { pass, warn, fail })}
      </Text>
    </Group>
  );
}

/** The set-up is saved: the first check with its progress, what it found, and what to do next. */
import { Anchor, Box, Button, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck, ListChecks, LogIn, MailWarning, Square, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { RunTotals } from "../../core/model/event.ts";
import type { Problem } from "../../core/model/problem.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf, useAction } from "../state/calls.ts";
import { formatNumber, formatSize } from "../state/format.ts";
import { useGatewayEvents } from "../state/status.ts";
import { useTitle } from "../state/use-title.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import { LeaveOnHost } from "./leave-on-host.tsx";
import { addTotals, type FirstCheckResult, firstCheckResult, NO_TOTALS } from "./run-sums.ts";

type Outcome = { readonly found: FirstCheckResult } | { readonly problem: Problem };

export function FirstCheck() {
  const { outcome, totals } = useFirstCheck();
  return (
    <Paper withBorder shadow="xs" p="lg" bg="var(--efs-surface)">
      {outcome === null ? <Checking totals={totals} /> : <Done outcome={outcome} />}
    </Paper>
  );
}

function useFirstCheck(): { readonly outcome: Outcome | null; readonly totals: RunTotals } {
  const transport = useTransport();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [finished, setFinished] = useState(NO_TOTALS);
  const [running, setRunning] = useState(NO_TOTALS);
  const begun = useRef(false);
  useGatewayEvents((event) => {
    if (event.kind === "progress") setRunning(event.totals);
    if (event.kind === "run-finished") {
      setFinished((sums) => addTotals(sums, event.summary));
      setRunning(NO_TOTALS);
    }
  });
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const check = async (): Promise<Outcome> => {
      const summary = await callValue(transport, "check", {});
      return { found: firstCheckResult(summary, await callValue(transport, "status", {})) };
    };
    check()
      .catch((error: unknown) => ({ problem: problemOf(error) }))
      .then(setOutcome);
  }, [transport]);
  return { outcome, totals: addTotals(finished, running) };
}

function Checking({ totals }: { readonly totals: RunTotals }) {
  const { t } = useTranslation();
  const stop = useAction("stop");
  const { collected, collectedBytes, toCollect, delivered } = totals;
  const known = toCollect > 0;
  useTitle(t("assistant.check.title"));
  return (
    <Stack gap="md">
      <Box>
        <Title order={1}>{t("assistant.check.title")}</Title>
        <Text size="sm" c="dimmed" mt={4}>
          {t("assistant.check.lead")}
        </Text>
      </Box>
      <Progress
        value={known ? (collected / toCollect) * 100 : 100}
        animated
        size="lg"
        aria-label={t("frame.runProgress")}
      />
      <Text size="sm" className="efs-numbers" role="status">
        {known
          ? t("frame.progress", {
              collected: formatNumber(collected),
              all: formatNumber(Math.max(toCollect, collected)),
              delivered: formatNumber(delivered),
              size: formatSize(collectedBytes),
            })
          : t("assistant.check.connecting")}
      </Text>
      <Group>
        <Button
          variant="default"
          leftSection={<Square size={14} aria-hidden />}
          onClick={() => stop.mutate({})}
          autoFocus
        >
          {t("frame.stop")}
        </Button>
      </Group>
    </Stack>
  );
}

function Done({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useTranslation();
  const leave = useLeave();
  const found = "found" in outcome ? outcome.found : null;
  const problems = "found" in outcome ? outcome.found.problems : [outcome.problem];
  const wellDone = problems.length === 0 && found?.errors === 0 && found.waiting === 0;
  const heading = useRef<HTMLHeadingElement>(null);
  const title = t(wellDone ? "assistant.done.well" : "assistant.done.look");
  useTitle(title);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Stack gap="md">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        {wellDone ? (
          <CircleCheck size={28} color="var(--efs-good)" aria-hidden style={{ flex: "none" }} />
        ) : (
          <TriangleAlert size={28} color="var(--efs-warn)" aria-hidden style={{ flex: "none" }} />
        )}
        <Box>
          <Title order={1} ref={heading} tabIndex={-1} style={{ outline: "none" }}>
            {title}
          </Title>
          <Text size="sm" c="dimmed" mt={4}>
            {found === null ? t("assistant.done.notChecked") : <Sentence found={found} />}
          </Text>
        </Box>
      </Group>
      {found !== null && <Figures found={found} leave={leave} />}
      {problems.map((problem) => (
        <ProblemAlert key={problem.what} problem={problem} severity="warning" />
      ))}
      <LeaveOnHost />
      <Group justify="space-between">
        <Group gap="xs">
          {found !== null && found.errors > 0 && (
            <Button
              variant="default"
              leftSection={<MailWarning size={16} aria-hidden />}
              onClick={() => leave("/errors")}
            >
              {t("assistant.done.toErrors")}
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<ListChecks size={16} aria-hidden />}
            onClick={() => leave("/diagnose")}
          >
            {t("assistant.done.diagnose")}
          </Button>
        </Group>
        <Button leftSection={<LogIn size={16} aria-hidden />} onClick={() => leave("/")}>
          {t("assistant.done.pages")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t("assistant.done.later")}
      </Text>
    </Stack>
  );
}

function Sentence({ found: { collected, delivered, errors } }: { readonly found: FirstCheckResult }) {
  const { t } = useTranslation();
  if (errors > 0) return <>{t("assistant.done.refused", { count: errors, number: formatNumber(errors) })}</>;
  if (collected === 0) return <>{t("assistant.done.nothing")}</>;
  return <>{t("assistant.done.arrived", { count: delivered, number: formatNumber(delivered) })}</>;
}

function Figures({
  found: { collected, delivered, errors, waiting, junk },
  leave,
}: {
  readonly found: FirstCheckResult;
  readonly leave: (path: string) => void;
}) {
  const { t } = useTranslation();
  const figures: readonly {
    readonly name: "collected" | "delivered" | "errors" | "waiting" | "junk";
    readonly value: number;
    readonly path: string;
    readonly shown: boolean;
  }[] = [
    { name: "collected", value: collected, path: "/history", shown: true },
    { name: "delivered", value: delivered, path: "/history", shown: true },
    { name: "errors", value: errors, path: "/errors", shown: true },
    { name: "waiting", value: waiting, path: "/inbox", shown: waiting > 0 },
    { name: "junk", value: junk, path: "/junk", shown: junk > 0 },
  ];
  const shown = figures.filter((figure) => figure.shown);
  return (
    <SimpleGrid cols={shown.length} spacing="sm">
      {shown.map(({ name, value, path }) => (
        <Paper key={name} withBorder p="sm">
          <Anchor
            component="button"
            type="button"
            c="inherit"
            ta="left"
            underline="hover"
            w="100%"
            onClick={() => leave(path)}
          >
            <Text size="sm" c="dimmed">
              {t(`assistant.done.${name}`)}
            </Text>
            <Text
              fz={26}
              fw={600}
              lh={1.3}
              className="efs-numbers"
              {...(name === "errors" && value > 0 ? { c: "var(--efs-bad)" } : {})}
            >
              {formatNumber(value)}
            </Text>
          </Anchor>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

/** To the pages: they are shown as soon as the gateway says that it is ready. */
export function useLeave(): (path: string) => void {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  return (path) => {
    navigate(path);
    void client.invalidateQueries();
  };
}

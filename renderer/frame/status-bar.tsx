/** Always on top: state, next check, what can be done now; while a run goes on its progress. */
import { Box, Button, Group, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Pause, Play, RefreshCw, Send, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RunTotals } from "../../core/model/event.ts";
import { describeProblem } from "../../core/model/problem.ts";
import { StatePill } from "../components/state-pill.tsx";
import { problemOf, useAction } from "../state/calls.ts";
import { formatCountdown, formatNumber, formatSize } from "../state/format.ts";
import { useNow } from "../state/now.ts";
import { addSample, rateOf, type Sample } from "../state/rate.ts";
import { useProgress, useStatus } from "../state/status.ts";

const CHANGED = ["status", "activity"] as const;

export function StatusBar() {
  const { t } = useTranslation();
  const status = useStatus();
  const progress = useProgress();
  const { check, send, stop, pause } = useRunActions();
  const running = status?.state === "checking" || status?.state === "sending";
  const paused = status?.state === "paused";
  return (
    <Box
      component="header"
      style={{
        background: "var(--efs-surface)",
        borderBottom: "1px solid var(--efs-line)",
        position: "relative",
      }}
    >
      <Group mih={52} px="md" py={8} justify="space-between" className="efs-status-bar">
        <Group gap="sm" wrap="nowrap" miw={0}>
          {/* The state is announced when it changes; a countdown that spoke every second would drown everything. */}
          <div role="status" style={{ flex: "none" }}>
            {status !== undefined && <StatePill state={status.state} />}
          </div>
          <Text size="sm" className="efs-numbers" role="timer" truncate>
            {running && progress !== null ? (
              <Running totals={progress} />
            ) : (
              <NextCheck at={status?.nextCheckAt ?? null} />
            )}
          </Text>
        </Group>
        <Group gap="xs" wrap="nowrap">
          {running ? (
            <Button size="xs" variant="default" leftSection={<Square size={14} aria-hidden />} onClick={stop}>
              {t("frame.stop")}
            </Button>
          ) : (
            <Button size="xs" leftSection={<RefreshCw size={14} aria-hidden />} onClick={check}>
              {t("frame.checkNow")}
            </Button>
          )}
          <Button size="xs" variant="default" leftSection={<Send size={14} aria-hidden />} onClick={send}>
            {t("frame.sendNow")}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            onClick={() => pause(!paused)}
          >
            {paused ? t("frame.resume") : t("frame.pause")}
          </Button>
        </Group>
      </Group>
      {running && <RunProgress totals={progress} />}
    </Box>
  );
}

/** Check, send, stop, pause: the status bar's buttons, the keys and the home page do the same. */
export function useRunActions() {
  const checking = useAction("check", CHANGED);
  const stopping = useAction("stop", CHANGED);
  const pausing = useAction("pause", CHANGED);
  const tell = (error: Error): void => {
    notifications.show({ color: "red", message: describeProblem(problemOf(error)) });
  };
  return {
    check: () => checking.mutate({}, { onError: tell }),
    send: () => checking.mutate({ sendNow: true }, { onError: tell }),
    stop: () => stopping.mutate({}, { onError: tell }),
    pause: (paused: boolean) => pausing.mutate({ paused }, { onError: tell }),
  };
}

function NextCheck({ at }: { readonly at: number | null }) {
  const { t } = useTranslation();
  const now = useNow();
  if (at === null) return <>{t("frame.noCheckPlanned")}</>;
  return <>{t("frame.nextCheckIn", { time: formatCountdown(at - now) })}</>;
}

function Running({ totals }: { readonly totals: RunTotals }) {
  const { t } = useTranslation();
  const { collected, toCollect, delivered, collectedBytes } = totals;
  const rate = useRate(collectedBytes);
  return (
    <>
      {t("frame.progress", {
        collected: formatNumber(collected),
        all: formatNumber(Math.max(toCollect, collected)),
        delivered: formatNumber(delivered),
        amount:
          rate === null
            ? formatSize(collectedBytes)
            : t("frame.perSecond", { size: formatSize(Math.round(rate)) }),
      })}
    </>
  );
}

/** Octets a second; null: not known yet. */
function useRate(octets: number): number | null {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => setSamples((all) => addSample(all, { at: Date.now(), octets })), [octets]);
  return rateOf(samples);
}

function RunProgress({ totals }: { readonly totals: RunTotals | null }) {
  const { t } = useTranslation();
  const part = totals === null || totals.toCollect === 0 ? 0 : totals.collected / totals.toCollect;
  return (
    <Progress
      aria-label={t("frame.runProgress")}
      value={totals === null || totals.toCollect === 0 ? 100 : part * 100}
      animated={totals === null || totals.toCollect === 0}
      size={3}
      radius={0}
      style={{ position: "absolute", left: 0, right: 0, bottom: 0 }}
    />
  );
}

/** The last 500 lines: time, source, text; failures marked, a line of a message opens it. Follows while at the end. */
import { Anchor, Box, Button, Group, Paper, Text, Tooltip } from "@mantine/core";
import { CircleX, Eraser, TriangleAlert } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { LogLine } from "../../core/model/event.ts";
import { formatClock, formatTime } from "../state/format.ts";
import { desktopBridge } from "../transport/desktop-bridge.ts";
import { callValue, useConnection, useTransport } from "../transport/transport-context.tsx";
import { appendLines, type NumberedLine, numberLines, SHOWN_LINES } from "./log-lines.ts";

export function LogList() {
  const { t } = useTranslation();
  const [lines, clear] = useLogLines();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the lines may need scrolling
  useLayoutEffect(() => {
    const box = list.current;
    if (box !== null && atEnd.current) box.scrollTop = box.scrollHeight;
  }, [lines]);
  return (
    <Paper
      withBorder
      bg="var(--efs-surface)"
      style={{ display: "flex", flexDirection: "column", minHeight: 160, flex: 1 }}
    >
      <Group justify="space-between" px="sm" py={6} style={{ borderBottom: "1px solid var(--efs-line)" }}>
        <Text size="sm" fw={600}>
          {t("home.log.title")}
        </Text>
        <Group gap="xs">
          <Tooltip label={t("home.log.clearHint")}>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<Eraser size={14} aria-hidden />}
              onClick={clear}
            >
              {t("home.log.clear")}
            </Button>
          </Tooltip>
          {/* The desktop app hides a window that is closed; a browser has a way of its own. */}
          {desktopBridge() !== null && (
            <Tooltip label={t("home.log.hideHint")}>
              <Button size="compact-xs" variant="default" onClick={() => window.close()}>
                {t("home.log.hide")}
              </Button>
            </Tooltip>
          )}
        </Group>
      </Group>
      <Box
        ref={list}
        className="efs-mono"
        role="log"
        aria-label={t("home.log.title")}
        tabIndex={0}
        style={{ overflow: "auto", flex: 1, padding: "6px 12px", maxHeight: "46vh" }}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
        }}
      >
        {lines.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("home.log.empty")}
          </Text>
        ) : (
          lines.map(({ key, line }) => <Line key={key} line={line} />)
        )}
      </Box>
    </Paper>
  );
}

function Line({ line: { at, source, level, text, queueId } }: { readonly line: LogLine }) {
  const { t } = useTranslation();
  const color = level === "error" ? "var(--efs-bad)" : level === "warning" ? "var(--efs-warn)" : undefined;
  const Icon = level === "error" ? CircleX : TriangleAlert;
  return (
    <div style={{ display: "flex", gap: 10, ...(color === undefined ? {} : { color }) }}>
      <span title={formatTime(at)} style={{ color: "var(--mantine-color-dimmed)", flex: "none" }}>
        {formatClock(at)}
      </span>
      <span style={{ width: 64, flex: "none", color: "var(--mantine-color-dimmed)" }}>{source}</span>
      <span style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {level !== "info" && (
          <Icon
            size={12}
            role="img"
            aria-label={t(`home.log.${level}`)}
            style={{ verticalAlign: "-1px", marginRight: 6 }}
          />
        )}
        {queueId === undefined ? (
          text
        ) : (
          <Anchor component={Link} href={`/history/${queueId}`} inherit c="inherit" underline="hover">
            {text}
          </Anchor>
        )}
      </span>
    </div>
  );
}

/** "Clear" empties the view, not the log. */
function useLogLines(): readonly [readonly NumberedLine[], () => void] {
  const transport = useTransport();
  const connection = useConnection();
  const [lines, setLines] = useState<readonly NumberedLine[]>([]);
  useEffect(() => {
    if (connection !== "open") return;
    let ended = false;
    callValue(transport, "log", { limit: SHOWN_LINES })
      .then((recent) => {
        if (!ended)
          setLines((shown) => [
            ...numberLines(recent),
            ...shown.filter(({ key }) => key > 0 && isNew(key, recent, shown)),
          ]);
      })
      // The status bar says that there is no connection.
      .catch(() => undefined);
    const end = transport.subscribe("events", {
      recent: false,
      onItems: (items) => setLines((shown) => appendLines(shown, items)),
    });
    return () => {
      ended = true;
      end();
    };
  }, [transport, connection]);
  return [lines, () => setLines([])];
}

/** A line that came as an event while the others were asked for may be among them already. */
function isNew(key: number, recent: readonly LogLine[], shown: readonly NumberedLine[]): boolean {
  const found = shown.find((each) => each.key === key);
  return (
    found !== undefined && !recent.some(({ at, text }) => at === found.line.at && text === found.line.text)
  );
}

/** The live conversation with both servers, at an address of its own. */
import { Box, CloseButton, Group, Paper, ScrollArea, Text, VisuallyHidden } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { MessagesSquare } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ExplainedAnswer } from "../components/explained-answer.tsx";
import { Empty } from "../components/page.tsx";
import { ConnectionBanner } from "../frame/connection-banner.tsx";
import { formatNumber, formatTime } from "../state/format.ts";
import { useTitle } from "../state/use-title.ts";
import { answerClass, wholeAnswer } from "./answers.ts";
import { ConversationList } from "./conversation-list.tsx";
import { DetailToolbar } from "./detail-toolbar.tsx";
import { rowIndex, type TranscriptRow } from "./transcript-lines.ts";
import { useTranscript } from "./use-transcript.ts";

export function DetailWindow() {
  const { t } = useTranslation();
  const conversation = useTranscript();
  const [follow, setFollow] = useState(true);
  // By its key: rows before it may go while it is looked at.
  const [chosenKey, setChosenKey] = useState<number | null>(null);
  const { rows, filter } = conversation;
  const chosen = chosenKey === null ? null : rowIndex(rows, chosenKey);
  useTitle(t("detail.title"));
  // Another view has other rows.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is what changes the view
  useEffect(() => setChosenKey(null), [filter]);
  useHotkeys([
    ["Escape", () => setChosenKey(null)],
    ["/", () => document.querySelector<HTMLElement>("[data-search]")?.focus()],
  ]);
  return (
    <Box component="main" h="100vh" style={{ display: "flex", flexDirection: "column", overflow: "hidden" }}>
      <VisuallyHidden component="h1">{t("detail.title")}</VisuallyHidden>
      <DetailToolbar conversation={conversation} follow={follow} onFollow={setFollow} />
      <ConnectionBanner />
      {rows.length === 0 ? (
        <Empty
          icon={<MessagesSquare size={40} strokeWidth={1.25} aria-hidden />}
          title={t("detail.emptyTitle")}
        >
          {t("detail.empty")}
        </Empty>
      ) : (
        <ConversationList
          rows={rows}
          follow={follow}
          onFollow={setFollow}
          chosen={chosen}
          onChoose={(index) => setChosenKey(index === null ? null : (rows[index]?.key ?? null))}
        />
      )}
      {chosen !== null && <ChosenLine rows={rows} index={chosen} onClose={() => setChosenKey(null)} />}
      <Group
        component="footer"
        px="sm"
        py={4}
        style={{ background: "var(--efs-surface)", borderTop: "1px solid var(--efs-line)" }}
      >
        <Text size="xs" c="dimmed" className="efs-numbers">
          {t("detail.lines", { count: rows.length, number: formatNumber(rows.length) })}
        </Text>
      </Group>
    </Box>
  );
}

/** The whole line; of an answer all its lines, and what they mean. */
function ChosenLine({
  rows,
  index,
  onClose,
}: {
  readonly rows: readonly TranscriptRow[];
  readonly index: number;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const row = rows[index];
  if (row?.kind !== "entry") return null;
  const { entry } = row;
  const kind = answerClass(entry);
  const explained = entry.protocol === "smtp" && (kind === "later" || kind === "refused");
  const text = kind === null ? entry.text : wholeAnswer(rows, index);
  return (
    <Paper
      component="section"
      aria-label={t("detail.chosen")}
      p="sm"
      radius={0}
      bg="var(--efs-surface)"
      style={{ borderTop: "1px solid var(--efs-line)" }}
    >
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Text size="xs" c="dimmed">
          {formatTime(entry.at)} · {entry.session} · {entry.peer} · {t(`detail.direction.${entry.direction}`)}
        </Text>
        <CloseButton size="sm" aria-label={t("detail.close")} onClick={onClose} />
      </Group>
      <ScrollArea.Autosize mah={220}>
        {explained ? <ExplainedAnswer answer={text} /> : <pre className="efs-quote">{text}</pre>}
      </ScrollArea.Autosize>
    </Paper>
  );
}

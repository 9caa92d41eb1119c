/** The lines, of which only the visible ones are in the page. Arrows move, Enter opens. */
import { Badge, Box } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, Clock3, type LucideIcon, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { TranscriptEntry } from "../../core/model/transcript-entry.ts";
import { formatClock, formatNumber } from "../state/format.ts";
import { type AnswerClass, answerClass, answerCode, sessionHue } from "./answers.ts";
import type { TranscriptRow } from "./transcript-lines.ts";

const ROW = 18;
const PAGE = 20;

export interface ConversationListProps {
  readonly rows: readonly TranscriptRow[];
  /** New lines keep the end in sight. */
  readonly follow: boolean;
  /** The reader scrolled away from the end, or back to it. */
  readonly onFollow: (follow: boolean) => void;
  /** Index of the chosen row; null: none. */
  readonly chosen: number | null;
  readonly onChoose: (index: number | null) => void;
}

export function ConversationList({ rows, follow, onFollow, chosen, onChoose }: ConversationListProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 20,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are what moves the end
  useEffect(() => {
    if (follow && rows.length > 0) virtual.scrollToIndex(rows.length - 1, { align: "end" });
  }, [rows, follow]);

  const move = (index: number): void => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    onFollow(false);
    onChoose(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = chosen ?? rows.length;
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: from - 1,
      k: from - 1,
      ArrowDown: from + 1,
      j: from + 1,
      PageUp: from - PAGE,
      PageDown: from + PAGE,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || rows.length === 0) return;
    event.preventDefault();
    move(to);
  };

  return (
    <Box
      ref={box}
      className="efs-mono"
      role="listbox"
      aria-label={t("detail.conversation")}
      aria-activedescendant={chosen === null ? undefined : `line-${chosen}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const atEnd = scrollHeight - scrollTop - clientHeight < 2 * ROW;
        if (atEnd !== follow && atEnd) onFollow(true);
      }}
      onWheel={({ deltaY }) => {
        if (deltaY < 0) onFollow(false);
      }}
      style={{ flex: 1, overflow: "auto", background: "var(--efs-surface)", contain: "strict" }}
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            <div
              key={row.key}
              id={`line-${index}`}
              role="option"
              aria-selected={chosen === index}
              tabIndex={-1}
              onClick={() => onChoose(index)}
              className="efs-line"
              style={{
                position: "absolute",
                top: 0,
                left: 0,
                right: 0,
                height: ROW,
                transform: `translateY(${start}px)`,
              }}
            >
              {row.kind === "gap" ? (
                <span className="efs-gap">
                  {t("detail.gap", { count: row.missed, number: formatNumber(row.missed) })}
                </span>
              ) : (
                <Line entry={row.entry} />
              )}
            </div>
          );
        })}
      </div>
    </Box>
  );
}

const ARROWS = { client: "→", server: "←", note: "·" } as const;

function Line({ entry }: { readonly entry: TranscriptEntry }) {
  const { t } = useTranslation();
  const { at, session, direction, text } = entry;
  const kind = answerClass(entry);
  const code = kind === null ? "" : answerCode(entry);
  return (
    <>
      <span className="efs-line-time">{formatClock(at, true)}</span>
      <span className={`efs-session efs-hue-${sessionHue(session)}`}>{session}</span>
      <span role="img" aria-label={t(`detail.direction.${direction}`)} className="efs-line-arrow">
        {ARROWS[direction]}
      </span>
      {kind !== null && <AnswerBadge kind={kind} code={code} />}
      <span className={`efs-line-text efs-line-${direction}`}>{text.slice(code.length)}</span>
    </>
  );
}

const BADGES: Readonly<Record<AnswerClass, { readonly icon: LucideIcon; readonly color: string }>> = {
  good: { icon: Check, color: "green" },
  later: { icon: Clock3, color: "yellow" },
  refused: { icon: X, color: "red" },
};

/** Coloured and marked: a tick, a clock, a cross. */
function AnswerBadge({ kind, code }: { readonly kind: AnswerClass; readonly code: string }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = BADGES[kind];
  return (
    <Badge
      size="xs"
      radius="sm"
      variant="light"
      color={color}
      tt="none"
      px={4}
      c="var(--mantine-color-text)"
      leftSection={<Icon size={10} role="img" aria-label={t(`detail.answer.${kind}`)} />}
      style={{ flex: "none", fontFamily: "var(--efs-mono)" }}
      data-answer={kind}
    >
      {code}
    </Badge>
  );
}

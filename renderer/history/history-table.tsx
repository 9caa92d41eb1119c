/** The rows, of which only those in sight are in the page. Arrows or j/k move, Enter opens. */
import { Table, Text, VisuallyHidden } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryRow } from "../../core/model/history.ts";
import { nameAndAddress } from "../folders/attachment-names.ts";
import { formatRelative, formatSize, formatTime } from "../state/format.ts";
import { useNow } from "../state/now.ts";
import { OutcomeIcon } from "./outcome-icon.tsx";
import type { HistoryRows } from "./use-history.ts";

const ROW = 44;
/** The next page is asked for when the reader is this close to the end. */
const NEAR = 30;

export interface HistoryTableProps {
  readonly history: HistoryRows;
  readonly cursor: number;
  readonly openId: string | null;
  /** Room for sizes and the far columns. */
  readonly wide: boolean;
  readonly onMove: (index: number) => void;
  readonly onOpen: (index: number) => void;
}

export function HistoryTable({ history, cursor, openId, wide, onMove, onOpen }: HistoryTableProps) {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const box = useRef<HTMLDivElement>(null);
  const { rows } = history;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
    scrollPaddingStart: 34,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { more } = history;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for by what is in sight and what there is
  useEffect(() => {
    if (last >= rows.length - NEAR) more();
  }, [last, rows.length, history.hasMore, history.loading]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 440) / ROW) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: cursor + 1,
      j: cursor + 1,
      ArrowUp: cursor - 1,
      k: cursor - 1,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (event.key === "Enter") onOpen(cursor);
    else if (to !== undefined && rows.length > 0) {
      const next = Math.min(Math.max(to, 0), rows.length - 1);
      onMove(next);
      virtual.scrollToIndex(next);
    } else return;
    event.preventDefault();
  };

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div ref={box} className="efs-mail-list">
      <Table
        role="grid"
        aria-label={t("pages.history")}
        aria-rowcount={history.hasMore ? -1 : rows.length + 1}
        aria-activedescendant={items.some(({ index }) => index === cursor) ? rowId(cursor) : undefined}
        tabIndex={0}
        data-list
        layout="fixed"
        stickyHeader
        highlightOnHover
        horizontalSpacing={8}
        verticalSpacing={0}
        onKeyDown={onKeyDown}
      >
        <Table.Thead>
          <Table.Tr h={34}>
            <Table.Th w={36}>
              <VisuallyHidden>{t("history.columns.outcome")}</VisuallyHidden>
            </Table.Th>
            <Table.Th w={124}>{t("history.columns.received")}</Table.Th>
            <Table.Th w="26%">{t("history.columns.sender")}</Table.Th>
            <Table.Th>{t("history.columns.subject")}</Table.Th>
            <Table.Th w="24%">{t("history.columns.recipients")}</Table.Th>
            {wide && <Table.Th w={84}>{t("history.columns.size")}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {before > 0 && <Spacer height={before} />}
          {items.map(({ index }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <Table.Tr
                key={row.id}
                id={rowId(index)}
                className="efs-mail-row"
                h={ROW}
                aria-rowindex={index + 2}
                aria-selected={row.queueId === openId}
                data-current={index === cursor || undefined}
                data-opened={row.queueId === openId || undefined}
                onClick={() => onOpen(index)}
              >
                <Cells row={row} now={now} wide={wide} />
              </Table.Tr>
            );
          })}
          {after > 0 && <Spacer height={after} />}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const rowId = (index: number): string => `efs-history-${index}`;

function Cells({
  row,
  now,
  wide,
}: {
  readonly row: HistoryRow;
  readonly now: number;
  readonly wide: boolean;
}) {
  const { t } = useTranslation();
  const { name, address } = nameAndAddress(row.summary.from);
  const first = row.recipients[0]?.address ?? "";
  return (
    <>
      <Table.Td>
        <OutcomeIcon outcome={row.outcome} detail={row.outcomeDetail} />
      </Table.Td>
      <Table.Td>
        <Text size="xs" truncate title={formatTime(row.receivedAt)}>
          {formatRelative(row.receivedAt, now)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="xs" truncate>
          {name || address || row.sender || t("history.nullSender")}
        </Text>
        {name !== "" && (
          <Text size="xs" c="dimmed" truncate>
            {address || row.sender}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="xs" truncate {...(row.summary.subject === "" ? { c: "dimmed" } : {})}>
          {row.summary.subject || t("history.noSubject")}
        </Text>
        {row.kind !== "mail" && (
          <Text size="xs" c="dimmed" truncate>
            {t(`history.kinds.${row.kind}`)}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="xs" truncate title={row.recipients.map((recipient) => recipient.address).join(", ")}>
          {first}
          {row.recipientCount > 1 && (
            <Text span inherit c="dimmed">
              {" "}
              +{row.recipientCount - 1}
            </Text>
          )}
        </Text>
      </Table.Td>
      {wide && (
        <Table.Td>
          <Text size="xs" className="efs-numbers">
            {formatSize(row.size)}
          </Text>
        </Table.Td>
      )}
    </>
  );
}

function Spacer({ height }: { readonly height: number }) {
  return (
    <Table.Tr aria-hidden style={{ height, border: 0 }}>
      <Table.Td colSpan={6} p={0} />
    </Table.Tr>
  );
}

/** The list of messages: a real table of which only the rows in sight exist, worked by mouse and keyboard. */
import { Checkbox, Menu, Table, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FolderSort } from "../../core/model/folder-list.ts";
import { useNow } from "../state/now.ts";
import { type Column, columnsFor, columnWidth, TICK_WIDTH } from "./columns.ts";
import { FolderRow, ROW_HEIGHT, rowId } from "./folder-row.tsx";
import { rowAfterKey, type Selection } from "./selection.ts";
import type { FolderRows } from "./use-folder.ts";

const HEAD_HEIGHT = 34;

export interface FolderTableProps {
  readonly label: string;
  readonly rows: FolderRows;
  readonly count: number;
  readonly sort: FolderSort;
  readonly descending: boolean;
  readonly selection: Selection;
  readonly openId: string | null;
  /** Of the menu of a row. */
  readonly menu: ReactNode;
  readonly onRange: (first: number, last: number) => void;
  readonly onSort: (sort: FolderSort) => void;
  readonly onOpen: (row: number) => void;
  readonly onMove: (row: number) => void;
  readonly onToggle: (row: number) => void;
  readonly onExtend: (row: number) => void;
  readonly onAll: (all: boolean) => void;
  /** null: not at a row. */
  readonly onMenu: (row: number | null) => void;
}

export function FolderTable(props: FolderTableProps) {
  const { label, rows, count, selection, openId, menu, onRange, onOpen, onToggle, onExtend, onMove, onAll } =
    props;
  const now = useNow(30_000);
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  // The same list while the width is: rows are drawn anew only when something of theirs has changed.
  const columns = useMemo(() => columnsFor(width), [width]);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [first, last, onRange]);

  const { cursor } = selection;
  useEffect(() => {
    if (cursor !== null && cursor < count) virtual.scrollToIndex(cursor);
  }, [cursor, count, virtual]);

  const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 440) / ROW_HEIGHT) - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "a") onAll(true);
    else if (command || event.altKey) return;
    else if (event.key === " " && cursor !== null) onToggle(cursor);
    else if (event.key === "Enter" && cursor !== null) onOpen(cursor);
    else {
      const row = event.key.length === 1 ? null : rowAfterKey(event.key, cursor, count, pageRows);
      if (row === null) return;
      if (event.shiftKey) onExtend(row);
      else onMove(row);
    }
    event.preventDefault();
  };

  const onClick = (event: MouseEvent): void => {
    const row = rowOf(event);
    if (row === null) return;
    if (event.shiftKey) onExtend(row);
    else if (event.ctrlKey || event.metaKey || isTick(event)) onToggle(row);
    else onOpen(row);
  };

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div ref={useMergedRef(scroller, sizeRef)} className="efs-mail-list">
      <Menu>
        <Menu.ContextMenu>
          <Table
            role="grid"
            aria-label={label}
            aria-rowcount={count + 1}
            aria-multiselectable
            tabIndex={0}
            data-list
            {...(cursor !== null && cursor >= first && cursor <= last
              ? { "aria-activedescendant": rowId(cursor) }
              : {})}
            layout="fixed"
            stickyHeader
            horizontalSpacing={8}
            verticalSpacing={0}
            onKeyDown={onKeyDown}
            onClick={onClick}
            onMouseDown={(event) => {
              // No text is marked by a range, and the keys stay with the list when a box is ticked.
              if (rowOf(event) === null || !(event.shiftKey || isTick(event))) return;
              event.preventDefault();
              event.currentTarget.focus({ preventScroll: true });
            }}
            onContextMenu={(event) => props.onMenu(rowOf(event))}
          >
            <Head {...props} columns={columns} width={width} />
            <Table.Tbody>
              {before > 0 && <Spacer height={before} cells={columns.length + 1} />}
              {items.map(({ index }) => {
                const row = rows.rowAt(index);
                return (
                  <FolderRow
                    key={index}
                    index={index}
                    row={row}
                    columns={columns}
                    selected={row !== undefined && selection.ids.has(row.queueId)}
                    current={index === cursor}
                    opened={row !== undefined && row.queueId === openId}
                    now={now}
                  />
                );
              })}
              {after > 0 && <Spacer height={after} cells={columns.length + 1} />}
            </Table.Tbody>
          </Table>
        </Menu.ContextMenu>
        <Menu.Dropdown>{menu}</Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Head({
  columns,
  count,
  selection,
  sort: sorted,
  descending,
  onSort,
  onAll,
  width,
}: FolderTableProps & { readonly columns: readonly Column[]; readonly width: number }) {
  const { t } = useTranslation();
  const some = selection.ids.size > 0;
  const all = some && selection.ids.size >= count;
  return (
    <Table.Thead>
      <Table.Tr aria-rowindex={1} h={HEAD_HEIGHT}>
        <Table.Th w={TICK_WIDTH}>
          <Checkbox
            size="xs"
            checked={all}
            indeterminate={some && !all}
            onChange={() => onAll(!some)}
            aria-label={some ? t("messages.clearSelection") : t("messages.selectAll")}
          />
        </Table.Th>
        {columns.map((column) => {
          const { name, sort } = column;
          const here = sort !== null && sort === sorted;
          return (
            <Table.Th
              key={name}
              w={columnWidth(column, columns, width)}
              fz="xs"
              {...(sort === null
                ? {}
                : { "aria-sort": here ? (descending ? "descending" : "ascending") : "none" })}
              ta={name === "size" ? "right" : "left"}
            >
              {sort === null ? (
                t(`messages.column.${name}`)
              ) : (
                <UnstyledButton className="efs-mail-sort" onClick={() => onSort(sort)}>
                  {name === "state" ? (
                    <VisuallyHidden>{t("messages.column.state")}</VisuallyHidden>
                  ) : (
                    t(`messages.column.${name}`)
                  )}
                  {here ? (
                    descending ? (
                      <ArrowDown size={12} aria-hidden />
                    ) : (
                      <ArrowUp size={12} aria-hidden />
                    )
                  ) : (
                    name === "state" && <span aria-hidden>!</span>
                  )}
                </UnstyledButton>
              )}
            </Table.Th>
          );
        })}
      </Table.Tr>
    </Table.Thead>
  );
}

/** Stands for the rows that are out of sight. */
function Spacer({ height, cells }: { readonly height: number; readonly cells: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={cells} style={{ height, padding: 0 }} />
    </tr>
  );
}

function rowOf({ target }: MouseEvent): number | null {
  const row = target instanceof Element ? target.closest("[data-row]") : null;
  return row === null ? null : Number(row.getAttribute("data-row"));
}

function isTick({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest("[data-tick]") !== null;
}

/** A folder as a browser: the list, what can be done with what is selected, and the message that is open. */
import { Box, CloseButton, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useElementSize } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { FolderSort, ListedMessage } from "../../core/model/folder-list.ts";
import type { Folder } from "../../core/model/message.ts";
import { Page } from "../components/page.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf } from "../state/calls.ts";
import { formatNumber } from "../state/format.ts";
import { ActionButtons, ActionItems, withSave } from "./action-buttons.tsx";
import { actionsFor } from "./actions.ts";
import { sortAfterClick } from "./columns.ts";
import { EmptyFolder, FolderHint, UnseenJunk } from "./folder-notes.tsx";
import { FolderTable } from "./folder-table.tsx";
import { focusList, MessagePane, useOpenMessage } from "./message-pane.tsx";
import { OpenFolder } from "./open-folder.tsx";
import {
  allSelected,
  cleared,
  cursorAt,
  extended,
  extending,
  nothingSelected,
  rangeTo,
  toggled,
} from "./selection.ts";
import { useFolder } from "./use-folder.ts";
import { useFolderKeys } from "./use-folder-keys.ts";
import { type MessageAction, useHiddenMessages, useMessageActions } from "./use-message-actions.tsx";

/** Rows by which the part in sight is followed. */
const STEP = 25;
/** What a button of the toolbar takes in the longer language, and what stands before them. */
const BUTTON_WIDTH = 145;
const COUNT_WIDTH = 180;

export function FolderPage({ folder }: { readonly folder: Folder }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const path = `/${folder.toLowerCase()}`;
  const message = useOpenMessage(path);
  const { id: openId, beside: wide, open, close } = message;
  const actions = useMessageActions();
  const hidden = useHiddenMessages();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), 200);
  const [order, setOrder] = useState<{ readonly sort: FolderSort; readonly descending: boolean }>({
    sort: "received",
    descending: true,
  });
  const [range, setRange] = useState({ first: 0, last: 30 });
  const [selection, setSelection] = useState(nothingSelected);
  const [menuIds, setMenuIds] = useState<readonly string[]>([]);
  const { ref: listRef, width: listWidth } = useElementSize();
  const rows = useFolder({ folder, ...order, ...(words === "" ? {} : { words }) }, range, hidden);
  const count = rows.count ?? 0;

  // What was selected among others may be out of sight now: nothing is done to what nobody sees.
  // biome-ignore lint/correctness/useExhaustiveDependencies: exactly when the words change
  useEffect(() => setSelection(nothingSelected), [words]);

  useEffect(() => {
    if (openId !== null && hidden.has(openId)) navigate(path);
  }, [openId, hidden, navigate, path]);

  const onRange = useCallback((first: number, last: number) => {
    const next = { first: Math.floor(first / STEP) * STEP, last: Math.ceil((last + 1) / STEP) * STEP };
    setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
  }, []);
  const onOpen = (row: number): void => {
    setSelection((now) => cursorAt(now, row));
    const message = rows.rowAt(row);
    if (message !== undefined) open(message.queueId);
  };
  const onMove = (row: number): void => {
    setSelection((now) => cursorAt(now, row));
    const message = rows.rowAt(row);
    // The message beside the list follows the keys; a drawer would cover it.
    if (wide && openId !== null && message !== undefined) open(message.queueId);
  };
  const onToggle = (row: number): void => {
    const message = rows.rowAt(row);
    if (message !== undefined) setSelection((now) => toggled(now, row, message.queueId));
  };
  const onExtend = (row: number): void => {
    const { first, last } = rangeTo(selection, row);
    setSelection((now) => extending(now, row));
    void rows.idsOf(first, last).then(
      // Meanwhile the keys may have gone on.
      (ids) => setSelection((now) => (now.cursor === row ? extended(now, row, ids) : now)),
      () => undefined,
    );
  };
  const onAll = (all: boolean): void => {
    if (!all) setSelection(cleared);
    else {
      void rows.allIds().then(
        (ids) => setSelection((now) => allSelected(now, ids)),
        () => undefined,
      );
    }
  };
  const onMenu = (row: number | null): void => {
    const message = rows.rowAt(row ?? selection.cursor ?? 0);
    const outside = row !== null && message !== undefined && !selection.ids.has(message.queueId);
    setMenuIds(
      selection.ids.size > 0 && !outside
        ? [...selection.ids]
        : message === undefined
          ? []
          : [message.queueId],
    );
    if (row !== null) setSelection((now) => cursorAt(now, row));
  };
  const statesOf = (ids: ReadonlySet<string>): ListedMessage["state"][] => {
    const states: ListedMessage["state"][] = [];
    for (let row = range.first; row <= range.last && states.length < ids.size; row += 1) {
      const message = rows.rowAt(row);
      if (message !== undefined && ids.has(message.queueId)) states.push(message.state);
    }
    // Some are out of sight: anything may make sense for them.
    return states.length < ids.size ? [] : states;
  };
  const perform = (action: MessageAction, ids: readonly string[]): void =>
    actions.start(action, ids, () => setSelection(cleared));
  const selected = [...selection.ids];
  const possible = actionsFor(folder, statesOf(selection.ids));
  const underKeys = (): readonly string[] => {
    if (selected.length > 0) return selected;
    if (openId !== null) return [openId];
    const message = selection.cursor === null ? undefined : rows.rowAt(selection.cursor);
    return message === undefined ? [] : [message.queueId];
  };
  useFolderKeys({
    rows: count,
    cursor: selection.cursor,
    onMove: (row) => {
      focusList();
      onMove(row);
    },
    onAction: (action) => perform(action, underKeys()),
    onUndo: actions.undo,
    onEscape: () => (selected.length > 0 ? setSelection(cleared) : openId !== null ? close() : undefined),
  });

  return (
    <Page
      title={t(`folders.names.${folder}`)}
      wide
      actions={
        <>
          <SearchField typed={typed} onType={setTyped} />
          <OpenFolder folder={folder} />
        </>
      }
    >
      {folder === "Junk" && <UnseenJunk />}
      <Group ref={listRef} h={38} gap="sm" wrap="nowrap" justify="space-between" style={{ flex: "none" }}>
        {selected.length === 0 ? (
          <>
            <FolderHint folder={folder} count={count} />
            <Text size="sm" className="efs-numbers" style={{ whiteSpace: "nowrap" }} role="status">
              {rows.count === undefined ? "" : t("messages.count", { count, number: formatNumber(count) })}
            </Text>
          </>
        ) : (
          <Group gap="sm" wrap="nowrap" role="toolbar" aria-label={t("messages.toolbar")}>
            <CloseButton
              size="sm"
              aria-label={t("messages.clearSelection")}
              onClick={() => setSelection(cleared)}
            />
            <Text size="sm" fw={600} className="efs-numbers" style={{ whiteSpace: "nowrap" }} role="status">
              {t("messages.selected", { count: selected.length, number: formatNumber(selected.length) })}
            </Text>
            <ActionButtons
              actions={possible}
              onAction={(action) => perform(action, selected)}
              few={listWidth < COUNT_WIDTH + BUTTON_WIDTH * (possible.length + 1)}
            />
          </Group>
        )}
      </Group>
      <Box style={{ flex: 1, minHeight: 0, display: "flex", gap: 16 }}>
        <Stack gap="sm" style={{ flex: "1 1 0", minWidth: 0, minHeight: 0 }}>
          {rows.error !== null && <ProblemAlert problem={problemOf(rows.error)} />}
          {rows.count === undefined ? (
            rows.error === null && <Waiting />
          ) : count === 0 ? (
            <EmptyFolder folder={folder} words={words} onAll={() => setTyped("")} />
          ) : (
            <FolderTable
              label={t(`folders.names.${folder}`)}
              rows={rows}
              count={count}
              {...order}
              selection={selection}
              openId={openId}
              menu={
                <ActionItems
                  actions={withSave(actionsFor(folder, statesOf(new Set(menuIds))))}
                  onAction={(action) => perform(action, menuIds)}
                />
              }
              onRange={onRange}
              onSort={(sort) => {
                setOrder((now) => sortAfterClick(sort, now));
                setSelection((now) => ({ ...nothingSelected, ids: now.ids, base: now.ids }));
              }}
              onOpen={onOpen}
              onMove={onMove}
              onToggle={onToggle}
              onExtend={onExtend}
              onAll={onAll}
              onMenu={onMenu}
            />
          )}
        </Stack>
        <MessagePane message={message} />
      </Box>
    </Page>
  );
}

function SearchField({
  typed,
  onType,
}: {
  readonly typed: string;
  readonly onType: (words: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <TextInput
      data-search
      type="search"
      w={300}
      value={typed}
      onChange={({ currentTarget }) => onType(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onType("");
        if (event.key === "Escape" || event.key === "ArrowDown" || event.key === "Enter") focusList();
      }}
      placeholder={t("messages.search")}
      aria-label={t("messages.search")}
      leftSection={<Search size={14} aria-hidden />}
      rightSection={
        typed === "" ? null : (
          <CloseButton size="xs" aria-label={t("messages.clearSearch")} onClick={() => onType("")} />
        )
      }
      spellCheck={false}
    />
  );
}

function Waiting() {
  return (
    <Stack gap={8} className="efs-late" aria-hidden>
      {[1, 2, 3, 4, 5, 6].map((row) => (
        <Skeleton key={row} height={36} />
      ))}
    </Stack>
  );
}

import { Checkbox, Skeleton, Table, Text } from "@mantine/core";
import type { TFunction } from "i18next";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ListedMessage } from "../../core/model/folder-list.ts";
import { formatRelative, formatSize, formatTime } from "../state/format.ts";
import { nameAndAddress } from "./attachment-names.ts";
import type { Column, ColumnName } from "./columns.ts";
import { StateIcon } from "./state-icon.tsx";

export const ROW_HEIGHT = 44;

export interface RowProps {
  readonly index: number;
  /** undefined: on its way. */
  readonly row: ListedMessage | undefined;
  readonly columns: readonly Column[];
  readonly selected: boolean;
  readonly current: boolean;
  readonly opened: boolean;
  readonly now: number;
}

export const rowId = (index: number): string => `efs-row-${index}`;

/** Clicks are the table's affair: it finds the row by `data-row`, the tick box by `data-tick`. */
export const FolderRow = memo(function FolderRow(props: RowProps) {
  const { index, row, columns, selected, current, opened, now } = props;
  const { t } = useTranslation();
  return (
    <Table.Tr
      id={rowId(index)}
      data-row={index}
      className="efs-row"
      data-current={current || undefined}
      data-opened={opened || undefined}
      aria-rowindex={index + 2}
      aria-selected={selected}
      h={ROW_HEIGHT}
    >
      <Table.Td data-tick>
        <Checkbox
          size="xs"
          checked={selected}
          readOnly
          tabIndex={-1}
          aria-label={t("messages.selectRow", { subject: row?.subject ?? "" })}
          styles={{ input: { cursor: "pointer" } }}
        />
      </Table.Td>
      {columns.map(({ name }) => (
        <Table.Td key={name}>
          {row === undefined ? (
            name === "subject" && <Skeleton className="efs-late" height={10} width="60%" />
          ) : (
            <Cell name={name} row={row} columns={columns} now={now} />
          )}
        </Table.Td>
      ))}
    </Table.Tr>
  );
});

function Cell({
  name,
  row,
  columns,
  now,
}: {
  readonly name: ColumnName;
  readonly row: ListedMessage;
  readonly columns: readonly Column[];
  readonly now: number;
}): ReactNode {
  const { t } = useTranslation();
  switch (name) {
    case "state":
      return <StateIcon row={row} now={now} />;
    case "sender":
      return <Sender row={row} />;
    case "subject": {
      const answered = columns.some((column) => column.name === "answer") ? null : whatHappened(row, t);
      return (
        <>
          <Text size="sm" truncate title={row.subject}>
            {row.subject === "" ? t("messages.noSubject") : row.subject}
          </Text>
          {answered !== null && <Small text={answered} />}
        </>
      );
    }
    case "recipients": {
      const others = row.recipientCount - 1;
      return (
        <Text size="xs" truncate title={row.recipients.join(", ")}>
          {row.recipients[0] ?? t("messages.nobody")}
          {others > 0 && ` ${t("messages.more", { number: others })}`}
        </Text>
      );
    }
    case "answer":
      return <Small text={whatHappened(row, t) ?? ""} lines={2} />;
    case "size":
      return (
        <Text size="xs" ta="right" className="efs-numbers">
          {formatSize(row.size)}
        </Text>
      );
    case "age":
      return (
        <Text
          size="xs"
          component="time"
          dateTime={new Date(row.receivedAt).toISOString()}
          title={formatTime(row.receivedAt)}
        >
          {formatRelative(row.receivedAt, now)}
        </Text>
      );
  }
}

function Sender({ row }: { readonly row: ListedMessage }) {
  const { t } = useTranslation();
  const { name, address } = nameAndAddress(row.from === "" ? row.sender : row.from);
  return (
    <>
      <Text size="sm" truncate title={name}>
        {name === "" ? t("messages.nullSender") : name}
      </Text>
      {address !== "" && <Small text={address} />}
    </>
  );
}

function Small({ text, lines = 1 }: { readonly text: string; readonly lines?: number }) {
  return (
    <Text
      size="xs"
      c="dimmed"
      lh={1.35}
      title={text}
      {...(lines === 1 ? { truncate: true } : { lineClamp: lines })}
    >
      {text}
    </Text>
  );
}

/** The last answer; in Junk why it is there, where nothing was answered. */
function whatHappened({ lastAnswer, junkReason }: ListedMessage, t: TFunction): string | null {
  if (lastAnswer !== null) return lastAnswer;
  return junkReason === null ? null : t(`messages.junkReason.${junkReason}`);
}

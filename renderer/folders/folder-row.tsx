import { Checkbox, Skeleton } from "@mantine/core";
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

export const rowId = (index: number): string => `efs-mail-row-${index}`;

/**
 * Plain elements: dozens of rows are drawn while somebody scrolls. Clicks are the table's affair: it finds the row by
 * `data-row`, the tick box by `data-tick`; whether it is ticked is the row's `aria-selected`.
 */
export const FolderRow = memo(function FolderRow(props: RowProps) {
  const { index, row, columns, selected, current, opened, now } = props;
  const { t } = useTranslation();
  return (
    <tr
      id={rowId(index)}
      data-row={index}
      className="efs-mail-row"
      data-current={current || undefined}
      data-opened={opened || undefined}
      aria-rowindex={index + 2}
      aria-selected={selected}
    >
      <td data-tick>
        <Checkbox.Indicator size="xs" checked={selected} aria-hidden />
      </td>
      {columns.map(({ name }) => (
        <td key={name} data-column={name}>
          {row === undefined
            ? name === "subject" && <Skeleton className="efs-late" height={10} width="60%" />
            : cell(name, row, columns, now, t)}
        </td>
      ))}
    </tr>
  );
});

function cell(
  name: ColumnName,
  row: ListedMessage,
  columns: readonly Column[],
  now: number,
  t: TFunction,
): ReactNode {
  switch (name) {
    case "state":
      return <StateIcon row={row} now={now} />;
    case "sender": {
      const sender = nameAndAddress(row.from === "" ? row.sender : row.from);
      return twoLines(sender.name === "" ? t("messages.nullSender") : sender.name, sender.address);
    }
    case "subject": {
      const hasColumn = columns.some((column) => column.name === "answer");
      return twoLines(
        row.subject === "" ? t("messages.noSubject") : row.subject,
        hasColumn ? "" : (whatHappened(row, t) ?? ""),
      );
    }
    case "recipients": {
      const others = row.recipientCount - 1;
      return (
        <div className="efs-mail-line" title={row.recipients.join(", ")}>
          {row.recipients[0] ?? t("messages.nobody")}
          {others > 0 && ` ${t("messages.more", { number: others })}`}
        </div>
      );
    }
    case "answer": {
      const answer = whatHappened(row, t) ?? "";
      return (
        <div className="efs-mail-small efs-mail-clamp" title={answer}>
          {answer}
        </div>
      );
    }
    case "size":
      return formatSize(row.size);
    case "age":
      return (
        <time dateTime={new Date(row.receivedAt).toISOString()} title={formatTime(row.receivedAt)}>
          {formatRelative(row.receivedAt, now)}
        </time>
      );
  }
}

function twoLines(first: string, second: string): ReactNode {
  return (
    <>
      <div className="efs-mail-line efs-mail-first" title={first}>
        {first}
      </div>
      {second !== "" && (
        <div className="efs-mail-line efs-mail-small" title={second}>
          {second}
        </div>
      )}
    </>
  );
}

/** The last answer; in Junk why it is there, where nothing was answered. */
function whatHappened({ lastAnswer, junkReason }: ListedMessage, t: TFunction): string | null {
  if (lastAnswer !== null) return lastAnswer;
  return junkReason === null ? null : t(`messages.junkReason.${junkReason}`);
}

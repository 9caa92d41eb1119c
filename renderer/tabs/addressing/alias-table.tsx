/**
 * The aliases of the settings, typed in place. Rows are drawn as they come into view, so that thousands are as quick as
 * ten. What is typed counts when the field is left, or with Enter.
 */
import { Alert, Box, Button, Group, Table, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowRightLeft, Plus, Search, TriangleAlert } from "lucide-react";
import { Fragment, forwardRef, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AliasSource } from "../../../core/model/address-lists.ts";
import { Empty } from "../../components/page.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { formatNumber } from "../../state/format.ts";
import { AliasLine } from "./alias-line.tsx";
import {
  type Aliases,
  type AliasRow,
  type AliasRowProblem,
  aliasesOfRows,
  aliasRowProblems,
  filterRows,
  mergeIntoRows,
  nextId,
  rowsOfAliases,
  sameAliases,
} from "./alias-rows.ts";
import { Part } from "./part.tsx";

const ROW = 44;
const HEIGHT = 440;

export interface AliasTableHandle {
  /** Takes aliases from elsewhere into the table, unsaved. */
  readonly take: (aliases: AliasSource) => void;
}

export const AliasTable = forwardRef<AliasTableHandle>(function AliasTable(_, ref) {
  const { t } = useTranslation();
  const { rows, put, refused } = useAliasRows();
  const [search, setSearch] = useState("");
  const [onlyWrong, setOnlyWrong] = useState(false);
  const [added, setAdded] = useState<number | null>(null);
  const [removed, setRemoved] = useState<{ readonly row: AliasRow; readonly at: number } | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const problems = useMemo(() => problemsToTell(rows, active), [rows, active]);
  const wrongOnly = onlyWrong && problems.size > 0;
  const shown = useMemo(
    () => filterRows(wrongOnly ? rows.filter(({ id }) => problems.has(id)) : rows, search),
    [rows, problems, wrongOnly, search],
  );
  // Saving was refused: the rows that are the reason may be far out of view.
  useEffect(() => {
    if (!refused) return;
    setSearch("");
    setOnlyWrong(true);
  }, [refused]);
  useImperativeHandle(ref, () => ({
    take(aliases) {
      const merged = mergeIntoRows(rows, aliases);
      put(merged.rows);
      notifications.show({
        message: t("addressing.aliases.merged", {
          added: formatNumber(merged.added),
          replaced: formatNumber(merged.replaced),
        }),
      });
    },
  }));
  const showAll = (): void => {
    setSearch("");
    setOnlyWrong(false);
  };
  const add = (): void => {
    const id = nextId(rows);
    showAll();
    setAdded(id);
    put([{ id, from: "", to: "" }, ...rows]);
  };
  const remove = (row: AliasRow): void => {
    const at = rows.findIndex(({ id }) => id === row.id);
    setRemoved(row.from.trim() === "" ? null : { row, at });
    put(rows.filter(({ id }) => id !== row.id));
  };
  return (
    <Part title={t("addressing.aliases.title")} hint={t("addressing.aliases.hint")}>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          aria-label={t("addressing.aliases.search")}
          placeholder={t("addressing.aliases.search")}
          leftSection={<Search size={14} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          data-search
          style={{ flex: 1, maxWidth: 320 }}
        />
        <Button leftSection={<Plus size={14} aria-hidden />} onClick={add}>
          {t("addressing.aliases.add")}
        </Button>
      </Group>
      {problems.size > 0 && (
        <Alert color="red" icon={<TriangleAlert size={18} aria-hidden />} py={8} role="status">
          <Group gap="sm" justify="space-between">
            {t("addressing.aliases.wrong", { count: problems.size, number: formatNumber(problems.size) })}
            <Button size="compact-sm" variant="default" onClick={() => setOnlyWrong(!wrongOnly)}>
              {wrongOnly ? t("addressing.aliases.all") : t("addressing.aliases.onlyWrong")}
            </Button>
          </Group>
        </Alert>
      )}
      {rows.length === 0 ? (
        <Empty
          icon={<ArrowRightLeft size={28} aria-hidden color="var(--mantine-color-dimmed)" />}
          title={t("addressing.aliases.none")}
        >
          {t("addressing.aliases.noneText")}
        </Empty>
      ) : (
        <AliasRows
          rows={shown}
          problems={problems}
          focusOn={added}
          active={active}
          onActive={setActive}
          onChange={(changed) => put(rows.map((row) => (row.id === changed.id ? changed : row)))}
          onRemove={remove}
        />
      )}
      <Group gap="sm" mih={26}>
        <Text size="xs" c="dimmed" role="status">
          {shown.length === rows.length
            ? t("addressing.aliases.count", { count: rows.length, number: formatNumber(rows.length) })
            : shown.length === 0
              ? t("addressing.aliases.nothingFound")
              : t("addressing.aliases.found", {
                  number: formatNumber(shown.length),
                  all: formatNumber(rows.length),
                })}
        </Text>
        {removed !== null && (
          <Group gap={6} role="status">
            <Text size="xs">{t("addressing.aliases.removed", { from: removed.row.from })}</Text>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                put(rows.toSpliced(removed.at, 0, removed.row));
                setRemoved(null);
              }}
            >
              {t("addressing.aliases.undo")}
            </Button>
          </Group>
        )}
      </Group>
    </Part>
  );
});

/** A row that is just being filled in is not blamed for what is still missing. */
function problemsToTell(
  rows: readonly AliasRow[],
  active: number | null,
): ReadonlyMap<number, AliasRowProblem> {
  const problems = new Map(aliasRowProblems(rows));
  const ofActive = active === null ? undefined : problems.get(active)?.kind;
  if (active !== null && (ofActive === "from-empty" || ofActive === "to-empty")) problems.delete(active);
  return problems;
}

interface AliasRowsState {
  readonly rows: readonly AliasRow[];
  put(rows: readonly AliasRow[]): void;
  /** The form was not saved because of them. */
  readonly refused: boolean;
}

/** The rows as they are typed; the form has what they come to. Reverted, or loaded anew, they begin anew. */
function useAliasRows(): AliasRowsState {
  const { form } = useSettingsForm();
  const value: Aliases = form.getValues().aliases;
  const [rows, setRows] = useState(() => rowsOfAliases(value));
  const latest = useRef(rows);
  const show = (next: readonly AliasRow[]): void => {
    latest.current = next;
    setRows(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another value of the form's
  useEffect(() => {
    if (!sameAliases(value, aliasesOfRows(latest.current)))
      show(rowsOfAliases(value, nextId(latest.current)));
  }, [value]);
  return {
    rows,
    refused: Object.keys(form.errors).some((path) => path.startsWith("aliases[")),
    put(next) {
      show(next);
      form.setFieldValue("aliases", aliasesOfRows(next));
    },
  };
}

function AliasRows({
  rows,
  problems,
  focusOn,
  active,
  onActive,
  onChange,
  onRemove,
}: {
  readonly rows: readonly AliasRow[];
  readonly problems: ReadonlyMap<number, AliasRowProblem>;
  /** A row that was just added. */
  readonly focusOn: number | null;
  /** The row that is typed in. */
  readonly active: number | null;
  readonly onActive: (id: number | null) => void;
  readonly onChange: (row: AliasRow) => void;
  readonly onRemove: (row: AliasRow) => void;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const activeIndex = rows.findIndex(({ id }) => id === active);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 6,
    // The row that is typed in stays, however far it is scrolled away.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return activeIndex < 0 || indexes.includes(activeIndex)
        ? indexes
        : [...indexes, activeIndex].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each row that is added
  useEffect(() => {
    if (focusOn !== null) virtual.scrollToIndex(0);
  }, [focusOn]);
  const items = virtual.getVirtualItems();
  return (
    <Box
      ref={scroller}
      style={{ maxHeight: HEIGHT, overflow: "auto", border: "1px solid var(--efs-line)", borderRadius: 4 }}
    >
      <Table
        stickyHeader
        verticalSpacing={4}
        layout="fixed"
        aria-rowcount={rows.length + 1}
        style={{ background: "var(--efs-surface)" }}
      >
        <Table.Thead style={{ background: "var(--efs-surface)" }}>
          <Table.Tr aria-rowindex={1}>
            <Table.Th w="42%">{t("addressing.aliases.from")}</Table.Th>
            <Table.Th>{t("addressing.aliases.to")}</Table.Th>
            <Table.Th w={48} aria-hidden />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item, place) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const before = item.start - (items[place - 1]?.end ?? 0);
            return (
              <Fragment key={item.key}>
                <Space height={before} />
                <AliasLine
                  row={row}
                  index={item.index}
                  problem={problems.get(row.id) ?? null}
                  measure={virtual.measureElement}
                  focus={focusOn === row.id}
                  onChange={onChange}
                  onRemove={onRemove}
                  onActive={(on) => onActive(on ? row.id : null)}
                />
              </Fragment>
            );
          })}
          <Space height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </Table.Tbody>
      </Table>
    </Box>
  );
}

/** In place of the rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={3} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

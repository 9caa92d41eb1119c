import { ActionIcon, Table, Text, TextInput } from "@mantine/core";
import { Trash2 } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AliasRow, AliasRowProblem } from "./alias-rows.ts";

/** One alias: what is typed is its own until the field is left. */
export function AliasLine({
  row,
  index,
  problem,
  measure,
  focus,
  onChange,
  onRemove,
  onActive,
}: {
  readonly row: AliasRow;
  readonly index: number;
  readonly problem: AliasRowProblem | null;
  readonly measure: (element: HTMLTableRowElement | null) => void;
  /** Just added. */
  readonly focus: boolean;
  readonly onChange: (row: AliasRow) => void;
  readonly onRemove: (row: AliasRow) => void;
  readonly onActive: (active: boolean) => void;
}) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(row.from);
  const [to, setTo] = useState(row.to);
  const fromInput = useRef<HTMLInputElement>(null);
  const toInput = useRef<HTMLInputElement>(null);
  useEffect(() => {
    setFrom(row.from);
    setTo(row.to);
  }, [row]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the row is there
  useEffect(() => {
    if (focus) fromInput.current?.focus();
  }, []);
  const commit = (): void => {
    if (from !== row.from || to !== row.to) onChange({ ...row, from, to });
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    commit();
    if (event.currentTarget === fromInput.current) toInput.current?.focus();
  };
  const onLeft = problem !== null && problem.kind !== "to-empty" && !RIGHT.has(problem.kind);
  const shared = {
    size: "xs",
    spellCheck: false,
    autoComplete: "off",
    onKeyDown: keys,
    onFocus: () => onActive(true),
    onBlur: () => {
      commit();
      onActive(false);
    },
    "aria-describedby": problem === null ? undefined : `alias-problem-${row.id}`,
  } as const;
  return (
    <Table.Tr ref={measure} data-index={index} aria-rowindex={index + 2} style={{ verticalAlign: "top" }}>
      <Table.Td>
        <TextInput
          {...shared}
          ref={fromInput}
          aria-label={t("addressing.aliases.fromOf", { number: index + 1 })}
          placeholder={t("addressing.aliases.fromPlaceholder")}
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          error={problem !== null && onLeft}
        />
        {problem !== null && (
          <Text size="xs" c="var(--efs-bad)" id={`alias-problem-${row.id}`} mt={2}>
            <ProblemWords problem={problem} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <TextInput
          {...shared}
          ref={toInput}
          aria-label={t("addressing.aliases.toOf", { number: index + 1 })}
          placeholder={t("addressing.aliases.toPlaceholder")}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
          error={problem !== null && !onLeft}
        />
      </Table.Td>
      <Table.Td>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={
            row.from === ""
              ? t("addressing.aliases.removeNew")
              : t("addressing.aliases.remove", { from: row.from })
          }
          onClick={() => onRemove(row)}
        >
          <Trash2 size={16} aria-hidden />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}

const RIGHT: ReadonlySet<AliasRowProblem["kind"]> = new Set(["to-empty", "to-invalid", "ignore-mixed"]);

function ProblemWords({ problem }: { readonly problem: AliasRowProblem }) {
  const { t } = useTranslation();
  switch (problem.kind) {
    case "from-empty":
    case "to-empty":
    case "ignore-mixed":
      return t(`addressing.aliases.problems.${problem.kind}`);
    case "from-invalid":
    case "to-invalid":
      return t(`addressing.aliases.problems.${problem.kind}`, { text: problem.text });
    case "twice":
      return t("addressing.aliases.problems.twice", { address: problem.address });
    case "loop":
      return t("addressing.aliases.problems.loop", { way: problem.way.join(" → ") });
  }
}

import { Button, Group, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useStatus } from "../state/status.ts";
import {
  type HistoryFilter,
  type HistoryOutcome,
  isFiltered,
  NO_FILTER,
  OUTCOMES,
} from "./history-filter.ts";

export function HistoryFilters({
  filter,
  onFilter,
}: {
  readonly filter: HistoryFilter;
  readonly onFilter: (filter: HistoryFilter) => void;
}) {
  const { t } = useTranslation();
  const accounts = useStatus()?.accounts ?? [];
  const all = { value: "", label: t("history.all") };
  return (
    <Group gap="xs" role="search" aria-label={t("history.filters")}>
      <Select
        size="xs"
        w={170}
        aria-label={t("history.columns.outcome")}
        data={[
          { value: "", label: t("history.allOutcomes") },
          ...OUTCOMES.map((outcome) => ({ value: outcome, label: t(`history.outcomes.${outcome}`) })),
        ]}
        value={filter.outcome}
        onChange={(outcome) => onFilter({ ...filter, outcome: (outcome ?? "") as HistoryOutcome | "" })}
        allowDeselect={false}
      />
      {accounts.length > 1 && (
        <Select
          size="xs"
          w={170}
          aria-label={t("history.account")}
          data={[
            { value: "", label: t("history.allAccounts") },
            ...accounts.map(({ id, name }) => ({ value: id, label: name || id })),
          ]}
          value={filter.account}
          onChange={(account) => onFilter({ ...filter, account: account ?? "" })}
          allowDeselect={false}
        />
      )}
      <Select
        size="xs"
        w={150}
        aria-label={t("history.kind")}
        data={[
          all,
          ...(["mail", "report", "alert"] as const).map((kind) => ({
            value: kind,
            label: t(`history.kinds.${kind}`),
          })),
        ]}
        value={filter.kind}
        onChange={(kind) => onFilter({ ...filter, kind: (kind ?? "") as HistoryFilter["kind"] })}
        allowDeselect={false}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={t("history.from")}
        value={filter.from}
        max={filter.to}
        onChange={({ currentTarget }) => onFilter({ ...filter, from: currentTarget.value })}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={t("history.to")}
        value={filter.to}
        min={filter.from}
        onChange={({ currentTarget }) => onFilter({ ...filter, to: currentTarget.value })}
      />
      {isFiltered(filter) && (
        <Button size="xs" variant="subtle" onClick={() => onFilter(NO_FILTER)}>
          {t("history.everything")}
        </Button>
      )}
    </Group>
  );
}

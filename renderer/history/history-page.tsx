/** Any message ever handled: found while typing, with its whole way beside the list. */
import { Box, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { History, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Page } from "../components/page.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { MessagePane, useOpenMessage } from "../folders/message-pane.tsx";
import { problemOf } from "../state/calls.ts";
import { ExportCsv } from "./export-csv.tsx";
import { historyQuery, isFiltered, NO_FILTER } from "./history-filter.ts";
import { HistoryFilters } from "./history-filters.tsx";
import { HistoryTable } from "./history-table.tsx";
import { useHistory } from "./use-history.ts";
import "../folders/folders.css";

export function HistoryPage() {
  const { t } = useTranslation();
  const message = useOpenMessage("/history");
  const [filter, setFilter] = useState(NO_FILTER);
  const [cursor, setCursor] = useState(0);
  const [words] = useDebouncedValue(filter.words, 150);
  const query = historyQuery({ ...filter, words });
  const history = useHistory(query);

  const open = (index: number): void => {
    const row = history.rows[index];
    setCursor(index);
    if (row !== undefined) message.open(row.queueId);
  };
  useHotkeys([["Escape", () => message.id !== null && message.close()]]);

  const nothing = history.rows.length === 0 && !history.loading && !history.hasMore;
  return (
    <Page
      title={t("pages.history")}
      wide
      actions={
        <>
          <TextInput
            data-search
            type="search"
            w={280}
            leftSection={<Search size={16} aria-hidden />}
            placeholder={t("history.search")}
            aria-label={t("history.search")}
            value={filter.words}
            onChange={({ currentTarget }) => {
              setFilter({ ...filter, words: currentTarget.value });
              setCursor(0);
            }}
          />
          <ExportCsv query={historyQuery(filter)} />
        </>
      }
    >
      <HistoryFilters
        filter={filter}
        onFilter={(next) => {
          setFilter(next);
          setCursor(0);
        }}
      />
      <Box style={{ flex: 1, minHeight: 0, display: "flex", gap: 16 }}>
        <Stack gap="sm" style={{ flex: "1 1 0", minWidth: 0, minHeight: 0 }}>
          {history.error !== null && <ProblemAlert problem={problemOf(history.error)} />}
          {nothing && history.error === null ? (
            <Empty
              icon={<History size={40} strokeWidth={1.25} aria-hidden />}
              title={isFiltered(filter) ? t("history.nothingFits") : t("history.emptyTitle")}
            >
              {isFiltered(filter) ? t("history.nothingFitsHint") : t("history.empty")}
            </Empty>
          ) : (
            <HistoryTable
              history={history}
              cursor={cursor}
              openId={message.id}
              wide={message.beside && message.id === null}
              onMove={setCursor}
              onOpen={open}
            />
          )}
        </Stack>
        <MessagePane message={message} />
      </Box>
    </Page>
  );
}

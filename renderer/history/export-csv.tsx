/** All rows that fit the filters, a page at a time, into a file. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Download } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandInput } from "../../core/api/contract.ts";
import { HISTORY_PAGE_ROWS, type HistoryPage } from "../../core/model/history.ts";
import { describeProblem } from "../../core/model/problem.ts";
import { problemOf } from "../state/calls.ts";
import { formatNumber } from "../state/format.ts";
import { saveAs } from "../state/save-as.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import { csvHead, csvRow } from "./history-csv.ts";

export function ExportCsv({ query }: { readonly query: CommandInput<"history"> }) {
  const { t } = useTranslation();
  const transport = useTransport();
  const [written, setWritten] = useState<number | null>(null);
  const stopped = useRef(false);

  const run = async (): Promise<void> => {
    stopped.current = false;
    setWritten(0);
    const parts: string[] = [csvHead()];
    let count = 0;
    let after: number | null = null;
    try {
      do {
        const page: HistoryPage = await callValue(transport, "history", {
          ...query,
          limit: HISTORY_PAGE_ROWS,
          ...(after === null ? {} : { after }),
        });
        parts.push(page.rows.map(csvRow).join(""));
        count += page.rows.length;
        after = page.next;
        setWritten(count);
      } while (after !== null && !stopped.current);
      if (!stopped.current) saveAs(new Blob(parts, { type: "text/csv" }), t("history.fileName"));
    } catch (error) {
      notifications.show({ color: "red", message: describeProblem(problemOf(error)) });
    } finally {
      setWritten(null);
    }
  };

  if (written === null) {
    return (
      <Button variant="default" leftSection={<Download size={16} aria-hidden />} onClick={() => void run()}>
        {t("history.export")}
      </Button>
    );
  }
  return (
    <Button
      variant="default"
      className="efs-numbers"
      onClick={() => {
        stopped.current = true;
      }}
    >
      {t("history.stopExport", { count: written, number: formatNumber(written) })}
    </Button>
  );
}

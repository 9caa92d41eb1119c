import { Alert, List, Stack, Table, Text, Tooltip } from "@mantine/core";
import { CircleCheck, CircleHelp, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HeaderRecommendation, HeaderReport, HeaderRow } from "../../../core/model/header-report.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { formatNumber } from "../../state/format.ts";
import { AdoptHeaders } from "./adopt-headers.tsx";

const LOOKS: Readonly<
  Record<HeaderRecommendation["kind"], { readonly color: string; readonly icon: typeof CircleCheck }>
> = {
  "use-header": { color: "green", icon: CircleCheck },
  "use-received-for": { color: "green", icon: CircleCheck },
  "use-addresses": { color: "yellow", icon: TriangleAlert },
  unclear: { color: "gray", icon: CircleHelp },
};

/** What the finder found: the advice first, what it would change, then the figures behind it. */
export function FoundHeaders({
  report,
  account,
}: {
  readonly report: HeaderReport;
  /** Its name. */
  readonly account: string;
}) {
  return (
    <Stack gap="md">
      <FoundAdvice report={report} />
      {report.problem !== null && <ProblemAlert severity="warning" problem={report.problem} />}
      <AdoptHeaders report={report} account={account} />
      <FoundFigures report={report} />
    </Stack>
  );
}

export function FoundAdvice({
  report: { recommendation, trustedReceivedLines, mailboxAddresses },
}: {
  readonly report: HeaderReport;
}) {
  const { t } = useTranslation();
  const { color, icon: Icon } = LOOKS[recommendation.kind];
  return (
    <Alert
      role="status"
      color={color}
      icon={<Icon size={18} aria-hidden />}
      title={t(`addressing.finder.kinds.${recommendation.kind}`, { header: recommendation.header ?? "" })}
    >
      <Stack gap={6}>
        <Text size="sm">{recommendation.reason}</Text>
        <List size="sm" c="dimmed" spacing={2}>
          <List.Item>{trustedReceivedLines.reason}</List.Item>
          {mailboxAddresses.map(({ address, reason }) => (
            <List.Item key={address}>
              {address}: {reason}
            </List.Item>
          ))}
        </List>
      </Stack>
    </Alert>
  );
}

export function FoundFigures({
  report: { rows, messages, listed, refused },
}: {
  readonly report: HeaderReport;
}) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      {rows.length === 0 ? <Text size="sm">{t("addressing.finder.none")}</Text> : <FoundTable rows={rows} />}
      <Text size="xs" c="dimmed">
        {t("addressing.finder.looked", {
          count: listed,
          messages: formatNumber(messages),
          listed: formatNumber(listed),
        })}
        {refused > 0 &&
          ` ${t("addressing.finder.refused", { count: refused, number: formatNumber(refused) })}`}
      </Text>
    </Stack>
  );
}

/** Of addresses, and of places. */
const EXAMPLES = 3;
const COUNTS = ["present", "ours", "trusted", "own"] as const;

function FoundTable({ rows }: { readonly rows: readonly HeaderRow[] }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ type: "auto" }}>
      <Table fz="xs" verticalSpacing={6} horizontalSpacing={8} aria-label={t("addressing.finder.table")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("addressing.finder.columns.header")}</Table.Th>
            <Table.Th>{t("addressing.finder.columns.kind")}</Table.Th>
            {COUNTS.map((count) => (
              <Table.Th key={count} ta="right">
                <Tooltip
                  label={t(`addressing.finder.help.${count}`)}
                  events={{ hover: true, focus: true, touch: true }}
                >
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what a column means is told to keyboards too */}
                  <span tabIndex={0} style={{ borderBottom: "1px dotted currentColor", cursor: "help" }}>
                    {t(`addressing.finder.columns.${count}`)}
                  </span>
                </Tooltip>
              </Table.Th>
            ))}
            <Table.Th>{t("addressing.finder.columns.examples")}</Table.Th>
            <Table.Th>{t("addressing.finder.columns.where")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <FoundRow key={`${row.kind} ${row.header}`} row={row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function FoundRow({ row }: { readonly row: HeaderRow }) {
  const { t } = useTranslation();
  const { header, kind, examples, receivedAbove } = row;
  const where = receivedAbove.map(({ lines, messages }) =>
    lines === 0
      ? t("addressing.finder.top", { messages: formatNumber(messages) })
      : t("addressing.finder.below", { count: lines, messages: formatNumber(messages) }),
  );
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Th scope="row" fw={600} style={{ whiteSpace: "nowrap" }}>
        {header}
      </Table.Th>
      <Table.Td>{t(`addressing.finder.kind.${kind}`)}</Table.Td>
      {COUNTS.map((count) => (
        <Table.Td key={count} ta="right" className="efs-numbers" fw={count === "trusted" ? 600 : 400}>
          {formatNumber(row[count])}
        </Table.Td>
      ))}
      <Table.Td className="efs-mono" style={{ whiteSpace: "nowrap" }}>
        {examples.slice(0, EXAMPLES).map((example) => (
          <div key={example}>{example}</div>
        ))}
      </Table.Td>
      <Table.Td>
        {where.slice(0, EXAMPLES).map((place) => (
          <div key={place}>{place}</div>
        ))}
      </Table.Td>
    </Table.Tr>
  );
}

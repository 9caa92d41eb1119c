/** `efsalias.txt` and `efsusers.txt`: what is in force, what is wrong with the file, import and export. */
import { Button, Group, Paper, Skeleton, Stack, Table, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  CircleCheck,
  CircleMinus,
  Download,
  type LucideIcon,
  Pencil,
  TriangleAlert,
  Upload,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AddressListName, AddressListStatus, AliasSource } from "../../../core/model/address-lists.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { problemOf, useAction, useCall } from "../../state/calls.ts";
import { formatNumber } from "../../state/format.ts";
import { saveAs } from "../../state/save-as.ts";
import { ImportDialog } from "./import-dialog.tsx";
import { Part } from "./part.tsx";

const FILES: Readonly<Record<AddressListName, string>> = { aliases: "efsalias.txt", users: "efsusers.txt" };

export function ClassicList({
  list,
  onTake,
}: {
  readonly list: AddressListName;
  /** Takes aliases into the table in place of the file. */
  readonly onTake?: (aliases: AliasSource) => void;
}) {
  const { t } = useTranslation();
  const { data, error } = useCall("lists", {});
  const status = data?.find((each) => each.list === list);
  const [importing, dialog] = useDisclosure(false);
  const [text, setText] = useState("");
  const exporting = useAction("export-list");
  const download = (): void =>
    exporting.mutate(
      { list },
      { onSuccess: (file) => saveAs(new Blob([file.text], { type: "text/plain" }), FILES[list]) },
    );
  const edit = (): void =>
    exporting.mutate(
      { list },
      {
        onSuccess: (file) => {
          setText(file.text);
          dialog.open();
        },
      },
    );
  return (
    <Part title={t(`addressing.list.${list}.title`)} hint={t(`addressing.list.${list}.hint`)}>
      {error && <ProblemAlert problem={problemOf(error)} />}
      {exporting.error && <ProblemAlert problem={problemOf(exporting.error)} />}
      {status === undefined && !error && <Skeleton height={90} />}
      {status !== undefined && (
        <Paper withBorder p="md">
          <Stack gap="sm">
            <InForce status={status} />
            {status.problem !== null && <ProblemAlert severity="warning" problem={status.problem} />}
            {status.lineProblemCount > 0 && <LineProblems status={status} />}
            <Group gap="xs">
              <Button
                leftSection={<Upload size={14} aria-hidden />}
                variant={list === "users" && status.inForce === "none" ? "filled" : "default"}
                onClick={() => {
                  setText("");
                  dialog.open();
                }}
              >
                {t("addressing.list.import")}
              </Button>
              {list === "users" && (
                <Button
                  variant="default"
                  leftSection={<Pencil size={14} aria-hidden />}
                  disabled={exporting.isPending}
                  onClick={edit}
                >
                  {t("addressing.list.edit")}
                </Button>
              )}
              <Tooltip label={t(`addressing.list.${list}.downloadHint`)}>
                <Button
                  variant="default"
                  leftSection={<Download size={14} aria-hidden />}
                  disabled={exporting.isPending || (list === "users" && status.entries === 0)}
                  onClick={download}
                >
                  {t(`addressing.list.${list}.download`)}
                </Button>
              </Tooltip>
            </Group>
          </Stack>
        </Paper>
      )}
      <ImportDialog
        list={list}
        opened={importing}
        onClose={dialog.close}
        initial={text}
        {...(onTake === undefined ? {} : { onTake })}
      />
    </Part>
  );
}

const LOOKS: Readonly<
  Record<AddressListStatus["inForce"], { readonly icon: LucideIcon; readonly color: string }>
> = {
  file: { icon: CircleCheck, color: "var(--efs-good)" },
  "last-good": { icon: TriangleAlert, color: "var(--efs-warn)" },
  none: { icon: CircleMinus, color: "var(--mantine-color-dimmed)" },
};

function InForce({ status: { list, inForce, entries, path } }: { readonly status: AddressListStatus }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOKS[inForce];
  const count = t(`addressing.list.${list}.entries`, { count: entries, number: formatNumber(entries) });
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start" data-in-force={inForce}>
      <Icon size={18} color={color} aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <Stack gap={2} style={{ minWidth: 0 }}>
        <Text size="sm">
          {inForce === "none" ? (
            t(`addressing.list.${list}.none`)
          ) : (
            <>
              <Text span inherit fw={600}>
                {t(inForce === "file" ? "addressing.list.file" : "addressing.list.last-good")}
              </Text>
              {": "}
              {count}
            </>
          )}
        </Text>
        <Text size="xs" c="dimmed" className="efs-mono" style={{ overflowWrap: "anywhere" }}>
          {path}
        </Text>
      </Stack>
    </Group>
  );
}

function LineProblems({ status }: { readonly status: AddressListStatus }) {
  const { t } = useTranslation();
  const { lineProblems, lineProblemCount } = status;
  const more = lineProblemCount - lineProblems.length;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {t("addressing.list.lines", { count: lineProblemCount, number: formatNumber(lineProblemCount) })}
      </Text>
      <Table.ScrollContainer minWidth={320} maxHeight={220}>
        <Table fz="xs" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right">{t("addressing.list.line")}</Table.Th>
              <Table.Th>{t("addressing.list.text")}</Table.Th>
              <Table.Th>{t("addressing.list.wrong")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lineProblems.map(({ line, text, message }) => (
              <Table.Tr key={`${line} ${message}`} style={{ verticalAlign: "top" }}>
                <Table.Td ta="right" className="efs-numbers">
                  {formatNumber(line)}
                </Table.Td>
                <Table.Td className="efs-mono" style={{ overflowWrap: "anywhere" }}>
                  {text}
                </Table.Td>
                <Table.Td>{message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {more > 0 && (
        <Text size="xs" c="dimmed">
          {t("addressing.list.more", { number: formatNumber(more) })}
        </Text>
      )}
    </Stack>
  );
}

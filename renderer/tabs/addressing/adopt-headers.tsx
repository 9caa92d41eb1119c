import { Button, Group, Paper, Stack, Table, Text } from "@mantine/core";
import { Check } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HeaderReport } from "../../../core/model/header-report.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { problemOf, useAction } from "../../state/calls.ts";
import { adoptedChanges } from "./adoption.ts";

/** Exactly what one click changes, and the click. */
export function AdoptHeaders({
  report: { accountId, adopt },
  account,
}: {
  readonly report: HeaderReport;
  readonly account: string;
}) {
  const { t } = useTranslation();
  const { form, unsaved } = useSettingsForm();
  // Adopting saves; what the form began from would be outdated then.
  const changed = form.isDirty();
  const action = useAction("adopt-headers", ["settings", "resolve"]);
  // As it was before the click: afterwards both sides would be the same.
  const [changes] = useState(() => (adopt === null ? [] : adoptedChanges(adopt, unsaved(), accountId)));
  if (adopt === null || changes.length === 0) {
    return <Text size="sm">{t("addressing.finder.adopt.nothing")}</Text>;
  }
  if (action.isSuccess) {
    return (
      <Group gap={8} wrap="nowrap" role="status">
        <Check size={16} color="var(--efs-good)" aria-hidden style={{ flex: "none" }} />
        <Text size="sm">{t("addressing.finder.adopt.done", { account })}</Text>
      </Group>
    );
  }
  const list = (entries: readonly string[]): string =>
    entries.length === 0 ? t("addressing.finder.adopt.none") : entries.join(", ");
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {t("addressing.finder.adopt.title", { account })}
        </Text>
        <Table fz="sm" verticalSpacing={4} withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("addressing.finder.adopt.setting")}</Table.Th>
              <Table.Th>{t("addressing.finder.adopt.before")}</Table.Th>
              <Table.Th>{t("addressing.finder.adopt.after")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map(({ setting, before, after }) => (
              <Table.Tr key={setting}>
                <Table.Td>{t(`addressing.finder.adopt.${setting}`)}</Table.Td>
                <Table.Td c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {list(before)}
                </Table.Td>
                <Table.Td fw={600} style={{ overflowWrap: "anywhere" }}>
                  {list(after)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {action.error && <ProblemAlert problem={problemOf(action.error)} />}
        <Group gap="sm">
          <Button
            leftSection={<Check size={16} aria-hidden />}
            loading={action.isPending}
            disabled={changed}
            onClick={() => action.mutate({ account: accountId, adopt: mutable(adopt) })}
          >
            {t("addressing.finder.adopt.button")}
          </Button>
          <Text size="xs" c="dimmed">
            {changed ? t("addressing.finder.adopt.saveFirst") : t("addressing.finder.adopt.atOnce")}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}

function mutable(adopt: NonNullable<HeaderReport["adopt"]>) {
  const { custom, mailboxAddresses, trustedReceivedLines } = adopt;
  return {
    custom: custom === null ? null : [...custom],
    trustedReceivedLines,
    mailboxAddresses: mailboxAddresses === null ? null : [...mailboxAddresses],
  };
}

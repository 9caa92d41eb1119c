/** All accounts with what the last check said about each. */
import { ActionIcon, Anchor, Group, Menu, Paper, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { Copy, EllipsisVertical, Inbox, Pencil, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AccountSettings } from "../../../core/model/settings.ts";
import { Empty } from "../../components/page.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { useCall } from "../../state/calls.ts";
import { useStatus } from "../../state/status.ts";
import { AccountStateCell } from "./account-state.tsx";
import { accountState, duplicateAccount, wrongAccounts } from "./accounts.ts";
import { useAccounts } from "./use-accounts.ts";

export function AccountList({ onOpen }: { readonly onOpen: (index: number) => void }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const { accounts, saved, ids } = useAccounts();
  const status = useStatus();
  const alerts = useCall("alerts", {}).data ?? [];
  const wrong = wrongAccounts(Object.keys(form.errors));

  const change = (next: readonly AccountSettings[]): void => {
    form.clearErrors();
    form.setFieldValue("accounts", next);
  };
  if (accounts.length === 0) {
    return (
      <Empty icon={<Inbox size={40} strokeWidth={1.25} aria-hidden />} title={t("server.pop3.emptyTitle")}>
        {t("server.pop3.empty")}
      </Empty>
    );
  }
  return (
    <Paper withBorder bg="var(--efs-surface)">
      <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("server.pop3.account")}</Table.Th>
            <Table.Th w="25%">{t("server.pop3.addressed")}</Table.Th>
            <Table.Th w="38%">{t("server.pop3.state")}</Table.Th>
            <Table.Th w={48}>
              <VisuallyHidden>{t("server.pop3.actions")}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {accounts.map((account, index) => {
            const isSaved = saved.some(({ id }) => id === account.id);
            const state = accountState(
              account,
              isSaved ? status?.accounts.find(({ id }) => id === account.id) : undefined,
              alerts,
            );
            return (
              <Table.Tr key={account.id} style={{ verticalAlign: "top" }}>
                <Table.Td>
                  <Anchor
                    component="button"
                    type="button"
                    fw={600}
                    size="sm"
                    ta="left"
                    style={{ overflowWrap: "anywhere" }}
                    onClick={() => onOpen(index)}
                  >
                    {nameOf(account) || t("server.pop3.unnamed")}
                  </Anchor>
                  <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    {account.host === ""
                      ? t("server.pop3.noServer")
                      : `${account.username} · ${account.host}:${account.port}`}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Stack gap={0}>
                    <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                      {account.addressing.mode === "catch-all"
                        ? t("server.pop3.catchAll")
                        : account.addressing.recipients.join(", ")}
                    </Text>
                    {account.leaveOnServer && (
                      <Text size="xs" c="dimmed">
                        {t("server.pop3.leaves")}
                      </Text>
                    )}
                  </Stack>
                </Table.Td>
                <Table.Td>
                  <AccountStateCell state={state} wrong={wrong.includes(index)} />
                </Table.Td>
                <Table.Td>
                  <Actions
                    name={nameOf(account)}
                    onEdit={() => onOpen(index)}
                    onDuplicate={() => {
                      change([...accounts, duplicateAccount(account, ids)]);
                      onOpen(accounts.length);
                    }}
                    onRemove={() => change(accounts.filter((_, at) => at !== index))}
                  />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {saved.some(({ id }) => !accounts.some((account) => account.id === id)) && (
        <Group p="md" pt={4}>
          <Text size="sm">{t("server.pop3.removed")}</Text>
        </Group>
      )}
    </Paper>
  );
}

/** "" for one that has nothing yet. */
export function nameOf({ name, host }: AccountSettings): string {
  return name || host;
}

function Actions({
  name,
  onEdit,
  onDuplicate,
  onRemove,
}: {
  readonly name: string;
  readonly onEdit: () => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("server.pop3.actionsOf", { name })}>
          <EllipsisVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Pencil size={14} aria-hidden />} onClick={onEdit}>
          {t("server.pop3.edit")}
        </Menu.Item>
        <Menu.Item leftSection={<Copy size={14} aria-hidden />} onClick={onDuplicate}>
          {t("server.pop3.duplicate")}
        </Menu.Item>
        <Menu.Item leftSection={<Trash2 size={14} aria-hidden />} onClick={onRemove}>
          {t("server.pop3.remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What of the headers each account believes; it is changed in the account. */
import { Anchor, Table, Text, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { AccountSettings } from "../../../core/model/settings.ts";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { Part } from "./part.tsx";

export function accountName({ name, username, host }: AccountSettings): string {
  return name === "" ? `${username}, ${host}` : name;
}

export function AccountTrust() {
  const { t } = useTranslation();
  const { accounts } = useSettingsForm().unsaved();
  return (
    <Part title={t("addressing.headers.accounts.title")} hint={t("addressing.headers.accounts.hint")}>
      {accounts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("addressing.headers.accounts.empty")}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("addressing.headers.accounts.account")}</Table.Th>
                <Table.Th ta="right">{t("addressing.headers.accounts.lines")}</Table.Th>
                <Table.Th>{t("addressing.headers.accounts.own")}</Table.Th>
                <Table.Th>{t("addressing.headers.accounts.special")}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{t("addressing.headers.accounts.change")}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {accounts.map((account) => (
                <AccountRow key={account.id} account={account} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Part>
  );
}

function AccountRow({ account }: { readonly account: AccountSettings }) {
  const { t } = useTranslation();
  const none = t("addressing.headers.accounts.none");
  const list = (entries: readonly string[] | null): string =>
    entries === null || entries.length === 0 ? none : entries.join(", ");
  const change = (
    <Table.Td>
      <Anchor
        component={Link}
        href={`/pop3/${account.id}`}
        size="sm"
        aria-label={t("addressing.headers.accounts.changeOf", { name: accountName(account) })}
      >
        {t("addressing.headers.accounts.change")}
      </Anchor>
    </Table.Td>
  );
  if (account.addressing.mode === "single") {
    return (
      <Table.Tr>
        <Table.Td>{accountName(account)}</Table.Td>
        <Table.Td colSpan={3} c="dimmed">
          {t("addressing.headers.accounts.single")}
        </Table.Td>
        {change}
      </Table.Tr>
    );
  }
  return (
    <Table.Tr>
      <Table.Td>{accountName(account)}</Table.Td>
      <Table.Td ta="right" className="efs-numbers">
        {account.trustedReceivedLines}
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{list(account.mailboxAddresses)}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{list(account.headers.custom)}</Table.Td>
      {change}
    </Table.Tr>
  );
}

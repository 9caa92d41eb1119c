/** "Find the right header": looks at the newest messages of an account, tells what they say, adopts it with a click. */
import { Button, Group, Paper, Progress, Select, Stack, Text } from "@mantine/core";
import { ScanSearch } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { problemOf, useAction } from "../../state/calls.ts";
import { accountName } from "./account-trust.tsx";
import { FoundHeaders } from "./found-headers.tsx";
import { Part } from "./part.tsx";

export function HeaderFinder() {
  const { t } = useTranslation();
  const { accounts } = useSettingsForm().unsaved();
  return (
    <Part title={t("addressing.finder.title")} hint={t("addressing.finder.hint")}>
      {accounts.length === 0 ? (
        <Group gap="sm">
          <Text size="sm">{t("addressing.finder.noAccounts")}</Text>
          <Button component={Link} href="/pop3" size="xs" variant="default">
            {t("addressing.finder.toPop3")}
          </Button>
        </Group>
      ) : (
        <Finder />
      )}
    </Part>
  );
}

function Finder() {
  const { t } = useTranslation();
  const { unsaved } = useSettingsForm();
  const { accounts } = unsaved();
  const [chosen, setChosen] = useState<string | null>(null);
  const look = useAction("headers");
  const account = accounts.find(({ id }) => id === chosen) ?? accounts[0];
  if (account === undefined) return null;
  const name = accountName(account);
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Group align="flex-end" gap="xs">
          <Select
            label={t("addressing.finder.account")}
            data={accounts.map((each) => ({ value: each.id, label: accountName(each) }))}
            value={account.id}
            onChange={(value) => {
              setChosen(value);
              look.reset();
            }}
            allowDeselect={false}
            disabled={look.isPending}
            style={{ flex: 1, minWidth: 180, maxWidth: 320 }}
          />
          <Button
            leftSection={<ScanSearch size={16} aria-hidden />}
            loading={look.isPending}
            onClick={() => look.mutate({ account: account.id, settings: JSON.stringify(unsaved()) })}
          >
            {look.data === undefined ? t("addressing.finder.look") : t("addressing.finder.again")}
          </Button>
        </Group>
        {look.isPending && (
          <Stack gap={6} role="status">
            <Progress value={100} animated size="sm" aria-label={t("addressing.finder.progress")} />
            <Text size="sm" c="dimmed">
              {t("addressing.finder.busy", { account: name })}
            </Text>
          </Stack>
        )}
        {look.error && <ProblemAlert problem={problemOf(look.error)} />}
        {look.data !== undefined && !look.isPending && (
          <FoundHeaders key={look.submittedAt} report={look.data} account={name} />
        )}
      </Stack>
    </Paper>
  );
}

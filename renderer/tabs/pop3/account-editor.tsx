/** One account, every setting of it, in groups. */
import { Alert, Button, Group, Text, TextInput, Title } from "@mantine/core";
import { ArrowLeft, KeyRound } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountSettings } from "../../../core/model/settings.ts";
import { accountSchema } from "../../../core/model/settings.ts";
import { RadioField, RiskySwitchField } from "../../components/choice-fields.tsx";
import { NumberField, PasswordField, SwitchField, TextField } from "../../components/fields.tsx";
import { Section } from "../../components/page.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { useAction } from "../../state/calls.ts";
import { ConnectionTestPanel } from "../servers/connection-test.tsx";
import { HostField } from "../servers/host-field.tsx";
import { partErrors } from "../servers/part-errors.ts";
import { POP3_PORTS } from "../servers/ports.ts";
import { SecurityFields } from "../servers/security-fields.tsx";
import { Terms } from "../servers/terms.tsx";
import { nameOf } from "./account-list.tsx";
import { needsPasswordAgain, proposeAccountId } from "./accounts.ts";
import { AddressingFields } from "./addressing-fields.tsx";
import { FirstUse } from "./first-use.tsx";
import { useAccounts } from "./use-accounts.ts";

const MEGABYTE = 1_048_576;

export function AccountEditor({ index, onClose }: { readonly index: number; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { accounts, saved } = useAccounts();
  const account = accounts[index];
  // The question stays where it was asked, also when it has been answered.
  const [asked] = useState(account?.firstUse === null);
  if (account === undefined) return null;
  const at = `accounts.${index}`;
  const stored = saved.find(({ id }) => id === account.id);
  return (
    <>
      <Group gap="sm">
        <Button
          variant="default"
          size="xs"
          leftSection={<ArrowLeft size={14} aria-hidden />}
          onClick={onClose}
        >
          {t("server.pop3.all")}
        </Button>
        <Title order={2}>{nameOf(account) || t("server.pop3.newAccount")}</Title>
      </Group>
      {asked && <FirstUse at={at} question answered={account.firstUse !== null} />}
      <MailboxSection at={at} account={account} stored={stored} />
      <Section title={t("server.account.connection")} help={<ConnectionHelp />}>
        <SecurityFields at={at} text="server.account" usual={POP3_PORTS} />
        <AccountTest at={at} account={account} />
      </Section>
      <Section title={t("server.account.onServer")} help={t("server.account.onServerHelp")}>
        <RiskySwitchField name={`${at}.leaveOnServer`} text="server.account.leaveOnServer" risky={false} />
        <NumberField
          name={`${at}.deleteAfterDays`}
          text="server.account.deleteAfterDays"
          suffix={(count) => t("server.units.days", { count })}
          nullable
          disabled={!account.leaveOnServer}
          min={0}
        />
        {!asked && <FirstUse at={at} />}
      </Section>
      <AddressingFields at={at} account={account} />
      <Section title={t("server.account.limits")} help={t("server.account.limitsHelp")}>
        <NumberField
          name={`${at}.intervalMinutes`}
          text="server.account.intervalMinutes"
          suffix={t("server.units.minutes")}
          nullable
          min={1}
          max={300}
        />
        <NumberField
          name={`${at}.maxMessageBytes`}
          text="server.account.maxMessageBytes"
          suffix="MB"
          scale={MEGABYTE}
          nullable
        />
        <RadioField name={`${at}.oversize`} text="server.account.oversize" values={["leave", "headers"]} />
        <NumberField
          name={`${at}.messagesBeforeSend`}
          text="server.account.messagesBeforeSend"
          min={5}
          max={20}
        />
        <NumberField
          name={`${at}.timeoutSeconds`}
          text="server.account.timeoutSeconds"
          suffix={t("server.units.seconds")}
          min={5}
          max={600}
        />
      </Section>
    </>
  );
}

function MailboxSection({
  at,
  account,
  stored,
}: {
  readonly at: string;
  readonly account: AccountSettings;
  readonly stored: AccountSettings | undefined;
}) {
  const { t } = useTranslation();
  useProposedId(at, account, stored === undefined);
  return (
    <Section title={t("server.account.mailbox")} help={t("server.account.mailboxHelp")}>
      <SwitchField name={`${at}.enabled`} text="server.account.enabled" />
      <TextField name={`${at}.name`} text="server.account.name" />
      <HostField name={`${at}.host`} text="server.account.host" />
      <TextField name={`${at}.username`} text="server.account.username" />
      <PasswordField name={`${at}.password`} text="server.account.password" />
      {needsPasswordAgain(account, stored) && (
        <Alert color="yellow" icon={<KeyRound size={18} aria-hidden />}>
          {t("server.account.passwordAgain")}
        </Alert>
      )}
      <AccountId at={at} isNew={stored === undefined} />
    </Section>
  );
}

/** Named after what was entered, until it is saved: files and the list of known messages carry the id. */
function useProposedId(at: string, { id, name, host }: AccountSettings, isNew: boolean): void {
  const { form } = useSettingsForm();
  const { accounts, saved } = useAccounts();
  const index = Number(at.split(".")[1]);
  const others = [...accounts.filter((_, other) => other !== index), ...saved].map((other) => other.id);
  const proposed = isNew ? proposeAccountId({ name, host }, others) : id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form is the same one all the time
  useEffect(() => {
    if (proposed !== id) form.setFieldValue(`${at}.id`, proposed);
  }, [proposed, id, at]);
}

function AccountId({ at, isNew }: { readonly at: string; readonly isNew: boolean }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const { value, error } = form.getInputProps(`${at}.id`);
  return (
    <TextInput
      label={t("server.account.id.label")}
      description={isNew ? t("server.account.id.new") : t("server.account.id.hint")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={value}
      error={error}
      readOnly
      variant="filled"
      styles={{ wrapper: { maxWidth: 220 } }}
    />
  );
}

function AccountTest({ at, account }: { readonly at: string; readonly account: AccountSettings }) {
  const { t } = useTranslation();
  const { unsaved } = useSettingsForm();
  const trial = useAction("test-account");
  return (
    <ConnectionTestPanel
      at={at}
      trial={trial}
      hint={t("server.test.accountHint")}
      wrong={() => partErrors(accountSchema, account, at)}
      start={() => trial.mutate({ settings: JSON.stringify(unsaved()), account: account.id })}
    />
  );
}

function ConnectionHelp() {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" inherit>
        {t("server.account.connectionHelp")}
      </Text>
      <Terms names={["starttls", "tls", "uidl", "fingerprint"]} />
    </>
  );
}

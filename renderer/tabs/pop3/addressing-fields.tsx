/** Whose mail is in a mailbox: everybody's, found out from the headers, or that of certain addresses. */
import { Anchor, Stack, Switch } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { AccountSettings } from "../../../core/model/settings.ts";
import { ChecksField, RadioField } from "../../components/choice-fields.tsx";
import { ListField, NumberField, useFieldTexts } from "../../components/fields.tsx";
import { Section } from "../../components/page.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";

const IGNORABLE = ["received-for", "to", "cc", "bcc", "resent"];

export function AddressingFields({
  at,
  account,
}: {
  readonly at: string;
  readonly account: AccountSettings;
}) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const { mode } = account.addressing;
  const recipients = useRef<readonly string[]>([]);
  return (
    <Section
      title={t("server.account.addressing")}
      help={
        <Stack gap="xs">
          {t("server.account.addressingHelp")}
          <Anchor component={Link} href="/headers" size="sm">
            {t("server.account.openHeaders")}
          </Anchor>
        </Stack>
      }
    >
      <RadioField
        name={`${at}.addressing.mode`}
        text="server.account.mode"
        values={["catch-all", "single"]}
        onChoose={(chosen) => {
          if (account.addressing.mode === "single") recipients.current = account.addressing.recipients;
          form.setFieldValue(
            `${at}.addressing`,
            chosen === "single" ? { mode: "single", recipients: recipients.current } : { mode: "catch-all" },
          );
        }}
      />
      {mode === "single" ? (
        <ListField name={`${at}.addressing.recipients`} text="server.account.recipients" />
      ) : (
        <>
          <ListField name={`${at}.mailboxAddresses`} text="server.account.mailboxAddresses" />
          <NumberField
            name={`${at}.trustedReceivedLines`}
            text="server.account.trustedReceivedLines"
            min={0}
            max={20}
          />
          <OwnSwitch name={`${at}.headers.custom`} text="server.account.ownCustom" />
          {account.headers.custom !== null && (
            <ListField name={`${at}.headers.custom`} text="server.account.custom" />
          )}
          <OwnSwitch name={`${at}.headers.ignore`} text="server.account.ownIgnore" />
          {account.headers.ignore !== null && (
            <ChecksField name={`${at}.headers.ignore`} text="server.account.ignore" values={IGNORABLE} />
          )}
        </>
      )}
    </Section>
  );
}

/** On: the account has a list of its own, in place of the general one. */
function OwnSwitch({ name, text }: { readonly name: string; readonly text: string }) {
  const { form } = useSettingsForm();
  const { label, description } = useFieldTexts(text);
  return (
    <Switch
      label={label}
      {...(description === undefined ? {} : { description })}
      checked={form.getInputProps(name).value !== null}
      onChange={({ currentTarget: { checked } }) => form.setFieldValue(name, checked ? [] : null)}
    />
  );
}

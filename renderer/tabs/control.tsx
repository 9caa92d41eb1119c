/** What may pass, what is changed on the way, what is kept. */
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { RadioField, RiskySwitchField, useConfirmRisk } from "../components/choice-fields.tsx";
import { LinesField, NumberField, SwitchField } from "../components/fields.tsx";
import { Page, Section } from "../components/page.tsx";
import { SettingsForm, useSettingsForm } from "../components/settings-form.tsx";

const MEGABYTE = 1_048_576;

export function ControlPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("pages.control")} lead={t("server.control.lead")}>
      <SettingsForm sections={["control", "backup", "duplicates"]}>
        <Section title={t("server.control.size")} help={t("server.hints.maxSize")}>
          <NumberField
            name="control.maxMessageBytes"
            text="server.control.maxMessageBytes"
            suffix="MB"
            scale={MEGABYTE}
          />
        </Section>
        <Blocked />
        <Backup />
        <Section title={t("server.control.duplicates")} help={t("server.control.duplicatesHelp")}>
          <NumberField
            name="duplicates.days"
            text="server.control.duplicateDays"
            suffix={(count) => t("server.units.days", { count })}
            min={0}
            max={365}
          />
        </Section>
        <Section title={t("server.control.changes")} help={t("server.control.changesHelp")}>
          <SwitchField name="control.stripReadReceipts" text="server.control.stripReadReceipts" />
          <RiskySwitchField name="control.traceHeader" text="server.control.traceHeader" risky={false} />
        </Section>
        <Section title={t("server.control.loop")}>
          <Text size="sm">{t("server.control.loopText")}</Text>
        </Section>
      </SettingsForm>
    </Page>
  );
}

function Blocked() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const confirmRisk = useConfirmRisk();
  const name = "control.blocked.action";
  return (
    <Section title={t("server.control.blocked")} help={t("server.control.blockedHelp")}>
      <LinesField name="control.blocked.senders" text="server.control.senders" rows={3} />
      <LinesField name="control.blocked.recipients" text="server.control.recipients" rows={3} />
      <LinesField name="control.blocked.subjects" text="server.control.subjects" rows={3} />
      <RadioField
        name={name}
        text="server.control.action"
        values={["junk", "discard"]}
        onChoose={(action) => {
          const change = (): void => form.setFieldValue(name, action);
          if (action === "discard") confirmRisk("server.control.action.risk", change);
          else change();
        }}
      />
    </Section>
  );
}

function Backup() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  return (
    <Section title={t("server.control.backup")} help={t("server.control.backupHelp")}>
      <SwitchField name="backup.enabled" text="server.control.backupEnabled" />
      <NumberField
        name="backup.days"
        text="server.control.backupDays"
        suffix={(count) => t("server.units.days", { count })}
        min={0}
        disabled={form.getInputProps("backup.enabled").value !== true}
      />
    </Section>
  );
}

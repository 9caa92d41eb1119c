/** Where mail is handed over: the office's mail server, a second one, and the postmaster. */
import { Alert, Anchor, List, Stack, Switch, Text } from "@mantine/core";
import { Info, TriangleAlert } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { settingsSchema } from "../../core/model/settings.ts";
import { RadioField, RiskySwitchField } from "../components/choice-fields.tsx";
import { NumberField, TextField, useFieldTexts } from "../components/fields.tsx";
import { Page, Section } from "../components/page.tsx";
import { SettingsForm, useSettingsForm } from "../components/settings-form.tsx";
import { isOurAddress } from "./servers/our-domains.ts";
import { Terms } from "./servers/terms.tsx";
import { ServerFields } from "./smtp/server-fields.tsx";

const smtpSchema = settingsSchema.shape.smtp;
type Fallback = (typeof smtpSchema)["_output"]["fallback"];

export function SmtpPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("pages.smtp")} lead={t("server.smtp.lead")}>
      <SettingsForm sections={["smtp", "postmaster", "retry"]}>
        <Section
          title={t("server.smtp.local")}
          help={
            <>
              <Hints
                items={[t("server.hints.anyAddress"), t("server.hints.exchange"), t("server.hints.maxSize")]}
              />
              <Terms names={["starttls", "tls", "fingerprint"]} />
            </>
          }
        >
          <ServerFields at="smtp" which="smtp" />
        </Section>
        <Postmaster />
        <Delivery />
        <SecondServer />
      </SettingsForm>
    </Page>
  );
}

function Delivery() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  return (
    <Section
      title={t("server.smtp.delivery")}
      help={
        <>
          {t("server.smtp.deliveryHelp")}
          <Terms names={["helo"]} />
        </>
      }
    >
      <RiskySwitchField name="smtp.forward" text="server.smtp.forward" risky={false} />
      {form.getInputProps("smtp.forward").value === false && <Notice>{t("server.smtp.forwardOff")}</Notice>}
      <NumberField
        name="retry.expireDays"
        text="server.smtp.expireDays"
        suffix={(count) => t("server.units.days", { count })}
        min={1}
        max={60}
      />
      <TextField name="smtp.helo" text="server.smtp.helo" nullable />
      <NumberField name="smtp.connections" text="server.smtp.connections" min={1} max={20} />
      <NumberField
        name="smtp.messagesPerConnection"
        text="server.smtp.messagesPerConnection"
        min={1}
        max={10_000}
      />
    </Section>
  );
}

function Postmaster() {
  const { t } = useTranslation();
  const { form, unsaved } = useSettingsForm();
  const address = String(form.getInputProps("postmaster.address").value ?? "");
  const sendErrors = form.getInputProps("postmaster.sendErrors").value === true;
  return (
    <Section
      title={t("server.smtp.postmaster")}
      help={
        <>
          <Hints items={[t("server.hints.someFail")]} />
          <Terms names={["vda"]} />
        </>
      }
    >
      <TextField name="postmaster.address" text="server.smtp.address" />
      {!isOurAddress(address, unsaved().domains) && (
        <Notice warning>{t("server.smtp.addressOutside", { address })}</Notice>
      )}
      <RiskySwitchField name="postmaster.sendErrors" text="server.smtp.sendErrors" risky={false} />
      <RadioField
        name="postmaster.reportStyle"
        text="server.smtp.reportStyle"
        values={["first-500-lines", "attach"]}
        disabled={!sendErrors}
      />
      <Text size="sm">
        {t("server.smtp.noRecipient")}{" "}
        <Anchor component={Link} href="/domains" inherit underline="always">
          {t("server.smtp.openDomains")}
        </Anchor>
      </Text>
    </Section>
  );
}

function SecondServer() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const { label, description } = useFieldTexts("server.smtp.fallback");
  const value: Fallback = form.getInputProps("smtp.fallback").value ?? null;
  const before = useRef<Fallback>(null);
  return (
    <Section title={t("server.smtp.second")} help={t("server.smtp.secondHelp")}>
      <Switch
        label={label}
        description={description}
        checked={value !== null}
        onChange={({ currentTarget: { checked } }) => {
          if (!checked) before.current = value;
          form.setFieldValue("smtp.fallback", checked ? (before.current ?? EMPTY_SERVER) : null);
        }}
      />
      {value !== null && <ServerFields at="smtp.fallback" which="fallback" />}
    </Section>
  );
}

const EMPTY_SERVER: NonNullable<Fallback> = {
  host: "",
  port: 25,
  security: "none",
  acceptedCertificate: null,
  username: null,
  password: null,
};

function Hints({ items }: { readonly items: readonly string[] }) {
  return (
    <List size="sm" spacing="xs" listStyleType="none">
      {items.map((item) => (
        <List.Item key={item}>{item}</List.Item>
      ))}
    </List>
  );
}

function Notice({ warning = false, children }: { readonly warning?: boolean; readonly children: ReactNode }) {
  const Icon = warning ? TriangleAlert : Info;
  return (
    <Alert color={warning ? "yellow" : "calm"} icon={<Icon size={18} aria-hidden />}>
      <Stack gap={4}>
        <Text size="sm">{children}</Text>
      </Stack>
    </Alert>
  );
}

/** Security and port: the port follows the security while it is the usual one. */
import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioField } from "../../components/choice-fields.tsx";
import { NumberField } from "../../components/fields.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { shownFingerprint } from "./certificate.ts";
import type { UsualPorts } from "./ports.ts";
import { useSecurityChoice } from "./use-security-choice.ts";

export function SecurityFields({
  at,
  text,
  usual,
}: {
  /** Where the server is in the settings: `accounts.0`, `smtp`. */
  readonly at: string;
  readonly text: string;
  readonly usual: UsualPorts;
}) {
  return (
    <>
      <RadioField
        name={`${at}.security`}
        text={`${text}.security`}
        values={Object.keys(usual)}
        onChoose={useSecurityChoice(at, usual)}
      />
      <NumberField name={`${at}.port`} text={`${text}.port`} min={1} max={65_535} />
      <AcceptedCertificate at={at} />
    </>
  );
}

/** Shown only where one is accepted; giving it up needs no question, it is the safe side. */
export function AcceptedCertificate({ at }: { readonly at: string }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const name = `${at}.acceptedCertificate`;
  const accepted: string | null = form.getInputProps(name).value ?? null;
  if (accepted === null) return null;
  return (
    <Stack gap={6}>
      <Group gap={6}>
        <ShieldCheck size={16} aria-hidden />
        <Text size="sm" fw={500}>
          {t("server.certificate.acceptedTitle")}
        </Text>
      </Group>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {shownFingerprint(accepted)}
      </Code>
      <Text size="xs" c="dimmed">
        {t("server.certificate.acceptedHint")}
      </Text>
      <Button
        size="xs"
        variant="default"
        style={{ alignSelf: "flex-start" }}
        onClick={() => form.setFieldValue(name, null)}
      >
        {t("server.certificate.giveUp")}
      </Button>
    </Stack>
  );
}

import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PasswordField, TextField } from "../components/fields.tsx";
import { HostField } from "../tabs/servers/host-field.tsx";
import { POP3_PORTS } from "../tabs/servers/ports.ts";
import { useFacts } from "./facts.ts";
import { SecurityAndPort } from "./security-and-port.tsx";
import { StepCard } from "./step-card.tsx";
import { TrialOutcome } from "./trial-outcome.tsx";
import type { Assistant } from "./use-assistant.ts";

export function MailboxStep({ assistant }: { readonly assistant: Assistant }) {
  const { t } = useTranslation();
  const { mailbox } = useFacts(assistant);
  return (
    <StepCard assistant={assistant}>
      <HostField name="accounts.0.host" text="server.account.host" />
      <SecurityAndPort at="accounts.0" text="server.account" usual={POP3_PORTS} />
      <Group gap="md" align="flex-start" grow>
        <TextField name="accounts.0.username" text="server.account.username" />
        <PasswordField name="accounts.0.password" text="assistant.password" />
      </Group>
      <TrialOutcome assistant={assistant} step="mailbox" works={mailbox} />
      <Text size="xs" c="dimmed">
        {t("assistant.mailbox.later")}
      </Text>
    </StepCard>
  );
}

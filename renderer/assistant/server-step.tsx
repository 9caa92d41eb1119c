import { Button, Group, Switch, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PasswordField, TextField, useFieldTexts } from "../components/fields.tsx";
import { useCall } from "../state/calls.ts";
import { HostField } from "../tabs/servers/host-field.tsx";
import { SMTP_PORTS } from "../tabs/servers/ports.ts";
import { useFacts } from "./facts.ts";
import { SecurityAndPort } from "./security-and-port.tsx";
import { StepCard } from "./step-card.tsx";
import { TrialOutcome } from "./trial-outcome.tsx";
import type { Assistant } from "./use-assistant.ts";

export function ServerStep({ assistant }: { readonly assistant: Assistant }) {
  const { form, draft } = assistant;
  const { server } = useFacts(assistant);
  const { label, description } = useFieldTexts("assistant.server.needsLogin");
  return (
    <StepCard assistant={assistant}>
      <HostField name="smtp.host" text="assistant.server.host" />
      <Names assistant={assistant} />
      <SecurityAndPort at="smtp" text="server.smtp" usual={SMTP_PORTS} />
      <Switch
        {...form.getInputProps("needsLogin", { type: "checkbox" })}
        label={label}
        {...(description === undefined ? {} : { description })}
      />
      {draft.needsLogin && (
        <Group gap="md" align="flex-start" grow>
          <TextField name="smtp.username" text="assistant.server.username" />
          <PasswordField name="smtp.password" text="assistant.password" />
        </Group>
      )}
      <TrialOutcome assistant={assistant} step="server" works={server} />
    </StepCard>
  );
}

/** Servers that are likely: this computer, by either of its names. */
function Names({ assistant: { form, draft } }: { readonly assistant: Assistant }) {
  const { t } = useTranslation();
  const { data: hello } = useCall("hello", {}, { staleTime: Number.POSITIVE_INFINITY });
  const names = [...new Set(["localhost", hello?.hostName ?? "localhost"])];
  return (
    <Group gap="xs" mt={-8}>
      <Text size="xs" c="dimmed">
        {t("assistant.server.thisComputer")}
      </Text>
      {names.map((name) => (
        <Button
          key={name}
          size="compact-xs"
          variant={draft.smtp.host === name ? "light" : "default"}
          aria-pressed={draft.smtp.host === name}
          onClick={() => form.setFieldValue("smtp.host", name)}
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}

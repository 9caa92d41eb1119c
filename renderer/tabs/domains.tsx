import { Group, Stack, Text } from "@mantine/core";
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioField } from "../components/choice-fields.tsx";
import { ListField, TextField } from "../components/fields.tsx";
import { useSettingsForm } from "../components/settings-form.tsx";
import { Term } from "../components/term.tsx";
import { AddressingPage } from "./addressing/addressing-page.tsx";
import { Part } from "./addressing/part.tsx";

export function DomainsPage() {
  const { t } = useTranslation();
  return (
    <AddressingPage name="domains" sections={["domains", "noRecipient"]}>
      <Part title={t("addressing.domains.own")}>
        <Stack gap="sm" maw={640}>
          <TextField name="domains.primary" text="addressing.domains.primary" />
          <ListField name="domains.secondary" text="addressing.domains.secondary" />
        </Stack>
      </Part>
      <Part
        title={<Term meaning={t("addressing.domains.vda")}>{t("addressing.domains.alias")}</Term>}
        hint={t("addressing.domains.vdaUse")}
      >
        <Stack gap="sm" maw={640}>
          <TextField name="domains.virtualAlias" text="addressing.domains.virtualAlias" nullable />
          <VdaExample />
        </Stack>
      </Part>
      <Part title={t("addressing.domains.noRecipient.title")}>
        <RadioField
          name="noRecipient"
          text="addressing.domains.noRecipient"
          values={["postmaster", "junk"]}
        />
      </Part>
    </AddressingPage>
  );
}

/** With the domains as they are typed. */
function VdaExample() {
  const { t } = useTranslation();
  const { unsaved } = useSettingsForm();
  const { primary, virtualAlias } = unsaved().domains;
  const domain = primary.trim() === "" ? "example.com" : primary.trim();
  const alias = virtualAlias?.trim() ?? "";
  if (alias === "") {
    return (
      <Text size="sm" c="dimmed">
        {t("addressing.domains.exampleNone", { domain })}
      </Text>
    );
  }
  return (
    <Group gap={8} wrap="wrap">
      <Text size="sm" c="dimmed">
        {t("addressing.domains.example")}
      </Text>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        james@{domain}
      </Text>
      <ArrowRight size={14} aria-label={t("addressing.tryIt.becomes")} role="img" />
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        james@{alias}
      </Text>
    </Group>
  );
}

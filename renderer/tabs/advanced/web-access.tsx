/** From where browsers may open these pages. */
import { Alert, Button, Code, Text } from "@mantine/core";
import { KeyRound, ShieldAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { missingForOutside } from "../../../core/model/web-outside.ts";
import { ListField, NumberField, PasswordField, TextField } from "../../components/fields.tsx";
import { Section } from "../../components/page.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { isOnlyHere, pagesAddress } from "./pages-address.ts";

export function WebAccess() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const { web } = form.getValues();
  const missing = missingForOutside(web);
  return (
    <Section title={t("server.advanced.web")} help={t("server.advanced.webHelp")}>
      <Text size="sm">
        {t("server.advanced.webAddress")} <Code>{pagesAddress(web)}</Code>
      </Text>
      <TextField name="web.host" text="server.web.host" />
      {!isOnlyHere(web.host) && (
        <Alert
          color="yellow"
          icon={<ShieldAlert size={18} aria-hidden />}
          title={t("server.web.outsideTitle")}
        >
          {missing.length === 0
            ? t("server.web.outside")
            : t("server.web.outsideNeeds", {
                list: missing.map((part) => t(`server.web.parts.${part}`)).join(", "),
              })}
        </Alert>
      )}
      <NumberField name="web.port" text="server.web.port" min={1} max={65_535} />
      <ListField name="web.names" text="server.web.names" />
      <PasswordField name="web.password" text="server.web.password" nullable />
      {web.password !== null && (
        <Button
          size="xs"
          variant="default"
          style={{ alignSelf: "flex-start" }}
          leftSection={<KeyRound size={14} aria-hidden />}
          onClick={() => form.setFieldValue("web.password", null)}
        >
          {t("server.web.noPassword")}
        </Button>
      )}
      <TextField name="web.certificate" text="server.web.certificate" nullable />
      <TextField name="web.key" text="server.web.key" nullable />
    </Section>
  );
}

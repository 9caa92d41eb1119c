/** A server's name with the button "IP": its addresses appear below. */
import { Box, Button, Code, Group, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { below, useFieldTexts } from "../../components/fields.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { problemOf, useAction } from "../../state/calls.ts";

export function HostField({ name, text }: { readonly name: string; readonly text: string }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const lookUp = useAction("look-up");
  const input = form.getInputProps(name);
  const host = String(input.value ?? "").trim();
  const found = lookUp.data?.host === host ? lookUp.data.addresses : null;
  return (
    <Box>
      <TextInput
        {...below}
        {...input}
        {...useFieldTexts(text)}
        value={input.value ?? ""}
        spellCheck={false}
        autoComplete="off"
        rightSectionWidth={56}
        rightSection={
          <Button
            size="compact-xs"
            variant="default"
            disabled={host === ""}
            loading={lookUp.isPending}
            aria-label={t("server.lookUp.button", { host })}
            title={t("server.lookUp.title")}
            onClick={() => lookUp.mutate({ host })}
          >
            {t("server.lookUp.ip")}
          </Button>
        }
      />
      <div aria-live="polite">
        {found !== null && (
          <Group gap={6} mt={6}>
            <Text size="xs">{t("server.lookUp.found")}</Text>
            {found.map((address) => (
              <Code key={address}>{address}</Code>
            ))}
          </Group>
        )}
        {lookUp.error && lookUp.variables?.host === host && (
          <Box mt={6}>
            <ProblemAlert problem={problemOf(lookUp.error)} />
          </Box>
        )}
      </div>
    </Box>
  );
}

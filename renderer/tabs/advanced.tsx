/** What is needed seldom: the live conversation, the marker file, how long things are kept, web access, moving settings. */
import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { Check, Copy, Stethoscope, Terminal } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { NumberField, SelectField } from "../components/fields.tsx";
import { Page, Section } from "../components/page.tsx";
import { SettingsForm } from "../components/settings-form.tsx";
import { openDetailWindow } from "../frame/frame.tsx";
import { useCall } from "../state/calls.ts";
import { Appearance } from "./advanced/appearance.tsx";
import { inDataFolder } from "./advanced/data-path.ts";
import { MoveSettings } from "./advanced/move-settings.tsx";
import { WebAccess } from "./advanced/web-access.tsx";

const KEPT = [
  ["log.days", "logDays", 1, 365],
  ["retention.reportedDays", "reportedDays", 0, 3_650],
  ["retention.junkDays", "junkDays", 0, 3_650],
  ["retention.historyDays", "historyDays", 0, 3_650],
] as const;

export function AdvancedPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("pages.advanced")} lead={t("server.advanced.lead")}>
      <Stack gap="lg">
        <Section title={t("server.advanced.look")} help={t("server.advanced.lookHelp")}>
          <Group gap="xs">
            <Button leftSection={<Terminal size={16} aria-hidden />} onClick={openDetailWindow}>
              {t("server.advanced.showDetail")}
            </Button>
            <Button
              variant="default"
              component={Link}
              href="/diagnose"
              leftSection={<Stethoscope size={16} aria-hidden />}
            >
              {t("pages.diagnose")}
            </Button>
          </Group>
        </Section>
        <Appearance />
        <MarkerFile />
      </Stack>
      <SettingsForm sections={["log", "retention", "web"]}>
        <Section title={t("server.advanced.kept")} help={t("server.advanced.keptHelp")}>
          {KEPT.map(([name, text, min, max]) => (
            <NumberField
              key={name}
              name={name}
              text={`server.advanced.${text}`}
              suffix={(count) => t("server.units.days", { count })}
              min={min}
              max={max}
            />
          ))}
        </Section>
        <Section title={t("server.advanced.logLevelTitle")} help={t("server.advanced.logLevelHelp")}>
          <SelectField
            name="log.level"
            text="server.advanced.logLevel"
            options={[
              { value: "info", label: t("server.advanced.logLevels.info") },
              { value: "warning", label: t("server.advanced.logLevels.warning") },
            ]}
          />
        </Section>
        <WebAccess />
      </SettingsForm>
      <MoveSettings />
    </Page>
  );
}

function MarkerFile() {
  const { t } = useTranslation();
  const { data } = useCall("hello", {});
  const path = data === undefined ? "marker.efs" : inDataFolder(data.dataDirectory, "marker.efs");
  return (
    <Section title={t("server.advanced.marker")} help={t("server.advanced.markerHelp")}>
      <Text size="sm">{t("server.advanced.markerText")}</Text>
      <Group gap="xs" wrap="nowrap" align="stretch">
        <Code block style={{ flex: 1, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {path}
        </Code>
        <CopyButton value={path}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            >
              {copied ? t("server.advanced.copied") : t("server.advanced.copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Section>
  );
}

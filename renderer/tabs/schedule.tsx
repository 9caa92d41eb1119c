/** When mail is collected, and which troubles are told to the postmaster. */
import { Button, Group, Paper, Text } from "@mantine/core";
import { CalendarClock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { NumberField, SwitchField } from "../components/fields.tsx";
import { Page, Section } from "../components/page.tsx";
import { SettingsForm, useSettingsForm } from "../components/settings-form.tsx";
import { When } from "../components/when.tsx";
import { formatTime } from "../state/format.ts";
import { useStatus } from "../state/status.ts";
import { DayRow } from "./schedule/day-row.tsx";
import type { DayWindow } from "./schedule/day-window.ts";

export function SchedulePage() {
  const { t } = useTranslation();
  return (
    <Page title={t("pages.schedule")} lead={t("server.schedule.lead")}>
      <NextCheck />
      <SettingsForm sections={["schedule", "alerts"]}>
        <Section title={t("server.schedule.interval")} help={t("server.schedule.intervalHelp")}>
          <NumberField
            name="schedule.weekdayMinutes"
            text="server.schedule.weekdayMinutes"
            suffix={t("server.units.minutes")}
            min={1}
            max={300}
          />
          <NumberField
            name="schedule.weekendMinutes"
            text="server.schedule.weekendMinutes"
            suffix={t("server.units.minutes")}
            min={1}
            max={300}
          />
        </Section>
        <Days />
        <Section title={t("server.schedule.alerts")} help={t("server.schedule.alertsHelp")}>
          <SwitchField name="alerts.mail" text="server.schedule.mail" />
          <SwitchField name="alerts.pop3Errors" text="server.schedule.pop3Errors" />
          <PopTimeouts />
        </Section>
      </SettingsForm>
    </Page>
  );
}

function PopTimeouts() {
  const { form } = useSettingsForm();
  return (
    <SwitchField
      name="alerts.pop3Timeouts"
      text="server.schedule.pop3Timeouts"
      disabled={form.getInputProps("alerts.pop3Errors").value === false}
    />
  );
}

function NextCheck() {
  const { t } = useTranslation();
  const at = useStatus()?.nextCheckAt;
  if (at === undefined) return null;
  return (
    <Paper withBorder p="sm" maw={640} bg="var(--efs-surface)">
      <Group gap="sm" wrap="nowrap">
        <CalendarClock size={18} aria-hidden style={{ flex: "none" }} />
        <Text size="sm">
          {at === null ? (
            t("server.schedule.noNext")
          ) : (
            <>
              {t("server.schedule.next", { time: formatTime(at) })} (<When at={at} />)
            </>
          )}
        </Text>
      </Group>
    </Paper>
  );
}

function Days() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const days: readonly DayWindow[] = form.getValues().schedule.days;
  const like = (last: number): void => {
    const [monday = "all"] = days;
    form.setFieldValue(
      "schedule.days",
      days.map((day, index) => (index <= last ? monday : day)),
    );
  };
  return (
    <Section title={t("server.schedule.days")} help={t("server.schedule.daysHelp")}>
      {days.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the days of a week never change places
        <DayRow key={index} weekday={index} />
      ))}
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => like(4)}>
          {t("server.schedule.likeMondayWeek")}
        </Button>
        <Button size="xs" variant="default" onClick={() => like(6)}>
          {t("server.schedule.likeMondayAll")}
        </Button>
      </Group>
    </Section>
  );
}

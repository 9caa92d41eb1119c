/** One day of the week: all day, never, or between two times. */
import { Box, Group, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { pageLocale } from "../../state/format.ts";
import {
  type DayKind,
  type DayWindow,
  kindOf,
  runsOverMidnight,
  shownEnd,
  storedEnd,
  windowOf,
} from "./day-window.ts";

export function DayRow({ weekday }: { readonly weekday: number }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const name = `schedule.days.${weekday}`;
  const window: DayWindow = form.getInputProps(name).value;
  const before = useRef<DayWindow | undefined>(undefined);
  const day = dayName(weekday);
  const choose = (kind: string): void => {
    if (typeof window === "object") before.current = window;
    form.setFieldValue(name, windowOf(kind as DayKind, before.current));
  };
  return (
    <Box>
      <Group gap="sm" wrap="nowrap" align="baseline" role="group" aria-label={day}>
        <Text size="sm" fw={500} w={96} style={{ flex: "none" }}>
          {day}
        </Text>
        <Group gap="sm" style={{ flex: 1 }}>
          <SegmentedControl
            style={{ flex: "none" }}
            bg="light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-6))"
            size="xs"
            aria-label={day}
            value={kindOf(window)}
            onChange={choose}
            data={(["all", "never", "between"] as const).map((kind) => ({
              value: kind,
              label: t(`server.schedule.kinds.${kind}`),
            }))}
          />
          {typeof window === "object" && (
            <Group gap={6} wrap="nowrap">
              <TimeInput
                name={`${name}.from`}
                label={t("server.schedule.from", { day })}
                value={window.from}
                onChange={(value) => form.setFieldValue(`${name}.from`, value)}
              />
              <Text size="sm" aria-hidden>
                –
              </Text>
              <TimeInput
                name={`${name}.to`}
                label={t("server.schedule.to", { day })}
                value={shownEnd(window.to)}
                onChange={(value) => form.setFieldValue(`${name}.to`, storedEnd(value))}
              />
            </Group>
          )}
        </Group>
      </Group>
      {runsOverMidnight(window) && (
        <Text size="xs" c="dimmed" ml={108} mt={4}>
          {t("server.schedule.overMidnight")}
        </Text>
      )}
    </Box>
  );
}

function TimeInput({
  name,
  label,
  value,
  onChange,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { form } = useSettingsForm();
  const { error, onBlur } = form.getInputProps(name);
  return (
    <TextInput
      type="time"
      size="xs"
      w={118}
      aria-label={label}
      value={value}
      error={error}
      onBlur={onBlur}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Monday is 0; 1 January 2024 was one. */
function dayName(weekday: number): string {
  return new Intl.DateTimeFormat(pageLocale(), { weekday: "long" }).format(new Date(2024, 0, 1 + weekday));
}

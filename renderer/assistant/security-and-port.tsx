/** Encryption and port in one line; the port follows the encryption while it is the usual one. */
import { Group, Select } from "@mantine/core";
import i18next from "i18next";
import { below, NumberField, useFieldTexts } from "../components/fields.tsx";
import { useSettingsForm } from "../components/settings-form.tsx";
import type { UsualPorts } from "../tabs/servers/ports.ts";
import { AcceptedCertificate } from "../tabs/servers/security-fields.tsx";
import { useSecurityChoice } from "../tabs/servers/use-security-choice.ts";

export function SecurityAndPort({
  at,
  text,
  usual,
}: {
  readonly at: string;
  readonly text: string;
  readonly usual: UsualPorts;
}) {
  const { form } = useSettingsForm();
  const { label } = useFieldTexts(`${text}.security`);
  const security = form.getInputProps(`${at}.security`);
  const choose = useSecurityChoice(at, usual);
  const word = (value: string, part: string): string =>
    String(i18next.t(`${text}.security.options.${value}.${part}` as never));
  return (
    <>
      <Group gap="md" align="flex-start" grow>
        <Select
          {...below}
          {...security}
          label={label}
          description={word(String(security.value), "hint")}
          data={Object.keys(usual).map((value) => ({ value, label: word(value, "label") }))}
          allowDeselect={false}
          onChange={(chosen) => {
            if (chosen !== null) choose(chosen);
          }}
        />
        <NumberField name={`${at}.port`} text={`${text}.port`} min={1} max={65_535} />
      </Group>
      <AcceptedCertificate at={at} />
    </>
  );
}

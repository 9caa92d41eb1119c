/** Fields of a settings form in which each choice says what it means, and switches that ask before they are switched. */
import { Checkbox, Radio, Stack, Switch, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { below, type FieldProps, useFieldTexts } from "./fields.tsx";
import { useSettingsForm } from "./settings-form.tsx";

interface ChoiceProps extends FieldProps {
  /** The words are below `<text>.options.<value>`: label, hint. */
  readonly values: readonly string[];
}

/** One of a few, all visible. `onChoose` in place of only setting the value. */
export function RadioField({
  name,
  text,
  values,
  disabled = false,
  onChoose,
}: ChoiceProps & { readonly onChoose?: (value: string) => void }) {
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  return (
    <Radio.Group
      {...below}
      {...useFieldTexts(text)}
      name={name}
      value={input.value ?? null}
      error={input.error}
      onChange={(value) => (onChoose ?? ((chosen: string) => form.setFieldValue(name, chosen)))(value)}
      disabled={disabled}
    >
      <Stack gap={8} my={6}>
        {values.map((value) => (
          <RadioChoice key={value} value={value} text={`${text}.options.${value}`} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function RadioChoice({ value, text }: { readonly value: string; readonly text: string }) {
  const { label, description } = useFieldTexts(text);
  return (
    <Radio value={value} label={label} {...(description === undefined ? {} : { description })} size="sm" />
  );
}

/** Any of a few. */
export function ChecksField({ name, text, values, disabled = false }: ChoiceProps) {
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  return (
    <Checkbox.Group
      {...below}
      {...useFieldTexts(text)}
      value={[...(input.value ?? [])]}
      error={input.error}
      onChange={(value) => form.setFieldValue(name, value)}
      disabled={disabled}
    >
      <Stack gap={6} my={6}>
        {values.map((value) => (
          <CheckChoice key={value} value={value} text={`${text}.options.${value}`} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function CheckChoice({ value, text }: { readonly value: string; readonly text: string }) {
  const { label, description } = useFieldTexts(text);
  return <Checkbox value={value} label={label} {...(description === undefined ? {} : { description })} />;
}

/** Says what will happen before it is switched to `risky`: `<text>.risk` has title, text and confirm. */
export function RiskySwitchField({
  name,
  text,
  risky,
  disabled = false,
}: FieldProps & { readonly risky: boolean }) {
  const { form } = useSettingsForm();
  const confirmRisk = useConfirmRisk();
  const { label, description } = useFieldTexts(text);
  const input = form.getInputProps(name, { type: "checkbox" });
  return (
    <Switch
      {...input}
      label={label}
      {...(description === undefined ? {} : { description })}
      onChange={({ currentTarget: { checked } }) => {
        const change = (): void => form.setFieldValue(name, checked);
        if (checked === risky) confirmRisk(`${text}.risk`, change);
        else change();
      }}
      disabled={disabled}
    />
  );
}

/** Asks once, with the words below `text`: title, text, confirm. */
export function useConfirmRisk(): (
  text: string,
  onConfirm: () => void,
  values?: Readonly<Record<string, string>>,
) => void {
  const { t } = useTranslation();
  return (text, onConfirm, values = {}) => {
    const word = (part: string): string => String(i18next.t(`${text}.${part}` as never, values as never));
    modals.openConfirmModal({
      title: word("title"),
      children: <Text size="sm">{word("text")}</Text>,
      labels: { confirm: word("confirm"), cancel: t("server.cancel") },
      onConfirm,
    });
  };
}

/** One of a few ways to go on, each with what it will do. */
import { Radio, Stack } from "@mantine/core";
import { useSettingsForm } from "../../components/settings-form.tsx";

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

export function ChoiceField({
  name,
  label,
  hint,
  choices,
}: {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly choices: readonly Choice[];
}) {
  const { form } = useSettingsForm();
  return (
    <Radio.Group {...form.getInputProps(name)} label={label} description={hint}>
      <Stack gap="xs" mt="xs">
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} label={choice.label} description={choice.hint} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

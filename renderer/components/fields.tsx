/**
 * Fields of a settings form: label above, one hint line under it, the default as placeholder. `name` is the path in
 * the settings, `text` where its words are in the catalogue (`smtp.fields.host`: label, hint, placeholder).
 * An empty field of a setting that may be left out is null, not "".
 */
import {
  Checkbox,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import i18next from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettingsForm } from "./settings-form.tsx";

export interface FieldProps {
  readonly name: string;
  readonly text: string;
  readonly disabled?: boolean;
  /** An empty field is null: the default, or none. */
  readonly nullable?: boolean;
}

interface FieldTexts {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
}

/** The words of a field: hint and placeholder only where the catalogue has them. */
export function useFieldTexts(text: string): FieldTexts {
  useTranslation();
  const word = (part: string): string => String(i18next.t(`${text}.${part}` as never));
  const has = (part: string): boolean => i18next.exists(`${text}.${part}`);
  return {
    label: word("label"),
    ...(has("hint") ? { description: word("hint") } : {}),
    ...(has("placeholder") ? { placeholder: word("placeholder") } : {}),
  };
}

export const below: { inputWrapperOrder: ("label" | "input" | "description" | "error")[] } = {
  inputWrapperOrder: ["label", "input", "description", "error"],
};

export function TextField({ name, text, disabled = false, nullable = false }: FieldProps) {
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  return (
    <TextInput
      {...below}
      {...input}
      {...useFieldTexts(text)}
      value={input.value ?? ""}
      onChange={({ currentTarget: { value } }) =>
        form.setFieldValue(name, nullable && value === "" ? null : value)
      }
      disabled={disabled}
      spellCheck={false}
      autoComplete="off"
    />
  );
}

export function NumberField({
  name,
  text,
  disabled = false,
  nullable = false,
  suffix,
  min,
  max,
  scale = 1,
}: FieldProps & {
  /** Of a number of these: `1 day`, `2 days`. */
  readonly suffix?: string | ((count: number) => string);
  readonly min?: number;
  readonly max?: number;
  /** The setting is this many times what is shown (1,048,576 for megabytes). */
  readonly scale?: number;
}) {
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  const shown = typeof input.value === "number" ? input.value / scale : (input.value ?? "");
  const unit = typeof suffix === "function" ? suffix(Number(shown)) : suffix;
  return (
    <NumberInput
      {...below}
      {...input}
      {...useFieldTexts(text)}
      value={shown}
      onChange={(value) =>
        form.setFieldValue(
          name,
          value === ""
            ? nullable
              ? null
              : ""
            : typeof value === "number"
              ? Math.round(value * scale)
              : value,
        )
      }
      disabled={disabled}
      {...(unit === undefined ? {} : { suffix: ` ${unit}` })}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      clampBehavior="none"
      allowNegative={false}
      styles={{ wrapper: { maxWidth: 220 } }}
    />
  );
}

export function SwitchField({ name, text, disabled = false }: FieldProps) {
  const { form } = useSettingsForm();
  const { label, description } = useFieldTexts(text);
  return (
    <Switch
      {...form.getInputProps(name, { type: "checkbox" })}
      label={label}
      {...(description === undefined ? {} : { description })}
      disabled={disabled}
    />
  );
}

export function CheckField({ name, text, disabled = false }: FieldProps) {
  const { form } = useSettingsForm();
  const { label, description } = useFieldTexts(text);
  return (
    <Checkbox
      {...form.getInputProps(name, { type: "checkbox" })}
      label={label}
      {...(description === undefined ? {} : { description })}
      disabled={disabled}
    />
  );
}

export function SelectField({
  name,
  text,
  disabled = false,
  options,
}: FieldProps & { readonly options: readonly { readonly value: string; readonly label: string }[] }) {
  const { form } = useSettingsForm();
  return (
    <Select
      {...below}
      {...form.getInputProps(name)}
      {...useFieldTexts(text)}
      data={[...options]}
      allowDeselect={false}
      disabled={disabled}
    />
  );
}

/** Several words or addresses: Enter, comma or a pasted list adds them. */
export function ListField({ name, text, disabled = false }: FieldProps) {
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  return (
    <TagsInput
      {...below}
      {...input}
      {...useFieldTexts(text)}
      error={input.error ?? firstErrorBelow(form.errors, name)}
      splitChars={[",", ";", " ", "\n"]}
      acceptValueOnBlur
      disabled={disabled}
    />
  );
}

/** One entry a line. Empty lines are no entries, but stay to be seen while somebody types. */
export function LinesField({
  name,
  text,
  disabled = false,
  rows = 6,
}: FieldProps & { readonly rows?: number }) {
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  const value: readonly string[] = input.value ?? [];
  const [typed, setTyped] = useState("");
  const isTyped = linesOf(typed).join("\n") === value.join("\n");
  return (
    <Textarea
      {...below}
      {...useFieldTexts(text)}
      value={isTyped ? typed : value.join("\n")}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        form.setFieldValue(name, linesOf(currentTarget.value));
      }}
      onBlur={input.onBlur}
      error={input.error ?? firstErrorBelow(form.errors, name)}
      minRows={rows}
      autosize
      maxRows={20}
      disabled={disabled}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--efs-mono)", fontSize: 12 } }}
    />
  );
}

/** A stored password is never shown; typing replaces it. */
export function PasswordField({ name, text, disabled = false, nullable = false }: FieldProps) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const input = form.getInputProps(name);
  const stored = typeof input.value === "object" && input.value !== null;
  const texts = useFieldTexts(text);
  return (
    <PasswordInput
      {...below}
      {...input}
      {...texts}
      value={typeof input.value === "string" ? input.value : ""}
      placeholder={stored ? t("form.storedPassword") : (texts.placeholder ?? "")}
      onChange={({ currentTarget: { value } }) =>
        form.setFieldValue(name, nullable && value === "" ? null : value)
      }
      disabled={disabled}
      // Mantine marks every other field by itself.
      aria-invalid={input.error ? true : undefined}
      autoComplete="new-password"
    />
  );
}

function firstErrorBelow(errors: Record<string, unknown>, name: string): string | undefined {
  const found = Object.entries(errors).find(([path]) => path.startsWith(`${name}.`));
  return found === undefined ? undefined : String(found[1]);
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

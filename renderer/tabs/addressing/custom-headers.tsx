/** The user's own headers in their order: added, removed, moved; with the keyboard too. */
import { ActionIcon, Box, Button, Group, Stack, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { headerNameFault, moved } from "./header-order.ts";
import { Part } from "./part.tsx";

const MOST = 50;

export function CustomHeaders() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const names: readonly string[] = form.getValues().headers.custom;
  const [told, setTold] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const put = (next: readonly string[]): void => form.setFieldValue("headers.custom", [...next]);
  /** The focus goes with the header that was moved. */
  const focusAt = (index: number): void => {
    requestAnimationFrame(() => list.current?.querySelectorAll("input")[index]?.focus());
  };
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= names.length) return;
    put(moved(names, from, to));
    setTold(
      t("addressing.headers.custom.moved", { name: names[from] ?? "", number: to + 1, all: names.length }),
    );
    focusAt(to);
  };
  return (
    <Part title={t("addressing.headers.custom.title")} hint={t("addressing.headers.custom.hint")}>
      <Stack gap="xs" maw={640}>
        {names.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("addressing.headers.custom.none")}
          </Text>
        )}
        <Stack role="list" ref={list} gap={6}>
          {names.map((name, index) => (
            <CustomHeader
              // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed, and may be there twice
              key={index}
              name={name}
              index={index}
              all={names}
              {...(form.errors[`headers.custom.${index}`] === undefined
                ? {}
                : { refused: String(form.errors[`headers.custom.${index}`]) })}
              onChange={(next) => put(names.map((old, at) => (at === index ? next : old)))}
              onMove={(to) => move(index, to)}
              onRemove={() => {
                put(names.filter((_, at) => at !== index));
                if (names.length > 1) focusAt(Math.min(index, names.length - 2));
              }}
            />
          ))}
        </Stack>
        {names.length > 1 && (
          <Text size="xs" c="dimmed">
            {t("addressing.headers.custom.keys")}
          </Text>
        )}
        {names.length < MOST && <NewHeader names={names} onAdd={(name) => put([...names, name])} />}
        <VisuallyHidden role="status">{told}</VisuallyHidden>
      </Stack>
    </Part>
  );
}

function CustomHeader({
  name,
  index,
  all,
  refused,
  onChange,
  onMove,
  onRemove,
}: {
  readonly name: string;
  readonly index: number;
  readonly all: readonly string[];
  readonly refused?: string;
  readonly onChange: (name: string) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation();
  const fault = headerNameFault(name, all.slice(0, index));
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Enter") event.preventDefault();
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(event.key === "ArrowUp" ? index - 1 : index + 1);
  };
  const button = { variant: "subtle", color: "gray", mt: 3 } as const;
  return (
    <Group role="listitem" gap={4} wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed" w={24} pt={7} className="efs-numbers" aria-hidden>
        {index + 1}.
      </Text>
      <TextInput
        aria-label={t("addressing.headers.custom.nameOf", { number: index + 1 })}
        value={name}
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
        onKeyDown={keys}
        error={fault === null ? refused : t(`addressing.headers.custom.faults.${fault}`)}
        spellCheck={false}
        autoComplete="off"
        style={{ flex: 1 }}
      />
      <ActionIcon
        {...button}
        disabled={index === 0}
        aria-label={t("addressing.headers.custom.up", { name })}
        onClick={() => onMove(index - 1)}
      >
        <ArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        {...button}
        disabled={index === all.length - 1}
        aria-label={t("addressing.headers.custom.down", { name })}
        onClick={() => onMove(index + 1)}
      >
        <ArrowDown size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon {...button} aria-label={t("addressing.headers.custom.remove", { name })} onClick={onRemove}>
        <X size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function NewHeader({
  names,
  onAdd,
}: {
  readonly names: readonly string[];
  readonly onAdd: (name: string) => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const fault = headerNameFault(name.trim().replace(/:$/, ""), names);
  const add = (): void => {
    setTried(true);
    if (fault !== null) return;
    onAdd(name.trim().replace(/:$/, ""));
    setName("");
    setTried(false);
  };
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Box w={20} />
      <TextInput
        aria-label={t("addressing.headers.custom.new")}
        placeholder={t("addressing.headers.custom.placeholder")}
        value={name}
        onChange={({ currentTarget }) => {
          setName(currentTarget.value);
          setTried(false);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
        // Whoever saves without "Add" has meant it as well.
        onBlur={() => fault === null && add()}
        error={tried && fault !== null && t(`addressing.headers.custom.faults.${fault}`)}
        spellCheck={false}
        autoComplete="off"
        style={{ flex: 1 }}
      />
      <Button
        variant="default"
        leftSection={<Plus size={14} aria-hidden />}
        onMouseDown={(event) => event.preventDefault()}
        onClick={add}
      >
        {t("addressing.headers.custom.add")}
      </Button>
    </Group>
  );
}

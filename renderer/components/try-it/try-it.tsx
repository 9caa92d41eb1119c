/**
 * "Try it": a message or a pasted header, and who would get it with the settings of the form as they stand, saved or
 * not. Asked anew a moment after each change.
 */
import { Box, Button, Group, Paper, Select, Skeleton, Stack, Text, Textarea, Title } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { ClipboardPaste, Eye, MailSearch, Pencil, X } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Settings } from "../../../core/model/settings.ts";
import { problemOf, useCall } from "../../state/calls.ts";
import { ProblemAlert } from "../problem-alert.tsx";
import { useSettingsForm } from "../settings-form.tsx";
import { type TrySource, useTrySource } from "./kept-source.ts";
import { MarkedHeader } from "./marked-header.tsx";
import { HEADER_BYTES, headerOf, looksLikeHeader } from "./message-header.ts";
import { MessagePicker } from "./message-picker.tsx";
import { TrialResult, Why } from "./trial-result.tsx";

const PAUSE = 300;
const QUOTED = 600;

export function TryIt() {
  const { t } = useTranslation();
  const { unsaved } = useSettingsForm();
  const settings = unsaved();
  const [source, change] = useTrySource();
  const [writing, setWriting] = useState(false);
  const [picking, picker] = useDisclosure(false);
  const header = headerOf(source.header);

  return (
    <Paper withBorder p="md" component="section" aria-labelledby="try-it-title">
      <Stack gap="sm">
        <Box>
          <Title order={2} id="try-it-title">
            {t("addressing.tryIt.title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("addressing.tryIt.hint")}
          </Text>
        </Box>
        {source.chosen !== null && <ChosenMessage chosen={source.chosen} />}
        <Group gap="xs">
          <Button
            size="xs"
            variant={source.header === "" ? "filled" : "default"}
            leftSection={<MailSearch size={14} aria-hidden />}
            onClick={picker.open}
          >
            {source.header === "" ? t("addressing.tryIt.choose") : t("addressing.tryIt.another")}
          </Button>
          <WritingButton
            writing={writing}
            empty={source.header === ""}
            onClick={() => setWriting((before) => !before)}
          />
          {source.header !== "" && (
            <Button
              size="xs"
              variant="default"
              leftSection={<X size={14} aria-hidden />}
              onClick={() => {
                change({ header: "", chosen: null });
                setWriting(false);
              }}
            >
              {t("addressing.tryIt.clear")}
            </Button>
          )}
        </Group>
        {writing && (
          <Textarea
            label={t("addressing.tryIt.header")}
            description={t("addressing.tryIt.headerHint")}
            placeholder={t("addressing.tryIt.placeholder")}
            value={source.header}
            onChange={({ currentTarget: { value } }) =>
              change({ header: value.slice(0, HEADER_BYTES), chosen: null })
            }
            autosize
            minRows={6}
            maxRows={14}
            spellCheck={false}
            data-autofocus
            styles={{ input: { fontFamily: "var(--efs-mono)", fontSize: 12 } }}
          />
        )}
        <AccountChoice settings={settings} source={source} onChange={(accountId) => change({ accountId })} />
        {header.trim() !== "" &&
          (looksLikeHeader(header) ? (
            <Trial header={header} settings={settings} accountId={source.accountId} />
          ) : (
            <Text size="sm" role="status">
              {t("addressing.tryIt.noHeader")}
            </Text>
          ))}
      </Stack>
      <MessagePicker
        opened={picking}
        onClose={picker.close}
        onPick={(picked) => {
          change(picked);
          setWriting(false);
          picker.close();
        }}
      />
    </Paper>
  );
}

function ChosenMessage({ chosen: { subject, from } }: { readonly chosen: NonNullable<TrySource["chosen"]> }) {
  const { t } = useTranslation();
  return (
    <Box>
      <Text size="sm" fw={600} lineClamp={2}>
        {subject === "" ? t("addressing.picker.noSubject") : subject}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {from === "" ? t("addressing.picker.nobody") : from}
      </Text>
    </Box>
  );
}

function WritingButton({
  writing,
  empty,
  onClick,
}: {
  readonly writing: boolean;
  readonly empty: boolean;
  readonly onClick: () => void;
}) {
  const { t } = useTranslation();
  const Icon = writing ? Eye : empty ? ClipboardPaste : Pencil;
  const label = writing ? "show" : empty ? "paste" : "edit";
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Icon size={14} aria-hidden />}
      aria-expanded={writing}
      onClick={onClick}
    >
      {t(`addressing.tryIt.${label}`)}
    </Button>
  );
}

/** Accounts differ in what they trust. */
function AccountChoice({
  settings: { accounts },
  source,
  onChange,
}: {
  readonly settings: Settings;
  readonly source: TrySource;
  readonly onChange: (accountId: string) => void;
}) {
  const { t } = useTranslation();
  if (accounts.length < 2) return null;
  const known = accounts.some(({ id }) => id === source.accountId) ? source.accountId : null;
  return (
    <Select
      label={t("addressing.tryIt.account")}
      data={accounts.map(({ id, name, username, host }) => ({
        value: id,
        label: name === "" ? `${username}, ${host}` : name,
      }))}
      value={known ?? (accounts.find(({ enabled }) => enabled) ?? accounts[0])?.id ?? null}
      onChange={(value) => value !== null && onChange(value)}
      allowDeselect={false}
    />
  );
}

function Trial({
  header,
  settings,
  accountId,
}: {
  readonly header: string;
  readonly settings: Settings;
  readonly accountId: string | null;
}) {
  const { t } = useTranslation();
  const [text] = useDebouncedValue(header, PAUSE);
  const [asked] = useDebouncedValue(JSON.stringify(settings), PAUSE);
  const account = settings.accounts.some(({ id }) => id === accountId) ? accountId : null;
  const { data, error } = useCall(
    "resolve",
    { text, settings: asked, ...(account === null ? {} : { account }) },
    { placeholderData: keepPreviousData, gcTime: 10_000 },
  );
  const shownHeader = useRef<HTMLDivElement>(null);
  const goTo = (headerIndex: number): void => {
    const field = shownHeader.current?.querySelector<HTMLElement>(`[data-field="${headerIndex}"]`);
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  };
  if (error) {
    const problem = problemOf(error);
    return (
      <ProblemAlert
        severity="warning"
        problem={
          problem.code === "settings-invalid"
            ? { ...problem, what: t("addressing.tryIt.invalid"), quote: problem.what.slice(0, QUOTED) }
            : problem
        }
      />
    );
  }
  if (data === undefined) return <Skeleton height={120} aria-label={t("addressing.tryIt.asking")} />;
  return (
    <Stack gap="md">
      <TrialResult resolved={data} />
      <MarkedHeader ref={shownHeader} header={text} trail={data.resolution.trail} />
      <Why trail={data.resolution.trail} onGoTo={goTo} />
    </Stack>
  );
}

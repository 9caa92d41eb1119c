/** A classic list from a file or pasted: looked through first, then handed over; a much shorter one asks once more. */
import { Alert, Button, FileButton, Group, List, Modal, Radio, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { CircleCheck, FileText, TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AddressListName, AliasSource } from "../../../core/model/address-lists.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { problemOf, useAction } from "../../state/calls.ts";
import { formatNumber } from "../../state/format.ts";
import { type ListPreview, previewList, textOfListFile } from "./list-text.ts";

const LIST_BYTES = 16_777_216;
const FAULTS = 8;

interface ImportProps {
  readonly list: AddressListName;
  readonly onClose: () => void;
  /** What stands in it at first. */
  readonly initial: string;
  readonly onTake?: (aliases: AliasSource) => void;
}

export function ImportDialog({ opened, ...props }: ImportProps & { readonly opened: boolean }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={props.onClose}
      title={t(`addressing.import.title.${props.list}`)}
      size="lg"
    >
      <ImportBody {...props} />
    </Modal>
  );
}

function ImportBody({ list, onClose, initial, onTake }: ImportProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(initial);
  const [tooLarge, setTooLarge] = useState(false);
  const [toTable, setToTable] = useState(false);
  const load = useAction("import-list", ["lists", "resolve", "status"]);
  const preview = useMemo(() => previewList(list, text), [list, text]);
  const change = (next: string): void => {
    setText(next);
    setTooLarge(false);
    load.reset();
  };
  const choose = async (file: File | null): Promise<void> => {
    if (file === null) return;
    if (file.size > LIST_BYTES) return setTooLarge(true);
    change(textOfListFile(new Uint8Array(await file.arrayBuffer())));
  };
  const send = (shorter: boolean): void =>
    load.mutate(
      { list, text, ...(shorter ? { shorter } : {}) },
      {
        onSuccess: ({ entries }) => {
          notifications.show({
            message: t("addressing.import.done", { count: entries, number: formatNumber(entries) }),
          });
          onClose();
        },
      },
    );
  const take = (): void => {
    onTake?.(preview.aliases);
    onClose();
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{t(`addressing.import.intro.${list}`)}</Text>
      <Group>
        <FileButton onChange={(file) => void choose(file)} accept=".txt,text/plain">
          {(props) => (
            <Button {...props} variant="default" leftSection={<FileText size={14} aria-hidden />}>
              {t("addressing.import.choose")}
            </Button>
          )}
        </FileButton>
      </Group>
      {tooLarge && <Alert color="red">{t("addressing.import.tooLarge")}</Alert>}
      <Textarea
        label={t("addressing.import.paste")}
        description={t("addressing.import.pasteHint")}
        value={text}
        onChange={({ currentTarget }) => change(currentTarget.value)}
        rows={10}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--efs-mono)", fontSize: 12 } }}
      />
      {text.trim() !== "" && <Preview list={list} preview={preview} />}
      {onTake !== undefined && (
        <Radio.Group
          label={t("addressing.import.where")}
          value={toTable ? "table" : "file"}
          onChange={(value) => setToTable(value === "table")}
        >
          <Stack gap={6} mt={6}>
            <Radio
              value="file"
              label={t("addressing.import.toFile")}
              description={t("addressing.import.toFileHint")}
            />
            <Radio
              value="table"
              label={t("addressing.import.toTable")}
              description={t("addressing.import.toTableHint")}
            />
          </Stack>
        </Radio.Group>
      )}
      {load.error && <Refused error={load.error} entries={preview.entries} onShorter={() => send(true)} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t("addressing.import.cancel")}
        </Button>
        <Button
          loading={load.isPending}
          disabled={text.trim() === "" || (toTable && preview.entries === 0)}
          onClick={() => (toTable ? take() : send(false))}
        >
          {t("addressing.import.button")}
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ list, preview }: { readonly list: AddressListName; readonly preview: ListPreview }) {
  const { t } = useTranslation();
  const { entries, faults } = preview;
  const more = faults.length - FAULTS;
  return (
    <Stack gap={4} role="status">
      <Group gap={6} wrap="nowrap">
        <CircleCheck size={16} color="var(--efs-good)" aria-hidden style={{ flex: "none" }} />
        <Text size="sm">
          {t(`addressing.import.preview.${list}`, { count: entries, number: formatNumber(entries) })}
        </Text>
      </Group>
      {faults.length > 0 && (
        <>
          <Group gap={6} wrap="nowrap">
            <TriangleAlert size={16} color="var(--efs-warn)" aria-hidden style={{ flex: "none" }} />
            <Text size="sm">
              {t("addressing.import.faulty", { count: faults.length, number: formatNumber(faults.length) })}
            </Text>
          </Group>
          <List size="xs" pl={22}>
            {faults.slice(0, FAULTS).map(({ line, text, fault }) => (
              <List.Item key={line} style={{ overflowWrap: "anywhere" }}>
                {t("addressing.import.lineFault", {
                  line: formatNumber(line),
                  text,
                  fault: t(`addressing.import.faults.${fault}`),
                })}
              </List.Item>
            ))}
          </List>
          {more > 0 && (
            <Text size="xs" c="dimmed" pl={22}>
              {t("addressing.list.more", { number: formatNumber(more) })}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}

/** A list that is suddenly much shorter is most often a mistake, so it is asked; an empty one never comes in. */
function Refused({
  error,
  entries,
  onShorter,
}: {
  readonly error: Error;
  readonly entries: number;
  readonly onShorter: () => void;
}) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  if (problem.code !== "settings-list-shorter" || entries === 0) return <ProblemAlert problem={problem} />;
  return (
    <ProblemAlert severity="warning" problem={{ ...problem, cure: t("addressing.import.shorterCure") }}>
      <Group>
        <Button size="xs" variant="default" onClick={onShorter}>
          {t("addressing.import.shorter")}
        </Button>
      </Group>
    </ProblemAlert>
  );
}

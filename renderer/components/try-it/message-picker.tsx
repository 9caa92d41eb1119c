/** A message out of one of the folders; of it only the header is read. */
import {
  Box,
  Modal,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListedMessage } from "../../../core/model/folder-list.ts";
import type { Folder } from "../../../core/model/message.ts";
import { problemOf, useAction, useCall } from "../../state/calls.ts";
import { formatNumber } from "../../state/format.ts";
import { useStatus } from "../../state/status.ts";
import { ProblemAlert } from "../problem-alert.tsx";
import { When } from "../when.tsx";
import type { TrySource } from "./kept-source.ts";
import { bytesOfBase64, HEADER_BYTES, headerOf, textOfBytes } from "./message-header.ts";

const FOLDERS: readonly Folder[] = ["Inbox", "Errors", "Junk", "Backup"];
const MOST_ASKED_ABOUT: readonly Folder[] = ["Errors", "Junk", "Inbox", "Backup"];
const ROWS = 50;

export function MessagePicker({
  opened,
  onClose,
  onPick,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPick: (source: TrySource) => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("addressing.picker.title")} size="lg">
      <PickerBody onPick={onPick} />
    </Modal>
  );
}

function PickerBody({ onPick }: { readonly onPick: (source: TrySource) => void }) {
  const { t } = useTranslation();
  const counts = useStatus()?.folders;
  const [folder, setFolder] = useState<Folder>(
    () => MOST_ASKED_ABOUT.find((name) => (counts?.[name] ?? 0) > 0) ?? "Inbox",
  );
  const [search, setSearch] = useState("");
  const [words] = useDebouncedValue(search.trim(), 200);
  const read = useAction("message-piece");
  const { data, error } = useCall(
    "folder",
    { folder, limit: ROWS, ...(words === "" ? {} : { words }) },
    { placeholderData: keepPreviousData },
  );
  const pick = ({ queueId, subject, from, sender, accountId }: ListedMessage): void => {
    read.mutate(
      { queueId, offset: 0, length: HEADER_BYTES },
      {
        onSuccess: ({ content }) =>
          onPick({
            header: headerOf(textOfBytes(bytesOfBase64(content))),
            chosen: { subject, from: from === "" ? sender : from },
            accountId,
          }),
      },
    );
  };
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t("addressing.picker.folder")}
        value={folder}
        onChange={(value) => setFolder(value as Folder)}
        data={FOLDERS.map((value) => ({ value, label: t(`folders.names.${value}`) }))}
        fullWidth
      />
      <TextInput
        aria-label={t("addressing.picker.search")}
        placeholder={t("addressing.picker.search")}
        leftSection={<Search size={14} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        data-autofocus
      />
      {error && <ProblemAlert problem={problemOf(error)} />}
      {read.error && <ProblemAlert problem={problemOf(read.error)} />}
      <Box h={360} style={{ overflow: "auto", border: "1px solid var(--efs-line)", borderRadius: 4 }}>
        {data === undefined && !error && <Skeleton height={120} m="sm" />}
        {data?.rows.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            {words === "" ? t("addressing.picker.empty") : t("addressing.picker.nothingFound")}
          </Text>
        )}
        <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
          {data?.rows.map((message) => (
            <li key={message.id}>
              <PickerRow message={message} onPick={() => pick(message)} disabled={read.isPending} />
            </li>
          ))}
        </Stack>
      </Box>
      {data !== undefined && data.total > data.rows.length && (
        <Text size="xs" c="dimmed">
          {t("addressing.picker.more", {
            shown: formatNumber(data.rows.length),
            total: formatNumber(data.total),
          })}
        </Text>
      )}
    </Stack>
  );
}

function PickerRow({
  message: { subject, from, sender, recipients, receivedAt },
  onPick,
  disabled,
}: {
  readonly message: ListedMessage;
  readonly onPick: () => void;
  readonly disabled: boolean;
}) {
  const { t } = useTranslation();
  const author = [from, sender].find((text) => text !== "") ?? t("addressing.picker.nobody");
  return (
    <UnstyledButton
      onClick={onPick}
      disabled={disabled}
      w="100%"
      px="sm"
      py={6}
      style={{
        display: "grid",
        gridTemplateColumns: "minmax(0, 1fr) auto",
        columnGap: 12,
        borderBottom: "1px solid var(--efs-line)",
        outlineOffset: -2,
      }}
    >
      <Text size="sm" fw={600} truncate>
        {subject === "" ? t("addressing.picker.noSubject") : subject}
      </Text>
      <Text size="xs" c="dimmed" component="span">
        <When at={receivedAt} />
      </Text>
      <Text size="xs" c="dimmed" truncate style={{ gridColumn: "1 / -1" }}>
        {recipients.length === 0 ? author : `${author} → ${recipients.join(", ")}`}
      </Text>
    </UnstyledButton>
  );
}

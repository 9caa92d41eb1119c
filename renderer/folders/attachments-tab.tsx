/** What is attached: listed, saved on request, never opened. */
import { Alert, Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { Download, Paperclip, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import { Empty } from "../components/page.tsx";
import { formatSize } from "../state/format.ts";
import { attachmentRisk } from "./attachment-names.ts";
import { ContentGate } from "./content-gate.tsx";
import type { AttachmentPart } from "./read-content.ts";
import { offer } from "./save-messages.tsx";

export function AttachmentsTab({ message }: { readonly message: HistoryMessage }) {
  return (
    <ContentGate message={message}>
      {({ attachments }) => <Attachments attachments={attachments} />}
    </ContentGate>
  );
}

function Attachments({ attachments }: { readonly attachments: readonly AttachmentPart[] }) {
  const { t } = useTranslation();
  if (attachments.length === 0) {
    return <Empty icon={<Paperclip size={32} aria-hidden />} title={t("messages.attachments.none")} />;
  }
  const dangerous = attachments.some(({ name }) => attachmentRisk(name) === "dangerous");
  return (
    <Stack gap="sm">
      {dangerous && (
        <Alert variant="light" color="yellow" icon={<TriangleAlert size={18} aria-hidden />} py="xs">
          {t("messages.attachments.warning")}
        </Alert>
      )}
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("messages.attachments.name")}</Table.Th>
            <Table.Th w={90} ta="right">
              {t("messages.column.size")}
            </Table.Th>
            <Table.Th w={110} aria-label={t("messages.action.save")} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attachments.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the list does not change
            <AttachmentLine key={index} part={part} />
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function AttachmentLine({ part: { name, type, octets, inline } }: { readonly part: AttachmentPart }) {
  const { t } = useTranslation();
  const risk = attachmentRisk(name);
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Group gap={6}>
          <Text size="sm">{name}</Text>
          {risk !== "none" && (
            <Badge
              size="sm"
              variant="light"
              tt="none"
              color={risk === "dangerous" ? "red" : "gray"}
              c="var(--mantine-color-text)"
              leftSection={<TriangleAlert size={11} aria-hidden />}
            >
              {t(`messages.attachments.${risk}`)}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {type}
          {inline && ` · ${t("messages.attachments.inline")}`}
        </Text>
      </Table.Td>
      <Table.Td ta="right" className="efs-numbers">
        {formatSize(octets.length)}
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Download size={14} aria-hidden />}
          aria-label={t("messages.attachments.saveNamed", { name })}
          onClick={() => offer(new Blob([octets]), name)}
        >
          {t("messages.action.save")}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

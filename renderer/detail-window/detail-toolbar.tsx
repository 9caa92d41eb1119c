import {
  ActionIcon,
  Badge,
  Button,
  CloseButton,
  Group,
  Select,
  Switch,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Copy, Download, Eraser, Pause, Play, Search } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../state/format.ts";
import { saveAs } from "../state/save-as.ts";
import { lineText } from "./answers.ts";
import type { Conversation } from "./use-transcript.ts";

const ALL = "";

export function DetailToolbar({
  conversation,
  follow,
  onFollow,
}: {
  readonly conversation: Conversation;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
}) {
  const { t } = useTranslation();
  const { filter, choose, lines, rows, paused, pause, unseen, clear } = conversation;
  const wholeText = (): string =>
    rows
      .map((row) =>
        lineText(row, (missed) => t("detail.gap", { count: missed, number: formatNumber(missed) })),
      )
      .join("\n");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(wholeText());
      notifications.show({
        message: t("detail.copied", { count: rows.length, number: formatNumber(rows.length) }),
      });
    } catch {
      notifications.show({ color: "red", message: t("detail.notCopied") });
    }
  };
  return (
    <Group
      component="header"
      gap="xs"
      px="sm"
      py={8}
      style={{ background: "var(--efs-surface)", borderBottom: "1px solid var(--efs-line)" }}
    >
      <TextInput
        data-search
        size="xs"
        w={220}
        leftSection={<Search size={14} aria-hidden />}
        aria-label={t("detail.filter")}
        placeholder={t("detail.filter")}
        value={filter.text}
        onChange={({ currentTarget: { value } }) => choose({ ...filter, text: value })}
        rightSection={
          filter.text === "" ? null : (
            <CloseButton
              size="xs"
              aria-label={t("detail.noFilter")}
              onClick={() => choose({ ...filter, text: "" })}
            />
          )
        }
      />
      <Select
        size="xs"
        w={170}
        aria-label={t("detail.peer")}
        data={[
          { value: ALL, label: t("detail.allPeers") },
          ...lines.peers().map((peer) => ({ value: peer, label: peer })),
        ]}
        value={filter.peer ?? ALL}
        onChange={(value) => choose({ ...filter, peer: value === ALL ? null : value })}
        allowDeselect={false}
      />
      <Select
        size="xs"
        w={150}
        searchable
        aria-label={t("detail.session")}
        data={[
          { value: ALL, label: t("detail.allSessions") },
          ...lines.sessions().map(([session]) => ({ value: session, label: session })),
        ]}
        value={filter.session ?? ALL}
        onChange={(value) => choose({ ...filter, session: value === ALL ? null : value })}
        allowDeselect={false}
      />
      <Button
        size="xs"
        variant={paused ? "filled" : "default"}
        leftSection={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        onClick={() => pause(!paused)}
      >
        {paused ? t("detail.resume") : t("detail.pause")}
      </Button>
      {paused && unseen > 0 && (
        <Badge variant="light" color="gray" tt="none" c="var(--mantine-color-text)" className="efs-numbers">
          {t("detail.unseen", { count: unseen, number: formatNumber(unseen) })}
        </Badge>
      )}
      <Switch
        size="xs"
        label={t("detail.follow")}
        checked={follow}
        onChange={({ currentTarget: { checked } }) => onFollow(checked)}
      />
      <Group gap={4} ml="auto">
        <Tool label={t("detail.copy")} onClick={() => void copy()}>
          <Copy size={16} aria-hidden />
        </Tool>
        <Tool
          label={t("detail.save")}
          onClick={() => saveAs(new Blob([`${wholeText()}\n`], { type: "text/plain" }), t("detail.fileName"))}
        >
          <Download size={16} aria-hidden />
        </Tool>
        <Tool label={t("detail.clear")} onClick={clear}>
          <Eraser size={16} aria-hidden />
        </Tool>
      </Group>
    </Group>
  );
}

function Tool({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

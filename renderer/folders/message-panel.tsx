/** One message: title, people, what can be done, and behind tabs its way, text, headers, source, attachments. */
import { Box, CloseButton, Group, Skeleton, Stack, Tabs, Title } from "@mantine/core";
import { MailX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import { Empty } from "../components/page.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf, useCall } from "../state/calls.ts";
import { ActionButtons } from "./action-buttons.tsx";
import { actionsFor } from "./actions.ts";
import { AttachmentsTab } from "./attachments-tab.tsx";
import "./folders.css";
import { HeadersTab } from "./headers-tab.tsx";
import { MessagePeople } from "./message-people.tsx";
import { SourceTab } from "./source-tab.tsx";
import { TextTab } from "./text-tab.tsx";
import { useMessageActions } from "./use-message-actions.tsx";
import { WayTab } from "./way-tab.tsx";

const TABS = ["way", "text", "headers", "source", "attachments"] as const;
type TabName = (typeof TABS)[number];

export interface MessagePanelProps {
  readonly queueId: string;
  readonly onClose: () => void;
  /** With a button to close it; left out: what is around it has one. */
  readonly closable?: boolean;
}

export function MessagePanel({ queueId, onClose, closable = false }: MessagePanelProps) {
  const { t } = useTranslation();
  const { data, error } = useCall("history-message", { queueId });
  // Stays when another message is opened: who reads texts goes on reading texts.
  const [tab, setTab] = useState<TabName>("way");
  if (error !== null && data === undefined) {
    return (
      <Box p="md">
        <ProblemAlert problem={problemOf(error)} />
      </Box>
    );
  }
  if (data === undefined) {
    return (
      <Stack p="md" gap="sm" className="efs-late" aria-hidden>
        <Skeleton height={24} width="70%" />
        <Skeleton height={16} width="50%" />
        <Skeleton height={200} />
      </Stack>
    );
  }
  if (data === null) {
    return (
      <Empty icon={<MailX size={32} aria-hidden />} title={t("messages.unknown.title", { queueId })}>
        {t("messages.unknown.text")}
      </Empty>
    );
  }
  return <Panel message={data} onClose={onClose} closable={closable} tab={tab} onTab={setTab} />;
}

function Panel({
  message,
  onClose,
  closable,
  tab,
  onTab,
}: {
  readonly message: HistoryMessage;
  readonly onClose: () => void;
  readonly closable: boolean;
  readonly tab: TabName;
  readonly onTab: (tab: TabName) => void;
}) {
  const { t } = useTranslation();
  const { start } = useMessageActions();
  const { queueId, summary, folder, recipients } = message;
  const held = recipients.some(({ state }) => state.kind === "held");
  return (
    <div className="efs-mail-panel">
      <Stack gap="xs" p="md" pb="xs">
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <Title order={2} lineClamp={3} style={{ overflowWrap: "anywhere" }}>
            {summary.subject === "" ? t("messages.noSubject") : summary.subject}
          </Title>
          {closable && <CloseButton aria-label={t("messages.close")} onClick={onClose} />}
        </Group>
        <MessagePeople message={message} />
        {folder !== null && (
          <Group gap="xs" pt={4}>
            <ActionButtons
              few
              actions={actionsFor(folder, [held ? "held" : "queued"])}
              onAction={(action) => start(action, [queueId])}
            />
          </Group>
        )}
      </Stack>
      <Tabs
        value={tab}
        onChange={(value) => onTab(TABS.find((name) => name === value) ?? "way")}
        keepMounted={false}
        style={{ flex: 1, minHeight: 0, display: "flex", flexDirection: "column" }}
      >
        <Tabs.List px="xs">
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name} fz="sm" py={8} px={12}>
              {t(`messages.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Panels key={queueId} message={message} />
      </Tabs>
    </div>
  );
}

function Panels({ message }: { readonly message: HistoryMessage }) {
  const { t } = useTranslation();
  const gone = (
    <Empty icon={<MailX size={32} aria-hidden />} title={t("messages.gone.title")}>
      {t("messages.gone.text")}
    </Empty>
  );
  const body: Readonly<Record<TabName, ReactNode>> = {
    way: <WayTab message={message} />,
    text: <TextTab message={message} />,
    headers: <HeadersTab message={message} />,
    source: <SourceTab message={message} />,
    attachments: <AttachmentsTab message={message} />,
  };
  return TABS.map((name) => (
    <Tabs.Panel
      key={name}
      value={name}
      className="efs-mail-panel-body"
      tabIndex={0}
      style={{ display: "flex", flexDirection: "column" }}
    >
      {message.file === null && name !== "way" ? gone : body[name]}
    </Tabs.Panel>
  ));
}

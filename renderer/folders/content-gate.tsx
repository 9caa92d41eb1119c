/** Until a message's content is there: progress that can be stopped, what went wrong, or why it is not shown. */
import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { Save } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf } from "../state/calls.ts";
import { formatSize } from "../state/format.ts";
import { useTransport } from "../transport/transport-context.tsx";
import type { MessageContent } from "./read-content.ts";
import { saveMessages } from "./save-messages.tsx";
import { useContent } from "./use-content.ts";

export function ContentGate({
  message: { queueId, size },
  children,
}: {
  readonly message: HistoryMessage;
  readonly children: (content: MessageContent) => ReactNode;
}) {
  const { t } = useTranslation();
  const transport = useTransport();
  const state = useContent(queueId, size);
  switch (state.kind) {
    case "ready":
      return children(state.content);
    case "failed":
      return <ProblemAlert problem={problemOf(state.error)} />;
    case "too-large":
      return (
        <Stack align="flex-start" gap="sm">
          <Text size="sm">{t("messages.read.tooLarge", { size: formatSize(size) })}</Text>
          <Button
            size="compact-sm"
            leftSection={<Save size={14} aria-hidden />}
            onClick={() => void saveMessages([queueId], transport)}
          >
            {t("messages.action.save")}
          </Button>
        </Stack>
      );
    case "stopped":
      return (
        <Group gap="sm">
          <Text size="sm">{t("messages.read.stopped")}</Text>
          <Button size="compact-sm" variant="default" onClick={state.start}>
            {t("messages.read.again")}
          </Button>
        </Group>
      );
    case "reading": {
      const words = t("messages.read.progress", { octets: formatSize(state.octets), size: formatSize(size) });
      return (
        <Stack gap={6} maw={420} className="efs-late">
          <Group justify="space-between">
            <Text size="sm" className="efs-numbers">
              {words}
            </Text>
            <Button size="compact-xs" variant="default" onClick={state.stop}>
              {t("messages.stop")}
            </Button>
          </Group>
          <Progress value={size === 0 ? 0 : (state.octets / size) * 100} size="sm" aria-label={words} />
        </Stack>
      );
    }
  }
}

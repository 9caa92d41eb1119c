/** What is said about a folder: what it holds, what is worth knowing, what appears in it when it is empty. */
import { Alert, Anchor, Button, Group, Text } from "@mantine/core";
import { Archive, CircleCheck, Inbox, Info, SearchX, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Folder } from "../../core/model/message.ts";
import { Empty } from "../components/page.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf, useAction, useCall } from "../state/calls.ts";
import { formatNumber } from "../state/format.ts";
import { useStatus } from "../state/status.ts";

/** From this many on something is likely to be set wrongly. */
const MANY_ERRORS = 50;

export function FolderHint({ folder, count }: { readonly folder: Folder; readonly count: number }) {
  const { t } = useTranslation();
  const { data } = useCall("settings", {}, { staleTime: 60_000 });
  const days = {
    junk: data?.settings.retention.junkDays ?? 14,
    reported: data?.settings.retention.reportedDays ?? 30,
    backup: data?.settings.backup.days ?? 30,
  };
  return (
    <Text size="sm" c="dimmed" lineClamp={2}>
      {t(`messages.hint.${folder}`, days)}
      {folder === "Errors" && count >= MANY_ERRORS && (
        <>
          {" "}
          <Anchor component={Link} href="/diagnose" inherit underline="always">
            {t("messages.diagnose")}
          </Anchor>
        </>
      )}
    </Text>
  );
}

/** Junk that was never reported waits for somebody to see it. */
export function UnseenJunk() {
  const { t } = useTranslation();
  const unseen = useStatus()?.unseenJunk ?? 0;
  const acknowledge = useAction("acknowledge-junk", ["status", "folder", "alerts"]);
  if (unseen === 0) return null;
  return (
    <Alert variant="light" color="yellow" icon={<Info size={18} aria-hidden />} py="xs">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{t("messages.unseen", { count: unseen, number: formatNumber(unseen) })}</Text>
        <Button
          size="compact-sm"
          variant="default"
          loading={acknowledge.isPending}
          onClick={() => acknowledge.mutate({ ids: "all" })}
        >
          {t("messages.markSeen")}
        </Button>
      </Group>
      {acknowledge.error !== null && <ProblemAlert problem={problemOf(acknowledge.error)} />}
    </Alert>
  );
}

const ICONS = { Inbox, Errors: CircleCheck, Junk: Trash2, Backup: Archive } as const;

export function EmptyFolder({
  folder,
  words,
  onAll,
}: {
  readonly folder: Folder;
  readonly words: string;
  readonly onAll: () => void;
}) {
  const { t } = useTranslation();
  const { data } = useCall("settings", {}, { staleTime: 60_000, enabled: folder === "Backup" });
  if (words !== "") {
    return (
      <Empty icon={<SearchX size={32} aria-hidden />} title={t("messages.nothingFound", { words })}>
        <Button size="xs" variant="default" onClick={onAll}>
          {t("messages.showAll")}
        </Button>
      </Empty>
    );
  }
  const Icon = ICONS[folder];
  const off = folder === "Backup" && data?.settings.backup.enabled === false;
  return (
    <Empty icon={<Icon size={32} aria-hidden />} title={t(`messages.empty.${folder}.title`)}>
      {off ? (
        <>
          {t("messages.backupOff")}{" "}
          <Anchor component={Link} href="/control" inherit underline="always">
            {t("messages.openControl")}
          </Anchor>
        </>
      ) : (
        t(`messages.empty.${folder}.text`)
      )}
    </Empty>
  );
}

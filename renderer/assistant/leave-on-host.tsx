/** What to do next: mail stays at the provider until somebody has seen that it arrives. One click, and one back. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { CircleCheck, MailCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf, useAction, useCall } from "../state/calls.ts";

export function LeaveOnHost() {
  const { t } = useTranslation();
  const { data: saved } = useCall("settings", {});
  const save = useAction("save-settings", ["settings"]);
  const account = saved?.settings.accounts[0];
  if (saved === undefined || account === undefined) return null;
  const leaves = account.leaveOnServer;
  const change = (leaveOnServer: boolean): void => {
    const accounts = [{ ...account, leaveOnServer }, ...saved.settings.accounts.slice(1)];
    save.mutate({ text: JSON.stringify({ ...saved.settings, accounts }), revision: saved.revision });
  };
  return (
    <Alert
      color={leaves ? "calm" : "green"}
      icon={leaves ? <MailCheck size={18} aria-hidden /> : <CircleCheck size={18} aria-hidden />}
      title={t(leaves ? "assistant.leave.title" : "assistant.leave.offTitle")}
    >
      <Stack gap="xs">
        <Text size="sm">{t(leaves ? "assistant.leave.text" : "assistant.leave.offText")}</Text>
        {save.error && <ProblemAlert problem={problemOf(save.error)} />}
        <Group>
          <Button size="xs" variant="default" loading={save.isPending} onClick={() => change(!leaves)}>
            {t(leaves ? "assistant.leave.off" : "assistant.leave.on")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

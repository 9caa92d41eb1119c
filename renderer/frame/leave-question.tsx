import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLeaveQuestion } from "../state/leave-guard.ts";

export function LeaveQuestion() {
  const { t } = useTranslation();
  const { asked, leave, stay } = useLeaveQuestion();
  return (
    <Modal opened={asked} onClose={stay} title={t("form.leaveTitle")}>
      <Stack>
        <Text size="sm">{t("form.leave")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={leave}>
            {t("form.discard")}
          </Button>
          <Button data-autofocus onClick={stay}>
            {t("form.stay")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

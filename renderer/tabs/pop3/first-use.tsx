/** "All, or only new?": what becomes of the mail that is in a mailbox before it is collected for the first time. */
import { Alert, Stack, Text } from "@mantine/core";
import { MessageCircleQuestionMark } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioField } from "../../components/choice-fields.tsx";

export function FirstUse({
  at,
  question = false,
  answered = true,
}: {
  readonly at: string;
  /** Loudly, at the top of the account. */
  readonly question?: boolean;
  readonly answered?: boolean;
}) {
  const { t } = useTranslation();
  const field = <RadioField name={`${at}.firstUse`} text="server.account.firstUse" values={["all", "new"]} />;
  if (!question) return field;
  return (
    <Alert
      color={answered ? "gray" : "yellow"}
      maw={640}
      icon={<MessageCircleQuestionMark size={18} aria-hidden />}
      title={t("server.account.firstUseTitle")}
    >
      <Stack gap="xs">
        <Text size="sm">{t("server.account.firstUseText")}</Text>
        {field}
      </Stack>
    </Alert>
  );
}

/** "All, or only new?": what becomes of the mail that is in a mailbox before it is collected for the first time. */
import { Alert, Stack, Text } from "@mantine/core";
import { MessageCircleQuestionMark } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioField } from "../../components/choice-fields.tsx";

export function FirstUse({ at, loud = false }: { readonly at: string; readonly loud?: boolean }) {
  const { t } = useTranslation();
  const field = <RadioField name={`${at}.firstUse`} text="server.account.firstUse" values={["all", "new"]} />;
  if (!loud) return field;
  return (
    <Alert
      color="yellow"
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

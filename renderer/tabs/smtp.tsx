import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function SmtpPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.smtp")}>{null}</Page>;
}

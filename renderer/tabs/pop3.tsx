import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function Pop3Page() {
  const { t } = useTranslation();
  return <Page title={t("pages.pop3")}>{null}</Page>;
}

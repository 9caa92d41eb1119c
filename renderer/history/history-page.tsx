import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function HistoryPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.history")}>{null}</Page>;
}

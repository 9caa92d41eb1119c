import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function SchedulePage() {
  const { t } = useTranslation();
  return <Page title={t("pages.schedule")}>{null}</Page>;
}

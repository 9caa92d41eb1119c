import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function DiagnosePage() {
  const { t } = useTranslation();
  return <Page title={t("pages.diagnose")}>{null}</Page>;
}

import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function AdvancedPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.advanced")}>{null}</Page>;
}

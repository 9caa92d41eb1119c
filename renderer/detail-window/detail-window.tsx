import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function DetailWindow() {
  const { t } = useTranslation();
  return <Page title={t("pages.log")}>{null}</Page>;
}

import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function AboutPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.about")}>{null}</Page>;
}

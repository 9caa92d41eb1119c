import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function StepsPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.steps")}>{null}</Page>;
}

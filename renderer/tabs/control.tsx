import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function ControlPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.control")}>{null}</Page>;
}

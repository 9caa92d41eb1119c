import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function HeadersPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.headers")}>{null}</Page>;
}

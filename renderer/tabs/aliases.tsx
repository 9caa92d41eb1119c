import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function AliasesPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.aliases")}>{null}</Page>;
}

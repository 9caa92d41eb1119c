import { useTranslation } from "react-i18next";
import { Page } from "../components/page.tsx";

export function DomainsPage() {
  const { t } = useTranslation();
  return <Page title={t("pages.domains")}>{null}</Page>;
}

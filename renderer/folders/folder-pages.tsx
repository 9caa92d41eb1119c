import { useTranslation } from "react-i18next";
import type { Folder } from "../../core/model/message.ts";
import { Page } from "../components/page.tsx";

export const InboxPage = () => <FolderPage folder="Inbox" />;
export const ErrorsPage = () => <FolderPage folder="Errors" />;
export const JunkPage = () => <FolderPage folder="Junk" />;
export const BackupPage = () => <FolderPage folder="Backup" />;

function FolderPage({ folder }: { readonly folder: Folder }) {
  const { t } = useTranslation();
  return (
    <Page title={t(`folders.names.${folder}`)} wide>
      {null}
    </Page>
  );
}

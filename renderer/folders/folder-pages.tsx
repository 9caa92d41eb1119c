import "./folders.css";
import type { Folder } from "../../core/model/message.ts";
import { FolderPage } from "./folder-page.tsx";

// One component with a key each: search, order and selection of one folder are not those of another.
const page = (folder: Folder) => () => <FolderPage key={folder} folder={folder} />;

export const InboxPage = page("Inbox");
export const ErrorsPage = page("Errors");
export const JunkPage = page("Junk");
export const BackupPage = page("Backup");

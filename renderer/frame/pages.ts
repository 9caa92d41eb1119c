/** The pages in their order, by group: what the navigation lists and `Ctrl+1` to `Ctrl+9` open. */
import {
  Archive,
  ArrowDownToLine,
  AtSign,
  CalendarClock,
  CircleAlert,
  Globe,
  History,
  Inbox,
  Info,
  ListChecks,
  type LucideIcon,
  Play,
  ScrollText,
  Send,
  ShieldCheck,
  SlidersHorizontal,
  Stethoscope,
  Trash2,
  Users,
} from "lucide-react";
import type { Folder } from "../../core/model/message.ts";

export type PageName =
  | "log"
  | "inbox"
  | "errors"
  | "junk"
  | "backup"
  | "history"
  | "pop3"
  | "smtp"
  | "domains"
  | "headers"
  | "aliases"
  | "users"
  | "schedule"
  | "control"
  | "steps"
  | "advanced"
  | "diagnose"
  | "about";

export interface PageEntry {
  readonly name: PageName;
  readonly path: string;
  readonly icon: LucideIcon;
  /** Its count is the page's badge. */
  readonly folder?: Folder;
}

export const pageGroups: readonly {
  readonly group: "mail" | "settings" | "help";
  readonly pages: readonly PageEntry[];
}[] = [
  {
    group: "mail",
    pages: [
      { name: "log", path: "/", icon: ScrollText },
      { name: "inbox", path: "/inbox", icon: Inbox, folder: "Inbox" },
      { name: "errors", path: "/errors", icon: CircleAlert, folder: "Errors" },
      { name: "junk", path: "/junk", icon: Trash2, folder: "Junk" },
      { name: "backup", path: "/backup", icon: Archive, folder: "Backup" },
      { name: "history", path: "/history", icon: History },
    ],
  },
  {
    group: "settings",
    pages: [
      { name: "pop3", path: "/pop3", icon: ArrowDownToLine },
      { name: "smtp", path: "/smtp", icon: Send },
      { name: "domains", path: "/domains", icon: Globe },
      { name: "headers", path: "/headers", icon: ListChecks },
      { name: "aliases", path: "/aliases", icon: AtSign },
      { name: "users", path: "/users", icon: Users },
      { name: "schedule", path: "/schedule", icon: CalendarClock },
      { name: "control", path: "/control", icon: ShieldCheck },
      { name: "steps", path: "/pre-post-check", icon: Play },
      { name: "advanced", path: "/advanced", icon: SlidersHorizontal },
    ],
  },
  {
    group: "help",
    pages: [
      { name: "diagnose", path: "/diagnose", icon: Stethoscope },
      { name: "about", path: "/about", icon: Info },
    ],
  },
];

export const allPages: readonly PageEntry[] = pageGroups.flatMap(({ pages }) => pages);

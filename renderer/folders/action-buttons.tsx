/** The actions on messages, as buttons of a toolbar and as items of a menu. */
import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import {
  Ellipsis,
  Forward,
  Hand,
  type LucideIcon,
  MailWarning,
  Play,
  Redo2,
  Save,
  ShieldOff,
  Trash2,
} from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { MessageAction } from "./use-message-actions.tsx";

const ICONS: Readonly<Record<MessageAction, LucideIcon>> = {
  "resend-to-postmaster": MailWarning,
  "resend-to-original": Redo2,
  "resend-to-address": Forward,
  hold: Hand,
  release: Play,
  "send-anyway": ShieldOff,
  save: Save,
  delete: Trash2,
};

/** Those that are seen at once; the others are behind "more". */
const ALWAYS_SEEN: readonly MessageAction[] = ["resend-to-postmaster", "resend-to-original", "delete"];

interface ActionsProps {
  /** Without `save`, which is always there. */
  readonly actions: readonly MessageAction[];
  readonly onAction: (action: MessageAction) => void;
}

function ordered(actions: readonly MessageAction[]): readonly MessageAction[] {
  return [...actions.filter((action) => action !== "delete"), "save", "delete"];
}

export function ActionButtons({ actions, onAction, few }: ActionsProps & { readonly few: boolean }) {
  const { t } = useTranslation();
  const all = ordered(actions);
  const seen = few ? all.filter((action) => ALWAYS_SEEN.includes(action)) : all;
  const others = all.filter((action) => !seen.includes(action));
  return (
    <Group gap={6} wrap="nowrap">
      {seen.map((action) => {
        const Icon = ICONS[action];
        return (
          <Button
            key={action}
            size="compact-sm"
            variant={action === "resend-to-postmaster" ? "filled" : "default"}
            leftSection={<Icon size={14} aria-hidden />}
            onClick={() => onAction(action)}
          >
            {t(`messages.action.${action}`)}
          </Button>
        );
      })}
      {others.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={26} aria-label={t("messages.moreActions")}>
              <Ellipsis size={14} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <ActionItems actions={others} onAction={onAction} />
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

/** For a menu; exactly these. */
export function ActionItems({ actions, onAction }: ActionsProps) {
  const { t } = useTranslation();
  return (
    <>
      {actions.map((action) => {
        const Icon = ICONS[action];
        return (
          <Fragment key={action}>
            {action === "delete" && actions.length > 1 && <Menu.Divider />}
            <Menu.Item leftSection={<Icon size={14} aria-hidden />} onClick={() => onAction(action)}>
              {t(`messages.action.${action}`)}
            </Menu.Item>
          </Fragment>
        );
      })}
    </>
  );
}

export const withSave = ordered;

/** "Open the folder": a browser cannot, so it says where it is. */
import { ActionIcon, Button, CopyButton, Group, Popover, Stack, Text, Tooltip } from "@mantine/core";
import { Check, Copy, FolderOpen } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Folder } from "../../core/model/message.ts";
import { useCall } from "../state/calls.ts";

export function OpenFolder({ folder }: { readonly folder: Folder }) {
  const { t } = useTranslation();
  const { data } = useCall("hello", {}, { staleTime: Number.POSITIVE_INFINITY });
  if (data === undefined) return null;
  const between = data.mailFolder.includes("\\") ? "\\" : "/";
  return (
    <Popover position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button size="sm" variant="default" leftSection={<FolderOpen size={14} aria-hidden />}>
          {t("messages.openFolder")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw={460}>
        <Stack gap="xs">
          <Text size="sm">{t("messages.folderIs")}</Text>
          <PathLine path={`${data.mailFolder}${between}${folder}`} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A path that can be copied. */
export function PathLine({ path }: { readonly path: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Text className="efs-mono" style={{ overflowWrap: "anywhere" }}>
        {path}
      </Text>
      <CopyButton value={path}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t("messages.copied") : t("messages.copy")}>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={copied ? t("messages.copied") : t("messages.copy")}
              onClick={copy}
            >
              {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}

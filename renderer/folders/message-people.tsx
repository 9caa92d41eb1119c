import { Anchor, Box, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import type { QueuedRecipient } from "../../core/model/message.ts";
import { When } from "../components/when.tsx";
import { formatSize } from "../state/format.ts";
import { nameAndAddress } from "./attachment-names.ts";
import { RecipientIcon } from "./state-icon.tsx";

const SHOWN = 4;

/** Who it is from and for, with what became of it for each of them. */
export function MessagePeople({ message }: { readonly message: HistoryMessage }) {
  const { t } = useTranslation();
  const { summary, sender, recipients, receivedAt, size, queueId } = message;
  const { name, address } = nameAndAddress(summary.from === "" ? sender : summary.from);
  const shownAddress = address === "" ? name : address;
  const envelope = sender.toLowerCase() !== shownAddress.toLowerCase();
  return (
    <Box component="dl" className="efs-mail-facts" m={0}>
      <Fact label={t("messages.from")}>
        {name}{" "}
        {address !== "" && (
          <Text span c="dimmed" size="xs">
            {address}
          </Text>
        )}
        {envelope && (
          <Text span c="dimmed" size="xs">
            {" "}
            {sender === "" ? t("messages.fromNobody") : t("messages.envelopeSender", { sender })}
          </Text>
        )}
      </Fact>
      <Fact label={t("messages.to")}>
        <Recipients recipients={recipients} />
      </Fact>
      <Fact label={t("messages.received")}>
        <When at={receivedAt} /> · {formatSize(size)} · <span className="efs-mono">{queueId}</span>
      </Fact>
    </Box>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
        {children}
      </Text>
    </>
  );
}

function Recipients({ recipients }: { readonly recipients: readonly QueuedRecipient[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (recipients.length === 0) return t("messages.nobody");
  const shown = all ? recipients : recipients.slice(0, SHOWN);
  const others = recipients.length - shown.length;
  return (
    <Group component="span" gap="2px 12px">
      {shown.map(({ id, address, role, state }) => (
        <Group component="span" key={id} gap={4} wrap="nowrap">
          <RecipientIcon kind={state.kind} />
          <span>{address}</span>
          <Text span size="xs" c="dimmed">
            {role === "addressed" ? "" : `${t(`messages.role.${role}`)}, `}
            {t(`messages.recipientState.${state.kind}`)}
          </Text>
        </Group>
      ))}
      {others > 0 && (
        <Anchor component="button" type="button" size="sm" onClick={() => setAll(true)}>
          {t("messages.moreRecipients", { count: others })}
        </Anchor>
      )}
    </Group>
  );
}

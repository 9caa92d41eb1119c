/** What a button, a key or the menu starts: asks what has to be asked, then has it carried out. */
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useState, useSyncExternalStore } from "react";
import type { FolderAction } from "../../core/model/action.ts";
import { addressSchema } from "../../core/model/settings.ts";
import { formatNumber } from "../state/format.ts";
import { useTransport } from "../transport/transport-context.tsx";
import { isAsked } from "./actions.ts";
import { type ActionPlace, carryOut, deleteWithUndo, pendingDeletesOf, undoDelete } from "./run-actions.tsx";
import { saveMessages } from "./save-messages.tsx";

export type MessageAction = FolderAction | "save";

export interface MessageActions {
  /** `then`: when it was really begun, so that a selection can be let go. */
  start(action: MessageAction, ids: readonly string[], then?: () => void): void;
  undo(): void;
}

export function useMessageActions(): MessageActions {
  const place: ActionPlace = { transport: useTransport(), client: useQueryClient() };
  return {
    start: (action, ids, then) => start(action, ids, place, then ?? (() => undefined)),
    undo: () => undoDelete(place),
  };
}

/** Ids of messages whose deletion waits for its 30 seconds. */
export function useHiddenMessages(): ReadonlySet<string> {
  const deletes = pendingDeletesOf({ transport: useTransport(), client: useQueryClient() });
  return useSyncExternalStore(deletes.subscribe, deletes.hidden);
}

function start(action: MessageAction, ids: readonly string[], place: ActionPlace, then: () => void): void {
  if (ids.length === 0) return;
  if (action === "save") {
    void saveMessages(ids, place.transport);
    return;
  }
  const go = (address?: string): void => {
    then();
    if (action === "delete") deleteWithUndo(ids, place);
    else void carryOut({ action, ids, ...(address === undefined ? {} : { address }) }, place);
  };
  if (action === "resend-to-address") {
    askAddress(ids.length, go);
    return;
  }
  if (!isAsked(action, ids.length)) {
    go();
    return;
  }
  const count = { count: ids.length, number: formatNumber(ids.length) };
  modals.openConfirmModal({
    title: i18next.t(`messages.ask.${action}.title` as "messages.ask.delete.title", count),
    children: (
      <Text size="sm">{i18next.t(`messages.ask.${action}.text` as "messages.ask.delete.text", count)}</Text>
    ),
    ...closeButton(),
    labels: { confirm: i18next.t(`messages.action.${action}`), cancel: i18next.t("messages.cancel") },
    confirmProps: { color: action === "delete" ? "red" : "calm" },
    onConfirm: () => go(),
  });
}

function askAddress(messages: number, go: (address: string) => void): void {
  const id = modals.open({
    ...closeButton(),
    title: i18next.t("messages.sendTo.title", { count: messages, number: formatNumber(messages) }),
    children: (
      <AddressForm
        onDone={(address) => {
          modals.close(id);
          if (address !== null) go(address);
        }}
      />
    ),
  });
}

function AddressForm({ onDone }: { readonly onDone: (address: string | null) => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const parsed = addressSchema.safeParse(text);
        if (parsed.success) onDone(parsed.data);
        else setWrong(true);
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          type="email"
          label={i18next.t("messages.sendTo.address")}
          description={i18next.t("messages.sendTo.hint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={text}
          error={wrong ? i18next.t("messages.sendTo.wrong") : null}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            setWrong(false);
          }}
          autoComplete="off"
          spellCheck={false}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onDone(null)}>
            {i18next.t("messages.cancel")}
          </Button>
          <Button type="submit">{i18next.t("messages.sendTo.send")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** For screen readers. */
function closeButton() {
  return { closeButtonProps: { "aria-label": i18next.t("messages.close") } };
}

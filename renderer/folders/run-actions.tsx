/**
 * Carries out what people do to messages, wherever they asked for it; goes on when they have left the page. Progress,
 * result and undo are told as notifications.
 */
import { Anchor, Group, List, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { CommandName, Transport } from "../../core/api/contract.ts";
import type { FolderAction } from "../../core/model/action.ts";
import { formatNumber } from "../state/format.ts";
import { type BulkOrder, type BulkSummary, CHUNK_MESSAGES, chunksOf, runBulk } from "./bulk.ts";
import { createPendingDeletes, type PendingDeletes, UNDO_MILLISECONDS } from "./pending-deletes.ts";
import { ProgressNotice } from "./progress-notice.tsx";

/** From this many on the progress is shown. */
const SHOWN_FROM = 100;
const SENTENCES_SHOWN = 5;
const UNDO_NOTICE = "efs-undo";

const CHANGED: readonly CommandName[] = [
  "folder",
  "folder-ids",
  "status",
  "activity",
  "history",
  "history-message",
];

export interface ActionPlace {
  readonly transport: Transport;
  readonly client: QueryClient;
}

export async function carryOut(order: BulkOrder, place: ActionPlace): Promise<BulkSummary> {
  const { transport, client } = place;
  const notice = crypto.randomUUID();
  const shown = order.ids.length >= SHOWN_FROM;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  const tell = (handled: number): void => {
    const notification = {
      id: notice,
      loading: true,
      autoClose: false,
      withCloseButton: false,
      title: i18next.t(`messages.doing.${order.action}`),
      message: (
        <ProgressNotice
          words={i18next.t("messages.progress", {
            handled: formatNumber(handled),
            all: formatNumber(order.ids.length),
          })}
          part={handled / order.ids.length}
          onStop={stop}
        />
      ),
    } as const;
    if (handled === 0) notifications.show(notification);
    else notifications.update(notification);
  };
  if (shown) tell(0);
  const summary = await runBulk(order, {
    act: (input) => transport.call("act", input),
    newId: () => crypto.randomUUID(),
    stopped: () => stopped,
    onProgress: (handled) => {
      if (shown) tell(handled);
    },
  });
  if (shown) notifications.hide(notice);
  tellSummary(order.action, summary);
  await refresh(client);
  return summary;
}

function refresh(client: QueryClient): Promise<unknown> {
  return Promise.all(CHANGED.map((name) => client.invalidateQueries({ queryKey: [name] })));
}

function tellSummary(action: FolderAction, { asked, done, stopped, notDone, problem }: BulkSummary): void {
  const all = done === asked;
  const count = { count: done, number: formatNumber(done) };
  // A deletion was told when the rows vanished.
  if (all && action === "delete") return;
  const rest = notDone.slice(SENTENCES_SHOWN).reduce((sum, { ids }) => sum + ids.length, 0);
  notifications.show({
    color: all ? "green" : "orange",
    icon: all ? <CircleCheck size={18} aria-hidden /> : <TriangleAlert size={18} aria-hidden />,
    autoClose: all ? 6_000 : false,
    title: i18next.t(`messages.did.${action}`, count),
    message: all ? null : (
      <Stack gap={4}>
        {stopped && <Text size="sm">{i18next.t("messages.stopped", { number: formatNumber(asked) })}</Text>}
        {problem !== null && (
          <Text size="sm">
            {problem.what} {problem.cure}
          </Text>
        )}
        {notDone.length > 0 && (
          <List size="sm" withPadding>
            {notDone.slice(0, SENTENCES_SHOWN).map(({ what, ids }) => (
              <List.Item key={what}>
                {i18next.t("messages.notDone", { count: ids.length, number: formatNumber(ids.length), what })}
              </List.Item>
            ))}
          </List>
        )}
        {rest > 0 && (
          <Text size="sm">{i18next.t("messages.othersNotDone", { number: formatNumber(rest) })}</Text>
        )}
      </Stack>
    ),
  });
}

const stores = new WeakMap<Transport, PendingDeletes>();

/** One for the whole visit: deletions that wait outlive the page that they were asked for on. */
export function pendingDeletesOf(place: ActionPlace): PendingDeletes {
  const known = stores.get(place.transport);
  if (known !== undefined) return known;
  const made = createPendingDeletes({
    now: Date.now,
    after: (milliseconds, what) => {
      const timer = setTimeout(what, milliseconds);
      return () => clearTimeout(timer);
    },
    async send(ids, leaving) {
      if (!leaving) {
        await carryOut({ action: "delete", ids }, place);
        return;
      }
      const asked = chunksOf(ids, CHUNK_MESSAGES).map((messages) =>
        place.transport.call("act", {
          action: "delete",
          messages: [...messages],
          actionId: crypto.randomUUID(),
        }),
      );
      await Promise.all(asked);
      await refresh(place.client);
    },
  });
  window.addEventListener("pagehide", () => made.leave());
  stores.set(place.transport, made);
  return made;
}

export function deleteWithUndo(ids: readonly string[], place: ActionPlace): void {
  const deletes = pendingDeletesOf(place);
  const { number } = deletes.add(ids);
  // One at a time: Ctrl+Z brings back the earlier ones.
  notifications.hide(UNDO_NOTICE);
  notifications.show({
    id: UNDO_NOTICE,
    autoClose: UNDO_MILLISECONDS,
    withAutoCloseProgress: true,
    priority: 1,
    color: "gray",
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">
          {i18next.t("messages.deleted", { count: ids.length, number: formatNumber(ids.length) })}
        </Text>
        <Anchor component="button" type="button" size="sm" fw={600} onClick={() => undoDelete(place, number)}>
          {i18next.t("messages.undo")}
        </Anchor>
      </Group>
    ),
  });
}

/** `number`: left out, the newest. */
export function undoDelete(place: ActionPlace, number?: number): void {
  const deletes = pendingDeletesOf(place);
  const batch = number ?? deletes.newest()?.number;
  if (batch === undefined || !deletes.undo(batch)) return;
  notifications.hide(UNDO_NOTICE);
  notifications.show({ message: i18next.t("messages.undone"), autoClose: 4_000, color: "gray" });
}

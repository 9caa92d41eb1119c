/** "Save": whole messages as `.eml` files of the browser's downloads, fetched a piece at a time. */
import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import type { Transport } from "../../core/api/contract.ts";
import { problemOf } from "../state/calls.ts";
import { formatNumber, formatSize } from "../state/format.ts";
import { saveAs } from "../state/save-as.ts";
import { messageFileName } from "./attachment-names.ts";
import { fetchOctets } from "./octets.ts";
import { ProgressNotice } from "./progress-notice.tsx";

/** More files than these at once are not what a browser's downloads are for. */
const MOST_FILES = 50;

export async function saveMessages(ids: readonly string[], transport: Transport): Promise<void> {
  if (ids.length > MOST_FILES) {
    modals.openConfirmModal({
      closeButtonProps: { "aria-label": i18next.t("messages.close") },
      title: i18next.t("messages.save.tooManyTitle"),
      children: (
        <Text size="sm">{i18next.t("messages.save.tooMany", { number: formatNumber(MOST_FILES) })}</Text>
      ),
      labels: { confirm: i18next.t("messages.close"), cancel: i18next.t("messages.cancel") },
      cancelProps: { display: "none" },
    });
    return;
  }
  const notice = crypto.randomUUID();
  const ended = new AbortController();
  let shown = false;
  const tell = (number: number, octets: number, size: number): void => {
    // Small ones are there before anybody could read it.
    if (!shown && ids.length === 1 && size < 4_194_304) return;
    const notification = {
      id: notice,
      loading: true,
      autoClose: false,
      withCloseButton: false,
      title: i18next.t("messages.save.saving", {
        handled: formatNumber(number),
        all: formatNumber(ids.length),
      }),
      message: (
        <ProgressNotice
          words={i18next.t("messages.read.progress", { octets: formatSize(octets), size: formatSize(size) })}
          part={size === 0 ? 1 : octets / size}
          onStop={() => ended.abort()}
        />
      ),
    } as const;
    if (shown) notifications.update(notification);
    else notifications.show(notification);
    shown = true;
  };
  let saved = 0;
  try {
    for (const [index, queueId] of ids.entries()) {
      const pieces = await fetchOctets(
        (offset, length) => transport.call("message-piece", { queueId, offset, length }),
        { signal: ended.signal, onProgress: (octets, size) => tell(index + 1, octets, size) },
      );
      const about = await transport.call("history-message", { queueId });
      const subject = "ok" in about ? (about.ok?.summary.subject ?? "") : "";
      offer(new Blob([...pieces], { type: "message/rfc822" }), messageFileName(subject, queueId));
      saved += 1;
    }
  } catch (error) {
    if (!ended.signal.aborted) {
      const { what, cure } = problemOf(error);
      notifications.show({ color: "red", title: what, message: cure, autoClose: false });
    }
  }
  if (shown) notifications.hide(notice);
  if (saved > 1) {
    notifications.show({
      color: "green",
      message: i18next.t("messages.save.saved", { count: saved, number: formatNumber(saved) }),
    });
  }
}

/** As a download; never opened in the page. */
export function offer(content: Blob, name: string): void {
  saveAs(new Blob([content], { type: "application/octet-stream" }), name);
}

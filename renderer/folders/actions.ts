/** What can be done to messages where: which buttons there are, and what is asked first. Pure. */
import type { FolderAction } from "../../core/model/action.ts";
import type { ListedState } from "../../core/model/folder-list.ts";
import type { Folder } from "../../core/model/message.ts";

/** Where nothing waits to be sent. */
const SETTLED: readonly FolderAction[] = [
  "resend-to-postmaster",
  "resend-to-original",
  "resend-to-address",
  "delete",
];

/** In the order of the toolbar; `save` and `delete` are the same everywhere and come last. */
const BY_FOLDER: Readonly<Record<Folder, readonly FolderAction[]>> = {
  Inbox: [
    "resend-to-postmaster",
    "resend-to-original",
    "resend-to-address",
    "hold",
    "release",
    "send-anyway",
    "delete",
  ],
  Errors: SETTLED,
  Junk: SETTLED,
  Backup: SETTLED,
};

/**
 * `states`: of the messages, as far as they are known; empty: nothing is known. An action stays while it makes sense
 * for one of them.
 */
export function actionsFor(folder: Folder, states: readonly ListedState[]): readonly FolderAction[] {
  const some = (wanted: (state: ListedState) => boolean): boolean =>
    states.length === 0 || states.some(wanted);
  return BY_FOLDER[folder].filter((action) => {
    if (action === "hold") return some((state) => state !== "held");
    if (action === "release" || action === "send-anyway") return some((state) => state === "held");
    return true;
  });
}

/** From how many messages on somebody is asked once, with the number: what cannot be taken back, or is very much. */
const ASKED_FROM: Readonly<Record<FolderAction, number>> = {
  "resend-to-postmaster": 50,
  "resend-to-original": 200,
  "resend-to-address": 50,
  hold: Number.POSITIVE_INFINITY,
  release: Number.POSITIVE_INFINITY,
  "send-anyway": 2,
  delete: 1_000,
};

export function isAsked(action: FolderAction, messages: number): boolean {
  return messages >= ASKED_FROM[action];
}

/** Keys that work anywhere on a folder's page; those of the list itself are the table's. */
import { useEffect, useRef } from "react";
import { rowAfterKey } from "./selection.ts";
import type { MessageAction } from "./use-message-actions.tsx";

export interface FolderKeys {
  readonly rows: number;
  readonly cursor: number | null;
  readonly onMove: (row: number) => void;
  readonly onAction: (action: MessageAction) => void;
  readonly onUndo: () => void;
  readonly onEscape: () => void;
}

const ACTIONS: Readonly<Record<string, MessageAction>> = {
  r: "resend-to-postmaster",
  t: "resend-to-original",
  Delete: "delete",
};

export function useFolderKeys(keys: FolderKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isElsewhere(event.target)) return;
      const { rows, cursor, onMove, onAction, onUndo, onEscape } = latest.current;
      const command = event.ctrlKey || event.metaKey;
      if (command && !event.shiftKey && event.key.toLowerCase() === "z") onUndo();
      else if (command || event.altKey) return;
      else if (event.key === "Escape") onEscape();
      else if (event.key === "j" || event.key === "k") {
        const row = rowAfterKey(event.key, cursor, rows, 1);
        if (row !== null) onMove(row);
      } else {
        const action = ACTIONS[event.key];
        if (action === undefined) return;
        onAction(action);
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** In a field, or in a question that lies over the page; the message's own drawer is part of the page. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable=true]") !== null)
    return true;
  return target.closest("[role=dialog]:not([data-message-drawer] *), [role=menu]") !== null;
}

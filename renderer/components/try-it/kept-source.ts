/** The message of "Try it": the same on all its pages, for as long as the window is open. Never stored: it is mail. */
import { useSyncExternalStore } from "react";

export interface TrySource {
  /** "" : none yet. */
  readonly header: string;
  /** Subject and sender of the message that was chosen; null: pasted. */
  readonly chosen: { readonly subject: string; readonly from: string } | null;
  /** null: the first account that is collected from. */
  readonly accountId: string | null;
}

const NOTHING: TrySource = { header: "", chosen: null, accountId: null };

let kept = NOTHING;
const listeners = new Set<() => void>();

export function useTrySource(): readonly [TrySource, (change: Partial<TrySource>) => void] {
  const source = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => kept,
  );
  return [source, keep];
}

function keep(change: Partial<TrySource>): void {
  kept = { ...kept, ...change };
  for (const listener of listeners) listener();
}

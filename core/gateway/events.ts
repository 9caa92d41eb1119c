import type { GatewayEvent } from "../model/event.ts";

export type GatewayListener = (event: GatewayEvent) => void;

export interface Events {
  emit(event: GatewayEvent): void;
  subscribe(listener: GatewayListener): () => void;
}

/** While the gateway is being opened nobody can listen yet. */
const KEPT = 20;

/**
 * Announces to any number of listeners, none of which can harm the mail or the others. Alerts that come before
 * the first listener are kept for it.
 */
export function createEvents(): Events {
  const listeners = new Set<{ readonly hear: GatewayListener }>();
  let kept: GatewayEvent[] | null = [];
  const tell = (listener: { readonly hear: GatewayListener }, event: GatewayEvent): void => {
    try {
      listener.hear(event);
    } catch {
      listeners.delete(listener);
    }
  };
  return {
    emit(event) {
      if (event.kind === "alert" && kept !== null && kept.length < KEPT) kept.push(event);
      for (const listener of listeners) tell(listener, event);
    },
    subscribe(hear) {
      const listener = { hear };
      listeners.add(listener);
      const missed = kept ?? [];
      kept = null;
      for (const event of missed) tell(listener, event);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

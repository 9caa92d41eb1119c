import type { GatewayEvent } from "../model/event.ts";

export type GatewayListener = (event: GatewayEvent) => void;

export interface Events {
  emit(event: GatewayEvent): void;
  subscribe(listener: GatewayListener): () => void;
}

/** Announces to any number of listeners, none of which can harm the mail or the others. */
export function createEvents(): Events {
  const listeners = new Set<{ readonly hear: GatewayListener }>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener.hear(event);
        } catch {
          listeners.delete(listener);
        }
      }
    },
    subscribe(hear) {
      const listener = { hear };
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

import type { ConnectionState, Transport } from "../../core/api/contract.ts";

/** What a transport says of its connection; told to listeners when it changes. */
export interface ConnectionValue {
  readonly connection: Transport["connection"];
  become(next: ConnectionState): void;
}

export function createConnectionValue(first: ConnectionState): ConnectionValue {
  let state = first;
  const listeners = new Set<(state: ConnectionState) => void>();
  return {
    connection: {
      current: () => state,
      onChange(listener) {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
    },
    become(next) {
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener(next);
    },
  };
}

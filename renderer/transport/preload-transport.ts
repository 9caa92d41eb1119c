/** The gateway over the desktop app's preload script. There is no connection to lose but that of the app itself. */
import type {
  Call,
  CommandName,
  CommandResults,
  ConnectionState,
  Subscribe,
  Transport,
  WireResult,
} from "../../core/api/contract.ts";
import type { DesktopBridge } from "./desktop-bridge.ts";

export function openPreloadTransport(bridge: DesktopBridge): Transport {
  let state: ConnectionState = "open";
  const listeners = new Set<(state: ConnectionState) => void>();
  bridge.onConnection((next) => {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener(next);
  });

  const call: Call = async (name, input) =>
    (await bridge.call(name, input)) as WireResult<CommandResults[typeof name & CommandName]>;

  const subscribe: Subscribe = (stream, { recent, onItems }) =>
    // The items are the stream's own; the bridge's type does not tie them to its name.
    bridge.subscribe(stream, recent, onItems as Parameters<DesktopBridge["subscribe"]>[2]);

  return {
    call,
    subscribe,
    connection: {
      current: () => state,
      onChange(listener) {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
    },
  };
}

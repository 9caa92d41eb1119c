/** The gateway over the desktop app's preload script. There is no connection to lose but that of the app itself. */
import type {
  Call,
  CommandName,
  CommandResults,
  Subscribe,
  Transport,
  WireResult,
} from "../../core/api/contract.ts";
import { createConnectionValue } from "./connection-value.ts";
import type { DesktopBridge } from "./desktop-bridge.ts";

export function openPreloadTransport(bridge: DesktopBridge): Transport {
  const { connection, become } = createConnectionValue("open");
  bridge.onConnection(become);

  const call: Call = async (name, input) =>
    (await bridge.call(name, input)) as WireResult<CommandResults[typeof name & CommandName]>;

  const subscribe: Subscribe = (stream, { recent, onItems }) =>
    // The items are the stream's own; the bridge's type does not tie them to its name.
    bridge.subscribe(stream, recent, onItems as Parameters<DesktopBridge["subscribe"]>[2]);

  return {
    call,
    subscribe,
    connection,
  };
}

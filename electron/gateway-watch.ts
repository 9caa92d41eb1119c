/** Keeps what the tray shows current: asks for the status when something happens, and now and then. */
import type { WireResult } from "../core/api/contract.ts";
import type { GatewayStatus } from "../core/model/gateway.ts";
import type { Clock } from "../core/model/ports.ts";
import { atMostEvery } from "../core/util/at-most-every.ts";
import type { GatewaySource } from "./gateway-source.ts";
import type { TrayView } from "./tray-menu.ts";

const PAUSE = 250;
/** Folders change without an event too. */
const EVERY = 10_000;

export interface GatewayWatch {
  current(): TrayView;
  refresh(): void;
  stop(): void;
}

export function watchGateway(
  { call, listen, connection }: GatewaySource,
  clock: Clock,
  onChange: (view: TrayView) => void,
): GatewayWatch {
  let view: TrayView = { kind: "starting" };
  let stopped = false;
  let disarm = (): void => undefined;

  const look = async (): Promise<void> => {
    const next = connection.current() === "open" ? viewOf(await call("status", {})) : notConnected;
    if (stopped) return;
    view = next;
    onChange(view);
  };
  const soon = atMostEvery(clock, PAUSE, () => void look());
  const later = (): void => {
    disarm = clock.after(EVERY, () => {
      soon.request();
      later();
    });
  };
  const ends = [
    // Lines of the log come by the hundred and change nothing here.
    listen(({ kind }) => {
      if (kind !== "log") soon.request();
    }),
    connection.onChange(() => soon.request()),
  ];
  soon.request();
  later();

  return {
    current: () => view,
    refresh: () => soon.request(),
    stop() {
      stopped = true;
      disarm();
      soon.stop();
      for (const end of ends) end();
    },
  };
}

function viewOf(result: WireResult<GatewayStatus>): TrayView {
  if ("ok" in result) return { kind: "ready", status: result.ok };
  return result.error.code === "set-up-needed" ? { kind: "set-up" } : notConnected;
}

const notConnected: TrayView = { kind: "not-connected" };

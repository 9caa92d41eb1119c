/**
 * Sleep and network.
 *
 * 1. Before the computer sleeps no new message is begun: what is in flight is finished, as with Stop.
 * 2. When it wakes, or the network is back, a check is made as soon as there is a network: only where checks are
 *    planned, and never against a pause.
 */
import { net, powerMonitor } from "electron";
import type { GatewayStatus } from "../core/model/gateway.ts";
import type { Clock } from "../core/model/ports.ts";
import type { GatewaySource } from "./gateway-source.ts";

const LOOK_EVERY = 10_000;

/** Pure. */
export function wantsCheck({ state, nextCheckAt }: Pick<GatewayStatus, "state" | "nextCheckAt">): boolean {
  return nextCheckAt !== null && (state === "idle" || state === "attention");
}

/** Only for a gateway of our own: a service looks after itself. */
export function watchPower({ call }: GatewaySource, clock: Clock): void {
  let wasOnline = net.isOnline();
  const look = (): void => {
    const online = net.isOnline();
    if (online && !wasOnline) void checkIfWanted();
    wasOnline = online;
    clock.after(LOOK_EVERY, look);
  };
  const checkIfWanted = async (): Promise<void> => {
    const status = await call("status", {});
    if ("ok" in status && wantsCheck(status.ok)) await call("check", {});
  };
  powerMonitor.on("suspend", () => {
    void call("stop", {});
    // Whatever the system says after waking, the network has to be seen anew.
    wasOnline = false;
  });
  clock.after(LOOK_EVERY, look);
}

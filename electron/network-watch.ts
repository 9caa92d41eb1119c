/**
 * Sleep and network.
 *
 * 1. Before the computer sleeps no new message is begun: what is in flight is finished, as with Stop.
 * 2. When it wakes, or the network is back, a check is made as soon as there is a network: only where checks are
 *    planned, and never against a pause.
 */
import type { GatewayStatus } from "../core/model/gateway.ts";
import type { Clock } from "../core/model/ports.ts";
import type { GatewaySource } from "./gateway-source.ts";

const LOOK_EVERY = 10_000;

export interface NetworkWatch {
  /** The computer is about to sleep. */
  sleeps(): void;
}

export function watchNetwork(
  { call }: Pick<GatewaySource, "call">,
  isOnline: () => boolean,
  clock: Clock,
): NetworkWatch {
  let wasOnline = isOnline();
  const checkIfWanted = async (): Promise<void> => {
    const status = await call("status", {});
    if ("ok" in status && wantsCheck(status.ok)) await call("check", {});
  };
  const look = (): void => {
    clock.after(LOOK_EVERY, look);
    const online = isOnline();
    if (online && !wasOnline) void checkIfWanted();
    wasOnline = online;
  };
  clock.after(LOOK_EVERY, look);
  return {
    sleeps() {
      void call("stop", {});
      // Whatever the system says after waking, the network has to be seen anew.
      wasOnline = false;
    },
  };
}

function wantsCheck({ state, nextCheckAt }: Pick<GatewayStatus, "state" | "nextCheckAt">): boolean {
  return nextCheckAt !== null && (state === "idle" || state === "attention");
}

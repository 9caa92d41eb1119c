/**
 * How often somebody may be wrong: 10 times a minute from one address, 100 times altogether. Counted in elapsed time,
 * so that setting the clock helps nobody.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { Clock } from "../model/ports.ts";

export const WRONG_TRIES = 10;
const WRONG_TRIES_OF_ALL = 100;
const WINDOW = 60_000;

export interface TryLimit {
  /** Seconds until this address may try again; 0: it may. */
  wait(address: string): number;
  wrong(address: string): void;
}

export function createTryLimit(clock: Clock): TryLimit {
  /** The last wrong tries of all, oldest first; never more than the limit, as no try is made beyond it. */
  let wrongTries: { readonly at: number; readonly from: string }[] = [];
  const now = (): number => clock.elapsed?.() ?? clock.now();

  function secondsUntilFree(tries: readonly { readonly at: number }[], limit: number): number {
    const first = tries[tries.length - limit];
    return first === undefined ? 0 : Math.max(1, Math.ceil((first.at + WINDOW - now()) / 1_000));
  }

  return {
    wait(address) {
      wrongTries = wrongTries.filter(({ at }) => now() - at < WINDOW);
      const from = network(address);
      const own = wrongTries.filter((one) => one.from === from);
      return Math.max(secondsUntilFree(own, WRONG_TRIES), secondsUntilFree(wrongTries, WRONG_TRIES_OF_ALL));
    },
    wrong(address) {
      if (wrongTries.length < WRONG_TRIES_OF_ALL) wrongTries.push({ at: now(), from: network(address) });
    },
  };
}

/** Who has one address of IPv6 has all of its /64. */
export function network(address: string): string {
  const ipv4 = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (ipv4 !== undefined && isIPv4(ipv4)) return ipv4;
  if (!isIPv6(address)) return address;
  const [front = "", back] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const groups = front === "" ? [] : front.split(":");
  const after = back === undefined || back === "" ? [] : back.split(":");
  const zeros = back === undefined ? 0 : 8 - groups.length - after.length;
  return [...groups, ...new Array<string>(Math.max(0, zeros)).fill("0"), ...after].slice(0, 4).join(":");
}

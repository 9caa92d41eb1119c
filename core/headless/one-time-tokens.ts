import { randomBytes } from "node:crypto";
import type { Clock } from "../model/ports.ts";
import { sha256 } from "./same-text.ts";

/** How long the token of a printed address is good, in milliseconds. */
export const TOKEN_LIFE = 10 * 60_000;
/** Of the newest ones; older ones are void. */
const TOKENS = 20;

export interface OneTimeTokens {
  issue(): string;
  /** True once for each token. */
  redeem(token: string): boolean;
}

export function createOneTimeTokens(clock: Clock): OneTimeTokens {
  /** By their hashes: a look-up tells nothing about a token that is nearly right. */
  const issued = new Map<string, number>();
  const now = (): number => clock.elapsed?.() ?? clock.now();
  return {
    issue() {
      const token = randomBytes(32).toString("base64url");
      issued.set(sha256(token), now());
      for (const old of [...issued.keys()].slice(0, -TOKENS)) issued.delete(old);
      return token;
    },
    redeem(token) {
      const hash = sha256(token);
      const at = issued.get(hash);
      issued.delete(hash);
      return at !== undefined && now() - at < TOKEN_LIFE;
    },
  };
}

/**
 * The password of the pages: only its scrypt hash is ever stored, as `scrypt$N$r$p$salt$hash` (salt and hash in
 * base64url). Each hash carries its own cost, so that a later program may raise it.
 */
import { randomBytes, scrypt, scryptSync, timingSafeEqual } from "node:crypto";
import type { SealedSecret } from "../model/ports.ts";

export const WEB_PASSWORD_SCHEME = "scrypt";
const COST = { N: 32_768, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
/** Of memory for one comparison; a stored hash that asks for more was not made by us. */
const MEMORY = 128 * 1_048_576;

export function hashWebPassword(password: string): SealedSecret {
  const { N, r, p } = COST;
  const salt = randomBytes(16);
  const hash = scryptSync(password.normalize("NFKC"), salt, HASH_BYTES, { N, r, p, maxmem: MEMORY });
  const parts = [WEB_PASSWORD_SCHEME, N, r, p, salt.toString("base64url"), hash.toString("base64url")];
  return { scheme: WEB_PASSWORD_SCHEME, value: parts.join("$") };
}

/** False also for a hash that cannot be read. */
export function isWebPassword(password: string, stored: SealedSecret): Promise<boolean> {
  const hash = readHash(stored);
  if (hash === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const { expected, salt, ...cost } = hash;
    scrypt(password.normalize("NFKC"), salt, expected.length, { ...cost, maxmem: MEMORY }, (error, found) => {
      resolve(error === null && timingSafeEqual(found, expected));
    });
  });
}

export function isWebPasswordHash(stored: SealedSecret): boolean {
  return readHash(stored) !== null;
}

function readHash({ scheme, value }: SealedSecret) {
  const found = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{8,200})\$([\w-]{43})$/.exec(value);
  if (scheme !== WEB_PASSWORD_SCHEME || found === null) return null;
  const [N = 0, r = 0, p = 0] = found.slice(1, 4).map(Number);
  const powerOfTwo = N >= 2 && Math.log2(N) % 1 === 0;
  if (!powerOfTwo || r < 1 || p < 1 || p > 16 || 128 * N * r > MEMORY / 2) return null;
  const [salt, expected] = found.slice(4).map((text) => Buffer.from(text, "base64url"));
  return salt === undefined || expected === undefined ? null : { N, r, p, salt, expected };
}

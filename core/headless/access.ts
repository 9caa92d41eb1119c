/**
 * Who may see the pages: signing in with the token of a printed address or with the password, and out again.
 *
 * 1. A token is good once, for ten minutes. One of 256 bits cannot be guessed: a right one is taken even from an
 *    address that was wrong too often, a wrong one is not looked at more than ten times a minute.
 * 2. Passwords are compared one after another (each takes 32 MB and a tenth of a second, and mail needs both), and
 *    none at all from an address that was wrong too often.
 */
import type { Clock, SealedSecret } from "../model/ports.ts";
import { isWebPassword } from "../settings/web-password.ts";
import { createOneTimeTokens, type OneTimeTokens } from "./one-time-tokens.ts";
import { createTryLimit, type TryLimit } from "./try-limit.ts";
import { openWebSessions, type WebSessions } from "./web-sessions.ts";

export type SignIn =
  | { readonly kind: "in"; readonly secret: string }
  | { readonly kind: "wrong" }
  | { readonly kind: "wait"; readonly seconds: number };

export interface Access {
  readonly tokens: OneTimeTokens;
  readonly limit: TryLimit;
  hasPassword(): boolean;
  withToken(token: string, address: string): Promise<SignIn>;
  withPassword(password: string, address: string): Promise<SignIn>;
  /** The session's id, of the first of a browser's secrets that is good; null: it has to sign in. */
  session(secrets: readonly string[]): string | null;
  isGood(session: string): boolean;
  signOut(session: string): Promise<void>;
  /** Called when somebody signs out; the returned function ends it. */
  onSignedOut(listener: (session: string) => void): () => void;
  /** Everything has been written down. */
  flushed(): Promise<void>;
}

/** Passwords that wait to be compared. */
const WAITING = 8;

export async function openAccess(
  dataDirectory: string,
  clock: Clock,
  /** The stored password that is in force; null: there is none. */
  stored: () => SealedSecret | null,
): Promise<Access> {
  const sessions: WebSessions = await openWebSessions(dataDirectory, clock);
  const tokens = createOneTimeTokens(clock);
  const limit = createTryLimit(clock);
  const listeners = new Set<(session: string) => void>();
  const password = (): string | null => stored()?.value ?? null;
  let waiting = 0;
  let comparing: Promise<unknown> = Promise.resolve();

  function wrong(address: string): SignIn {
    const seconds = limit.wait(address);
    if (seconds > 0) return { kind: "wait", seconds };
    limit.wrong(address);
    return { kind: "wrong" };
  }

  async function compare(given: string, address: string): Promise<SignIn> {
    const seconds = limit.wait(address);
    if (seconds > 0) return { kind: "wait", seconds };
    const hash = stored();
    if (hash === null || !(await isWebPassword(given, hash))) return wrong(address);
    return { kind: "in", secret: await sessions.begin(hash.value) };
  }

  return {
    tokens,
    limit,
    hasPassword: () => stored() !== null,
    async withToken(token, address) {
      if (!tokens.redeem(token)) return wrong(address);
      return { kind: "in", secret: await sessions.begin(null) };
    },
    async withPassword(given, address) {
      if (waiting >= WAITING) return { kind: "wait", seconds: 1 };
      waiting += 1;
      const compared = comparing
        .then(() => compare(given, address))
        .finally(() => {
          waiting -= 1;
        });
      comparing = compared.catch(() => undefined);
      return compared;
    },
    session(secrets) {
      for (const secret of secrets) {
        const id = sessions.find(secret, password());
        if (id !== null) return id;
      }
      return null;
    },
    isGood: (session) => sessions.isGood(session, password()),
    async signOut(session) {
      await sessions.end(session);
      for (const listener of listeners) listener(session);
    },
    onSignedOut(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flushed: () => sessions.flushed(),
  };
}

/**
 * Who has signed in to the pages.
 *
 * 1. A browser holds 256 random bits; here is only their hash, in memory and in `web-sessions.json` (0600), so that an
 *    open page goes on after a restart.
 * 2. One that nobody used for 30 days is over. At most 100; the one unused for longest goes first.
 * 3. A session that began with the password ends when the password is another one.
 * 4. A file that cannot be read counts as none, one that cannot be written keeps nobody out.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Clock } from "../model/ports.ts";
import { writeDurably } from "../util/write-durably.ts";
import { sha256 } from "./same-text.ts";

const DAY = 86_400_000;
export const IDLE_DAYS = 30;
const SESSIONS = 100;
/** Milliseconds; a use that is younger than this is not written down anew. */
const USE_WRITTEN = DAY / 24;

const sessionSchema = z.object({
  hash: z.string(),
  usedAt: z.number(),
  /** Hash of the stored password that it began with; null: with a printed address. */
  password: z.string().nullable(),
});
const fileSchema = z.object({ version: z.literal(1), sessions: z.array(sessionSchema).max(SESSIONS) });

type Session = z.infer<typeof sessionSchema>;

export interface WebSessions {
  /** Gives the secret for the browser. `password`: the stored one; null: it was not asked for. */
  begin(password: string | null): Promise<string>;
  /** The session's id when it is good, else null. `password`: the stored one that is in force. */
  find(secret: string, password: string | null): string | null;
  /** Whether it still is; counts as a use. */
  isGood(id: string, password: string | null): boolean;
  end(id: string): Promise<void>;
  /** What was to be written has been. */
  flushed(): Promise<void>;
}

export async function openWebSessions(dataDirectory: string, clock: Clock): Promise<WebSessions> {
  const path = join(dataDirectory, "web-sessions.json");
  const sessions = new Map((await load(path)).map((session) => [session.hash, session]));
  let writing: Promise<void> = Promise.resolve();

  function save(): Promise<void> {
    writing = writing.then(() => {
      const content = { version: 1, sessions: [...sessions.values()] };
      return writeDurably(path, `${JSON.stringify(content)}\n`, 0o600).catch(() => undefined);
    });
    return writing;
  }

  function isGood(id: string, password: string | null): boolean {
    const session = sessions.get(id);
    if (session === undefined) return false;
    const idle = clock.now() - session.usedAt;
    const otherPassword =
      session.password !== null && session.password !== (password === null ? null : sha256(password));
    if (idle > IDLE_DAYS * DAY || otherPassword) {
      sessions.delete(id);
      void save();
      return false;
    }
    // A clock that was set back must not make it last for ever.
    if (Math.abs(idle) > USE_WRITTEN) {
      sessions.set(id, { ...session, usedAt: clock.now() });
      void save();
    }
    return true;
  }

  return {
    async begin(password) {
      const secret = randomBytes(32).toString("base64url");
      const hash = sha256(secret);
      sessions.set(hash, {
        hash,
        usedAt: clock.now(),
        password: password === null ? null : sha256(password),
      });
      const byUse = [...sessions.values()].sort((a, b) => b.usedAt - a.usedAt);
      for (const old of byUse.slice(SESSIONS)) sessions.delete(old.hash);
      await save();
      return secret;
    },
    find(secret, password) {
      const id = sha256(secret);
      return isGood(id, password) ? id : null;
    },
    isGood,
    async end(id) {
      if (sessions.delete(id)) await save();
    },
    flushed: () => writing,
  };
}

async function load(path: string): Promise<readonly Session[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, "utf8"))).sessions;
  } catch {
    return [];
  }
}

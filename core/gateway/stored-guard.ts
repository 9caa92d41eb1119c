/** The guard's state as it is kept over restarts. What cannot be read is a calm guard: mail goes on. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { calmGuard, type GuardState } from "../deliver/misconfiguration-guard.ts";
import type { Settings } from "../model/settings.ts";

const ids = z.array(z.int());
const watch = {
  refused: ids,
  suspect: z.boolean(),
  hold: z
    .object({
      since: z.number(),
      steps: z.int().min(0),
      nextAt: z.number(),
      tried: z.int(),
      trying: z.boolean(),
    })
    .nullable(),
};
const addressWatch = z.object({ ...watch, address: z.string() });

const storedSchema = z.object({
  /** Of the settings that decide who a message is for and where it goes. */
  settings: z.string(),
  state: z.object({
    domains: z.record(
      z.string(),
      z.object({ ...watch, accepted: z.array(z.object({ address: z.string(), at: z.number() })) }),
    ),
    postmaster: addressWatch,
    bccAll: addressWatch,
    accounts: z.record(
      z.string(),
      z.object({ without: ids, seen: z.record(z.string(), z.number()), heldSince: z.number().nullable() }),
    ),
    anyway: ids,
  }),
});

export interface StoredGuard {
  readonly settings: string;
  readonly state: GuardState;
}

export function readGuard(note: unknown): StoredGuard | null {
  const parsed = storedSchema.safeParse(note);
  return parsed.success ? parsed.data : null;
}

export function newGuard(settings: Settings): StoredGuard {
  return { settings: settingsMark(settings), state: calmGuard };
}

/** Another one when held mail may have to go another way. Holds no secret: passwords are sealed, and left out. */
export function settingsMark(settings: Settings): string {
  const { accounts, domains, headers, aliases, users, smtp, postmaster, noRecipient, allowMalformed } =
    settings;
  const { password: _one, ...server } = smtp;
  const ways = accounts.map(
    ({ id, addressing, headers: own, trustedReceivedLines, mailboxAddresses, username }) => [
      id,
      addressing,
      own,
      trustedReceivedLines,
      mailboxAddresses,
      username,
    ],
  );
  const fallback = smtp.fallback === null ? null : [smtp.fallback.host, smtp.fallback.port];
  const facts = [
    ways,
    domains,
    headers,
    aliases,
    users,
    { ...server, fallback },
    postmaster,
    noRecipient,
    allowMalformed,
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

/** The guard's state as it is kept over restarts. What cannot be read is a calm guard: mail goes on. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { calmGuard, type GuardState } from "../deliver/misconfiguration-guard.ts";
import type { AddressListsInForce, AliasSource } from "../model/address-lists.ts";
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
  /** Of the settings and lists that decide who a message is for and where it goes. */
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

export function newGuard(mark: string): StoredGuard {
  return { settings: mark, state: calmGuard };
}

/** Another one when held mail may have to go another way. Holds no secret: passwords are sealed, and left out. */
export function settingsMark(settings: Settings, lists: AddressListsInForce): string {
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
    listMark(lists.aliases),
    lists.users === null ? null : listMark(lists.users),
  ];
  return sha256(JSON.stringify(facts));
}

/** A list can be long, and changes seldom; what is in force is replaced, never changed. */
const listMarks = new WeakMap<object, string>();

function listMark(list: AliasSource | ReadonlySet<string>): string {
  const known = listMarks.get(list);
  if (known !== undefined) return known;
  const entries = list instanceof Set ? [...list].sort() : Object.entries(list).sort();
  const mark = sha256(JSON.stringify(entries));
  listMarks.set(list, mark);
  return mark;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

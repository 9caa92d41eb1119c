/**
 * What one listing of a mailbox means: which messages to retrieve, which to delete at the end, which to leave
 * alone. Pure; PRODUCT sections 2 and 3, TRAPS 4, 12 and 15.
 *
 * 1. Only messages that we have collected ourselves are ever deleted (record `collected`), never `left` ones.
 * 2. First use of a mailbox with more than `limits.firstUseQuestion` messages, the question "all, or only new?"
 *    unanswered: all of them are recorded as `waiting`; what later listings have beyond them is collected.
 *    `firstUse` answers it, before or after: `all` collects them, `new` records them as `skipped`.
 * 3. A message is identified by its UIDL. Without one, or with one that another message of the listing has too,
 *    by its hash: it has to be retrieved to be recognised. At first use with the question open, or with the
 *    answer `new`, such messages stay untouched (old and new cannot be told apart), until the answer is `all`.
 * 4. An id that was gone and is listed again is retrieved, and so is one of a message that we have when LIST gives
 *    another size than it gave then; the bytes tell whether the message is the same. Nothing is deleted unread.
 * 5. None of the listed ids known, though messages were left there before: a moved mailbox. Everything is
 *    retrieved and its bytes decide. While the question of rule 2 is open, it is simply put again. An id of ours
 *    with another size than LIST gave then says the same of all ids: they may begin anew, so that none is deleted
 *    unread. A mailbox that is suddenly empty may be on its way to another machine: what comes next is compared.
 *    `moved` lasts until a pass has identified every message, however many connections that takes.
 * 6. Larger than the maximum: stays on the server, one alert per message. With the account's `oversize: headers`
 *    its headers are sent instead (see oversize-headers), and it is recorded only then.
 * 7. Messages that failed before come last, so that one that ends the connection stops nobody else.
 */
import { limits } from "../model/limits.ts";
import type { SeenRecord } from "../model/ports.ts";
import type { AccountSettings } from "../model/settings.ts";
import { assertNever } from "../util/assert-never.ts";

export interface ListedMessage {
  /** Of this connection only. */
  readonly number: number;
  /** null: identified by its hash. */
  readonly uid: string | null;
  /** The id of several messages of this listing: no identity, but maybe a trace of what we had. */
  readonly repeatedUid: string | null;
  /** Octets by LIST; null where it did not say. */
  readonly size: number | null;
}

export type PlanSettings = Pick<
  AccountSettings,
  "deleteAfterDays" | "firstUse" | "leaveOnServer" | "oversize"
>;

export interface PlanInput {
  readonly listing: readonly ListedMessage[];
  /** Of the listed ids, those that the ledger has, repeated ones included. */
  readonly records: ReadonlyMap<string, SeenRecord>;
  readonly accountState: "new" | "asked" | "known";
  /** The ledger has records, not `gone`, of messages known by their UIDL: they ought to be listed still. */
  readonly hadIds: boolean;
  /** The same of messages known by their hash. */
  readonly hadHashes: boolean;
  /** An earlier pass found that the ids had changed, and not everything has been identified since. */
  readonly moved: boolean;
  readonly settings: PlanSettings;
  /** Octets. */
  readonly maxMessageBytes: number;
  /** ms since 1970 */
  readonly now: number;
}

export interface RetrieveOrder {
  readonly message: ListedMessage;
  /** What the ledger has of it. */
  readonly record: SeenRecord | null;
  /** See `MessageSource.hashDecides`. */
  readonly hashDecides: boolean;
}

/** Why messages wait for a person's answer. */
export type Question = "all-or-new" | "no-ids";

export interface CollectionPlan {
  readonly retrieve: readonly RetrieveOrder[];
  /** Collected earlier and due for deletion; their `uid` is not null. */
  readonly remove: readonly ListedMessage[];
  /** To be recorded before anything is retrieved. */
  readonly record: readonly SeenRecord[];
  /** Newly found to be too large: one alert, or one notice with the headers, for each. */
  readonly tooLarge: readonly ListedMessage[];
  readonly accountState: "asked" | "known";
  readonly question: Question | null;
  /** Found just now; to be told. */
  readonly massChange: boolean;
  /** Unknown ids say nothing until everything has been identified: to be recorded before anything is retrieved. */
  readonly moved: boolean;
  readonly waiting: number;
  readonly skipped: number;
  readonly oversize: number;
  readonly parked: number;
}

const DAY = 86_400_000;

/** Joins UIDL's and LIST's answers; null: the server refused the command. */
export function joinListings(
  uids: ReadonlyMap<number, string> | null,
  sizes: ReadonlyMap<number, number> | null,
): readonly ListedMessage[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const uid of uids?.values() ?? []) {
    if (seen.has(uid)) repeated.add(uid);
    seen.add(uid);
  }
  const numbers = new Set([...(sizes?.keys() ?? []), ...(uids?.keys() ?? [])]);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => {
      const uid = uids?.get(number) ?? null;
      const size = sizes?.get(number) ?? null;
      return uid !== null && repeated.has(uid)
        ? { number, uid: null, repeatedUid: uid, size }
        : { number, uid, repeatedUid: null, size };
    });
}

export function planCollection(input: PlanInput): CollectionPlan {
  const { accountState, listing, maxMessageBytes, now, records, settings } = input;
  const { firstUse } = settings;
  // Known by hash is no change while the server still gives no ids.
  const had = input.hadIds || (input.hadHashes && listing.some(({ uid }) => uid !== null));
  const unknown = accountState !== "new" && had && records.size === 0;
  const massChange = unknown && listing.length > 0;
  const renumbered = listing.some((message) => standsForAnother(message, records));
  const moved = input.moved || unknown || renumbered;
  const unanswered =
    firstUse === null &&
    (accountState === "new" || (accountState === "asked" && massChange)) &&
    listing.length > limits.firstUseQuestion;
  // Messages that first use is about: with `unanswered` or `new`, everything that the ledger does not know.
  const firstListing = unanswered || (accountState === "new" && firstUse === "new");
  const open = unanswered || (accountState === "asked" && firstUse === null);
  const onlyNew = firstUse === "new" && accountState !== "known";

  const fresh: RetrieveOrder[] = [];
  const again: RetrieveOrder[] = [];
  const remove: ListedMessage[] = [];
  const record: SeenRecord[] = [];
  const tooLarge: ListedMessage[] = [];
  const counts = { waiting: 0, skipped: 0, oversize: 0, parked: 0 };
  let withoutId = 0;

  const retrieve = (message: ListedMessage, known: SeenRecord | null): void => {
    if (message.size !== null && message.size > maxMessageBytes) {
      counts.oversize += 1;
      if (known?.state === "oversize") return;
      tooLarge.push(message);
      if (message.uid !== null && settings.oversize === "leave")
        record.push(makeRecord(message.uid, "oversize", known));
      return;
    }
    const hashDecides = moved || (known !== null && (known.state === "gone" || known.wholeHash !== null));
    const order = { message, record: message.uid === null ? null : known, hashDecides };
    if (known !== null && known.tries > 0) again.push(order);
    else fresh.push(order);
  };

  for (const message of listing) {
    const { uid } = message;
    if (uid === null) {
      if (open || onlyNew) withoutId += 1;
      else retrieve(message, records.get(message.repeatedUid ?? "") ?? null);
      continue;
    }
    const known = records.get(uid);
    if (known === undefined) {
      if (!firstListing) retrieve(message, null);
      else if (unanswered) {
        counts.waiting += 1;
        record.push(makeRecord(uid, "waiting", null));
      } else {
        counts.skipped += 1;
        record.push(makeRecord(uid, "skipped", null));
      }
      continue;
    }
    switch (known.state) {
      case "collected":
        if (hasOtherSize(message, known)) retrieve(message, known);
        else if (!isDueForDeletion(known, settings, now)) break;
        else if (renumbered) retrieve(message, known);
        else remove.push(message);
        break;
      case "waiting":
        if (firstUse === "all") retrieve(message, known);
        else if (firstUse === "new") {
          counts.skipped += 1;
          record.push(makeRecord(uid, "skipped", known));
        } else counts.waiting += 1;
        break;
      case "skipped":
        counts.skipped += 1;
        break;
      case "parked":
        counts.parked += 1;
        break;
      case "left":
        if (hasOtherSize(message, known)) retrieve(message, known);
        break;
      case "gone":
      case "failing":
      case "oversize":
        retrieve(message, known);
        break;
      default:
        assertNever(known.state);
    }
  }
  again.sort((a, b) => (a.record?.tries ?? 0) - (b.record?.tries ?? 0));
  // Nothing waits any more (somebody emptied the mailbox): the question has answered itself.
  const question: Question | null =
    counts.waiting + withoutId === 0 ? null : open ? "all-or-new" : withoutId > 0 ? "no-ids" : null;
  return {
    retrieve: [...fresh, ...again],
    remove,
    record,
    tooLarge,
    accountState: question === null ? "known" : "asked",
    question,
    massChange: massChange && !unanswered && !input.moved,
    moved,
    ...counts,
    waiting: counts.waiting + withoutId,
  };
}

/** An id under which we have a message, and this is not it. */
function standsForAnother(message: ListedMessage, records: ReadonlyMap<string, SeenRecord>): boolean {
  const known = message.uid === null ? undefined : records.get(message.uid);
  return (known?.state === "collected" || known?.state === "left") && hasOtherSize(message, known);
}

function hasOtherSize({ size }: ListedMessage, { announcedSize = null }: SeenRecord): boolean {
  return size !== null && announcedSize !== null && size !== announcedSize;
}

/** Only for our own: `collected`, and either nothing is left on the server or its days there are over. */
export function isDueForDeletion(record: SeenRecord, settings: PlanSettings, now: number): boolean {
  if (record.state !== "collected") return false;
  if (!settings.leaveOnServer) return true;
  if (settings.deleteAfterDays === null || record.collectedAt === null) return false;
  return now - record.collectedAt >= settings.deleteAfterDays * DAY;
}

/** What becomes of a message that could not be collected: failing, and given up after `limits.pop3.tries`. */
export function afterFailure(uid: string, record: SeenRecord | null): SeenRecord {
  const tries = (record?.tries ?? 0) + 1;
  return { ...makeRecord(uid, tries >= limits.pop3.tries ? "parked" : "failing", record), tries };
}

export function makeRecord(uid: string, state: SeenRecord["state"], before: SeenRecord | null): SeenRecord {
  const { collectedAt, tries, wholeHash } = before ?? { collectedAt: null, tries: 0, wholeHash: null };
  return { uid, state, tries, collectedAt, wholeHash };
}

/**
 * The same messages on another connection: listed number -> number there. An id is found by itself, a message
 * without one by its place, provided that everything else is where it was; null: that cannot be said.
 */
export function findAgain(
  before: readonly ListedMessage[],
  now: readonly ListedMessage[],
): ReadonlyMap<number, number> | null {
  const byUid = new Map(now.map(({ number, uid }) => [uid, number]));
  const byNumber = new Map(now.map((message) => [message.number, message]));
  const unmoved = before.every(({ number, repeatedUid, size, uid }) => {
    const there = byNumber.get(number);
    return (
      there !== undefined && there.size === size && there.uid === uid && there.repeatedUid === repeatedUid
    );
  });
  const found = new Map<number, number>();
  for (const { number, uid } of before) {
    if (uid === null && !unmoved) return null;
    const there = uid === null ? number : byUid.get(uid);
    if (there !== undefined) found.set(number, there);
  }
  return found;
}

/** Every id of a listing once, repeated ones included. */
export function listedUids(listing: readonly ListedMessage[]): readonly string[] {
  const uids = new Set<string>();
  for (const { repeatedUid, uid } of listing) {
    const listed = uid ?? repeatedUid;
    if (listed !== null) uids.add(listed);
  }
  return [...uids];
}

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
import type { KnownMessage, KnownMessages } from "./known-messages.ts";
import type { MailboxListing } from "./mailbox-listing.ts";

export type PlanSettings = Pick<
  AccountSettings,
  "deleteAfterDays" | "firstUse" | "leaveOnServer" | "oversize"
>;

export interface PlanInput {
  readonly listing: MailboxListing;
  readonly known: KnownMessages;
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

/** Why messages wait for a person's answer. */
export type Question = "all-or-new" | "no-ids";

/** Messages by their places in the listing. */
export type Places = readonly number[];

export interface CollectionPlan {
  /** In this order. */
  readonly retrieve: Places;
  /** Of one to be retrieved: see `MessageSource.hashDecides`. */
  readonly hashDecides: (place: number) => boolean;
  readonly known: KnownMessages;
  /** Collected earlier and due for deletion; they have ids. */
  readonly remove: Places;
  /** To be recorded before anything is retrieved, by their new states. */
  readonly record: Readonly<Record<"waiting" | "skipped" | "oversize", Places>>;
  /** Newly found to be too large: one alert, or one notice with the headers, for each. */
  readonly tooLarge: Places;
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

export function planCollection(input: PlanInput): CollectionPlan {
  const { accountState, known, listing, maxMessageBytes, now, settings } = input;
  const { firstUse } = settings;
  // Known by hash is no change while the server still gives no ids.
  const had = input.hadIds || (input.hadHashes && listing.withoutUid < listing.length);
  const unknown = accountState !== "new" && had && known.isEmpty;
  const massChange = unknown && listing.length > 0;
  const renumbered = known.standsForAnother;
  const moved = input.moved || unknown || renumbered;
  const unanswered =
    firstUse === null &&
    (accountState === "new" || (accountState === "asked" && massChange)) &&
    listing.length > limits.firstUseQuestion;
  // Messages that first use is about: with `unanswered` or `new`, everything that the ledger does not know.
  const firstListing = unanswered || (accountState === "new" && firstUse === "new");
  const open = unanswered || (accountState === "asked" && firstUse === null);
  const onlyNew = firstUse === "new" && accountState !== "known";

  const fresh: number[] = [];
  const again: number[] = [];
  const remove: number[] = [];
  const record = { waiting: [] as number[], skipped: [] as number[], oversize: [] as number[] };
  const tooLarge: number[] = [];
  const counts = { waiting: 0, skipped: 0, oversize: 0, parked: 0 };
  let withoutId = 0;

  const retrieve = (place: number, before: KnownMessage | null): void => {
    if ((listing.sizeAt(place) ?? 0) > maxMessageBytes) {
      counts.oversize += 1;
      if (before?.state === "oversize") return;
      tooLarge.push(place);
      if (listing.hasUid(place) && settings.oversize === "leave") record.oversize.push(place);
      return;
    }
    if (before !== null && before.tries > 0) again.push(place);
    else fresh.push(place);
  };

  for (let place = 0; place < listing.length; place += 1) {
    const before = known.at(place);
    if (!listing.hasUid(place)) {
      if (open || onlyNew) withoutId += 1;
      else retrieve(place, before);
      continue;
    }
    if (before === null) {
      if (!firstListing) retrieve(place, null);
      else {
        const state = unanswered ? "waiting" : "skipped";
        counts[state] += 1;
        record[state].push(place);
      }
      continue;
    }
    switch (before.state) {
      case "collected":
        if (before.hasOtherSize) retrieve(place, before);
        else if (!isDueForDeletion(before, settings, now)) break;
        else if (renumbered) retrieve(place, before);
        else remove.push(place);
        break;
      case "waiting":
        if (firstUse === "all") retrieve(place, before);
        else if (firstUse === "new") {
          counts.skipped += 1;
          record.skipped.push(place);
        } else counts.waiting += 1;
        break;
      case "skipped":
        counts.skipped += 1;
        break;
      case "parked":
        counts.parked += 1;
        break;
      case "left":
        if (before.hasOtherSize) retrieve(place, before);
        break;
      case "gone":
      case "failing":
      case "oversize":
        retrieve(place, before);
        break;
      default:
        assertNever(before.state);
    }
  }
  const triesOf = (place: number): number => (listing.hasUid(place) ? (known.at(place)?.tries ?? 0) : 0);
  again.sort((a, b) => triesOf(a) - triesOf(b));
  // Nothing waits any more (somebody emptied the mailbox): the question has answered itself.
  const question: Question | null =
    counts.waiting + withoutId === 0 ? null : open ? "all-or-new" : withoutId > 0 ? "no-ids" : null;
  return {
    retrieve: [...fresh, ...again],
    hashDecides: (place) => {
      const before = known.at(place);
      return moved || (before !== null && (before.state === "gone" || before.hasHash));
    },
    known,
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

/** Only for our own: `collected`, and either nothing is left on the server or its days there are over. */
export function isDueForDeletion(
  record: Pick<SeenRecord, "state" | "collectedAt">,
  settings: Pick<PlanSettings, "deleteAfterDays" | "leaveOnServer">,
  now: number,
): boolean {
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

/**
 * The messages of a mailbox, as UIDL and LIST have them. It is held as long as they are collected, 100,000 of them
 * too: what is said about one message is put together when it is asked for, and forgotten again.
 *
 * Messages are in the order of their numbers; *place* is where one stands in it, from 0.
 */
import type { AccountSettings } from "../model/settings.ts";
import type { ListingEntries, SizeColumn, UidColumn } from "./pop3-listing.ts";

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

type Uids = ListingEntries<string, UidColumn>;
type Sizes = ListingEntries<number, SizeColumn>;

const NONE = -1;
const SLOTS_PER_ID = 16;

export class MailboxListing implements Iterable<ListedMessage> {
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];
  /** Places in `#values`. */
  readonly #uids: number[] = [];
  readonly #values: UidColumn | null;
  /** By place: 1 where the id is another message's too. */
  readonly #repeated: Uint8Array;
  /** How many are identified by their hash. */
  readonly withoutUid: number;

  /** null: the server refused the command. */
  constructor(uids: Uids | null, sizes: Sizes | null) {
    this.#values = uids?.values ?? null;
    this.#join(uids, sizes);
    this.#repeated = this.#findRepeated();
    let withoutUid = 0;
    for (let place = 0; place < this.length; place += 1) if (!this.hasUid(place)) withoutUid += 1;
    this.withoutUid = withoutUid;
  }

  get length(): number {
    return this.#numbers.length;
  }

  at(place: number): ListedMessage {
    const listed = this.listedUidAt(place);
    const repeated = this.#repeated[place] === 1;
    return {
      number: this.numberAt(place),
      uid: repeated ? null : listed,
      repeatedUid: repeated ? listed : null,
      size: this.sizeAt(place),
    };
  }

  *[Symbol.iterator](): Generator<ListedMessage> {
    for (let place = 0; place < this.length; place += 1) yield this.at(place);
  }

  numberAt(place: number): number {
    return this.#numbers[place] as number;
  }

  sizeAt(place: number): number | null {
    const size = this.#sizes[place] as number;
    return size === NONE ? null : size;
  }

  /** Whether it is identified by its id. */
  hasUid(place: number): boolean {
    return this.#uids[place] !== NONE && this.#repeated[place] === 0;
  }

  /** Also one that several messages have. */
  listedUidAt(place: number): string | null {
    const uid = this.#uids[place] as number;
    return uid === NONE || this.#values === null ? null : this.#values.at(uid);
  }

  #join(uids: Uids | null, sizes: Sizes | null): void {
    let [uid, size] = [0, 0];
    const [uidCount, sizeCount] = [uids?.size ?? 0, sizes?.size ?? 0];
    while (uid < uidCount || size < sizeCount) {
      const byUid = uid < uidCount ? (uids?.numberAt(uid) ?? 0) : Number.POSITIVE_INFINITY;
      const bySize = size < sizeCount ? (sizes?.numberAt(size) ?? 0) : Number.POSITIVE_INFINITY;
      this.#numbers.push(Math.min(byUid, bySize));
      this.#uids.push(byUid <= bySize ? (uids?.placeAt(uid) ?? NONE) : NONE);
      this.#sizes.push(bySize <= byUid ? (sizes?.values.at(sizes.placeAt(size)) ?? NONE) : NONE);
      if (byUid <= bySize) uid += 1;
      if (bySize <= byUid) size += 1;
    }
  }

  /**
   * Ids that have a slot of their own are compared with no other. The rest, few unless a server chooses its ids for it,
   * go through a map.
   */
  #findRepeated(): Uint8Array {
    const repeated = new Uint8Array(this.length);
    const values = this.#values;
    if (values === null) return repeated;
    const slotOf = new Uint32Array(this.length);
    const inSlot = new Uint8Array(2 ** Math.ceil(Math.log2(SLOTS_PER_ID * this.length + 1)));
    for (let place = 0; place < this.length; place += 1) {
      const uid = this.#uids[place] as number;
      if (uid === NONE) continue;
      const slot = values.hashAt(uid) % inSlot.length;
      slotOf[place] = slot;
      inSlot[slot] = Math.min((inSlot[slot] as number) + 1, 2);
    }
    const first = new Map<string | null, number>();
    for (let place = 0; place < this.length; place += 1) {
      if (this.#uids[place] === NONE || inSlot[slotOf[place] as number] === 1) continue;
      const uid = this.listedUidAt(place);
      const before = first.get(uid);
      if (before === undefined) first.set(uid, place);
      else {
        repeated[before] = 1;
        repeated[place] = 1;
      }
    }
    return repeated;
  }
}

/** Every id of a listing once, repeated ones included. Can be read more than once. */
export function listedUids(listing: MailboxListing): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      const repeated = new Set<string>();
      for (let place = 0; place < listing.length; place += 1) {
        const uid = listing.listedUidAt(place);
        if (uid === null || repeated.has(uid)) continue;
        if (!listing.hasUid(place)) repeated.add(uid);
        yield uid;
      }
    },
  };
}

/**
 * The same messages on another connection: number in `before` -> number there, null: not there any more. An id is
 * found by itself, a message without one by its place, provided that everything else is where it was; null: that
 * cannot be said.
 */
export function findAgain(
  before: MailboxListing,
  now: MailboxListing,
): ((listedNumber: number) => number | null) | null {
  if (before.withoutUid > 0 && !isUnmoved(before, now)) return null;
  const byUid = new Map<string | null, number>();
  for (let place = 0; place < now.length; place += 1)
    if (now.hasUid(place)) byUid.set(now.listedUidAt(place), now.numberAt(place));
  const numbers = new Map<number, number>();
  for (let place = 0; place < before.length; place += 1) {
    const number = before.numberAt(place);
    const there = before.hasUid(place) ? byUid.get(before.listedUidAt(place)) : number;
    if (there !== undefined) numbers.set(number, there);
  }
  return (listedNumber) => numbers.get(listedNumber) ?? null;
}

/** Whether each message of `before` is listed now as it was then; new ones may have come. */
function isUnmoved(before: MailboxListing, now: MailboxListing): boolean {
  let there = 0;
  for (let place = 0; place < before.length; place += 1) {
    while (there < now.length && now.numberAt(there) < before.numberAt(place)) there += 1;
    const same =
      there < now.length &&
      now.numberAt(there) === before.numberAt(place) &&
      now.sizeAt(there) === before.sizeAt(place) &&
      now.hasUid(there) === before.hasUid(place) &&
      now.listedUidAt(there) === before.listedUidAt(place);
    if (!same) return false;
  }
  return true;
}

/** Whose ids are listed; not the port, which changes with the kind of encryption. */
export function mailboxOf({ host, username }: Pick<AccountSettings, "host" | "username">): string {
  return `${username} at ${host.toLowerCase()}`;
}

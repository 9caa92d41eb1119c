/**
 * What the ledger has of each message of a listing, as far as the plan asks: a few octets a message, since it is held
 * as long as they are collected. Read in pieces, so that a long listing holds up nobody.
 */
import { setImmediate } from "node:timers/promises";
import { SEEN_STATES, type SeenLedger, type SeenRecord } from "../model/ports.ts";
import { LOOK_UP } from "./in-pieces.ts";
import type { MailboxListing } from "./mailbox-listing.ts";

export interface KnownMessage {
  readonly state: SeenRecord["state"];
  readonly tries: number;
  /** ms since 1970 */
  readonly collectedAt: number | null;
  /** Its bytes are known too. */
  readonly hasHash: boolean;
  /** LIST gives another size than it gave then. */
  readonly hasOtherSize: boolean;
}

const HAS_HASH = 1;
const HAS_OTHER_SIZE = 2;
const MOST_TRIES = 255;

export class KnownMessages {
  readonly #listing: MailboxListing;
  /** By place in the listing; 0: not known. */
  readonly #states: Uint8Array;
  readonly #tries: Uint8Array;
  readonly #facts: Uint8Array;
  /** NaN: null */
  readonly #collectedAt: Float64Array;
  /** None of the listed ids is known. */
  isEmpty = true;
  /** An id under which we have a message is listed, and this is not it. */
  standsForAnother = false;

  constructor(listing: MailboxListing) {
    this.#listing = listing;
    this.#states = new Uint8Array(listing.length);
    this.#tries = new Uint8Array(listing.length);
    this.#facts = new Uint8Array(listing.length);
    this.#collectedAt = new Float64Array(listing.length);
  }

  /** `record`: of the id that is listed there, also where it is the id of several. */
  note(place: number, record: SeenRecord): void {
    const { announcedSize = null, collectedAt, state, tries, wholeHash } = record;
    const size = this.#listing.sizeAt(place);
    const hasOtherSize = size !== null && announcedSize !== null && size !== announcedSize;
    this.#states[place] = SEEN_STATES.indexOf(state) + 1;
    this.#tries[place] = Math.min(tries, MOST_TRIES);
    this.#facts[place] = (wholeHash === null ? 0 : HAS_HASH) | (hasOtherSize ? HAS_OTHER_SIZE : 0);
    this.#collectedAt[place] = collectedAt ?? Number.NaN;
    this.isEmpty = false;
    if (hasOtherSize && (state === "collected" || state === "left") && this.#listing.hasUid(place))
      this.standsForAnother = true;
  }

  /** null: the ledger does not have its id. */
  at(place: number): KnownMessage | null {
    const state = SEEN_STATES[(this.#states[place] as number) - 1];
    if (state === undefined) return null;
    const facts = this.#facts[place] as number;
    const collectedAt = this.#collectedAt[place] as number;
    return {
      state,
      tries: this.#tries[place] as number,
      collectedAt: Number.isNaN(collectedAt) ? null : collectedAt,
      hasHash: (facts & HAS_HASH) !== 0,
      hasOtherSize: (facts & HAS_OTHER_SIZE) !== 0,
    };
  }
}

export async function findKnown(
  ledger: Pick<SeenLedger, "find">,
  accountId: string,
  listing: MailboxListing,
): Promise<KnownMessages> {
  const known = new KnownMessages(listing);
  for (let from = 0; from < listing.length; from += LOOK_UP) {
    if (from > 0) await setImmediate();
    const to = Math.min(from + LOOK_UP, listing.length);
    const uids: string[] = [];
    for (let place = from; place < to; place += 1) uids.push(listing.listedUidAt(place) ?? "");
    const records = ledger.find(
      accountId,
      uids.filter((uid) => uid !== ""),
    );
    if (records.size === 0) continue;
    for (const [index, uid] of uids.entries()) {
      const record = records.get(uid);
      if (record !== undefined) known.note(from + index, record);
    }
  }
  return known;
}

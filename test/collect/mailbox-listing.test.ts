import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findAgain, listedUids, type MailboxListing } from "../../core/collect/mailbox-listing.ts";
import { listMailbox } from "../support/mailbox-listing.ts";

const numbersOf = (listing: MailboxListing): number[] => [...listing].map(({ number }) => number);

describe("UIDL and LIST joined", () => {
  test("by number; ids that repeat are none", () => {
    const uids = [
      [3, "c"],
      [1, "a"],
      [2, "a"],
      [5, "e"],
    ] as const;
    const sizes = [
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ] as const;
    const joined = listMailbox(uids, sizes);
    expect([...joined]).toEqual([
      { number: 1, uid: null, repeatedUid: "a", size: 10 },
      { number: 2, uid: null, repeatedUid: "a", size: 20 },
      { number: 3, uid: "c", repeatedUid: null, size: 30 },
      { number: 4, uid: null, repeatedUid: null, size: 40 },
      { number: 5, uid: "e", repeatedUid: null, size: null },
    ]);
    expect([joined.length, joined.withoutUid, [...listedUids(joined)]]).toEqual([5, 3, ["a", "c", "e"]]);
    expect([...listMailbox(null, [[1, 5]])]).toEqual([{ number: 1, uid: null, repeatedUid: null, size: 5 }]);
  });

  test("whatever is listed: each message once, its id unless another has it", () => {
    const numbers = fc.integer({ min: 1, max: 30 });
    const uids = fc.uniqueArray(fc.tuple(numbers, fc.stringMatching(/^[a-c]{1,2}$/)), {
      selector: ([number]) => number,
    });
    const sizes = fc.uniqueArray(fc.tuple(numbers, fc.nat()), { selector: ([number]) => number });
    const property = fc.property(uids, sizes, (uids, sizes) => {
      const [byUid, bySize] = [new Map(uids), new Map(sizes)];
      const expected = [...new Set([...byUid.keys(), ...bySize.keys()])]
        .sort((a, b) => a - b)
        .map((number) => {
          const uid = byUid.get(number) ?? null;
          const repeated = uid !== null && uids.filter((other) => other[1] === uid).length > 1;
          const size = bySize.get(number) ?? null;
          return { number, uid: repeated ? null : uid, repeatedUid: repeated ? uid : null, size };
        });
      expect([...listMailbox(uids, sizes)]).toEqual(expected);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  test("different ids of which the look-up makes the same number", () => {
    // FNV-1a of 32 bits.
    const pairs = ["costarring", "liquor", "declinate", "macallums", "altarage", "zinke", "liquor"];
    const joined = listMailbox(
      pairs.map((uid, index) => [index + 1, uid]),
      null,
    );
    expect([...joined].map(({ uid, repeatedUid }) => uid ?? `${repeatedUid} twice`)).toEqual([
      "costarring",
      "liquor twice",
      "declinate",
      "macallums",
      "altarage",
      "zinke",
      "liquor twice",
    ]);
  });
});

describe("findAgain", () => {
  const found = (before: MailboxListing, now: MailboxListing) => {
    const numberOf = findAgain(before, now);
    return numberOf === null ? null : numbersOf(before).map((number) => [number, numberOf(number)]);
  };
  const ids = (...uids: string[]) =>
    listMailbox(
      uids.map((uid, index) => [index + 1, uid]),
      null,
    );
  /** The first has an id. */
  const sizes = (...octets: number[]) =>
    listMailbox(
      [[1, "a"]],
      octets.map((size, index) => [index + 1, size]),
    );

  test("by id, whatever the numbers", () => {
    expect(found(ids("a", "b", "c"), ids("x", "c", "a"))).toEqual([
      [1, 3],
      [2, null],
      [3, 2],
    ]);
  });

  test("without ids by place, if nothing moved", () => {
    expect(found(sizes(1, 2), sizes(1, 2, 3))).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(found(sizes(1, 2), sizes(1, 3))).toBe(null);
    expect(found(sizes(1, 2), sizes(1))).toBe(null);
  });
});

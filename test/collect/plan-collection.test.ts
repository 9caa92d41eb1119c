import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterFailure,
  findAgain,
  isDueForDeletion,
  joinListings,
  type ListedMessage,
  listedUids,
  type PlanInput,
  planCollection,
} from "../../core/collect/plan-collection.ts";
import type { SeenRecord } from "../../core/model/ports.ts";

const NOW = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

function seen(uid: string, state: SeenRecord["state"], more: Partial<SeenRecord> = {}): SeenRecord {
  return { uid, state, tries: 0, collectedAt: null, wholeHash: null, ...more };
}

/** `a:100` = id a, 100 octets; `:5` = no id; numbers from 1. */
function listing(...texts: string[]): ListedMessage[] {
  return texts.map((text, index) => {
    const [uid = "", size = ""] = text.split(":");
    return {
      number: index + 1,
      uid: uid === "" ? null : uid,
      repeatedUid: null,
      size: size === "" ? null : Number(size),
    };
  });
}

function many(count: number): ListedMessage[] {
  return listing(...Array.from({ length: count }, (_value, index) => `m${index}`));
}

function plan(input: Partial<Omit<PlanInput, "records">> & { records?: readonly SeenRecord[] }) {
  const result = planCollection({
    listing: [],
    accountState: "known",
    hadIds: false,
    hadHashes: false,
    moved: false,
    settings: {
      firstUse: null,
      leaveOnServer: false,
      deleteAfterDays: null,
      oversize: "leave",
      ...input.settings,
    },
    maxMessageBytes: 1_000,
    now: NOW,
    ...input,
    records: new Map((input.records ?? []).map((record) => [record.uid, record])),
  });
  const { retrieve, remove, record, tooLarge, ...rest } = result;
  return {
    retrieve: retrieve.map(({ hashDecides, message }) => `${message.number}${hashDecides ? " by hash" : ""}`),
    remove: remove.map(({ uid }) => uid),
    record: record.map(({ uid, state, tries }) => `${uid} ${state} ${tries}`),
    tooLarge: tooLarge.map(({ number }) => number),
    ...rest,
  };
}

const nothing = {
  retrieve: [],
  remove: [],
  record: [],
  tooLarge: [],
  accountState: "known",
  question: null,
  massChange: false,
  moved: false,
  waiting: 0,
  skipped: 0,
  oversize: 0,
  parked: 0,
};
const settings = (more: Partial<PlanInput["settings"]>): PlanInput["settings"] => ({
  firstUse: null,
  leaveOnServer: false,
  oversize: "leave",
  deleteAfterDays: null,
  ...more,
});

describe("joinListings", () => {
  test("by number; ids that repeat are none", () => {
    const uids = new Map([
      [3, "c"],
      [1, "a"],
      [2, "a"],
      [5, "e"],
    ]);
    const sizes = new Map([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ]);
    const joined = joinListings(uids, sizes);
    expect(joined).toEqual([
      { number: 1, uid: null, repeatedUid: "a", size: 10 },
      { number: 2, uid: null, repeatedUid: "a", size: 20 },
      { number: 3, uid: "c", repeatedUid: null, size: 30 },
      { number: 4, uid: null, repeatedUid: null, size: 40 },
      { number: 5, uid: "e", repeatedUid: null, size: null },
    ]);
    expect(listedUids(joined)).toEqual(["a", "c", "e"]);
    expect(joinListings(null, new Map([[1, 5]]))).toEqual([
      { number: 1, uid: null, repeatedUid: null, size: 5 },
    ]);
  });
});

describe("planCollection", () => {
  test("every state of a record", () => {
    const records = [
      seen("collected", "collected", { collectedAt: NOW }),
      seen("gone", "gone"),
      seen("waiting", "waiting"),
      seen("skipped", "skipped"),
      seen("failing", "failing", { tries: 4 }),
      seen("parked", "parked", { tries: 5 }),
      seen("oversize", "oversize"),
      seen("left", "left"),
      seen("twice", "failing", { tries: 2, wholeHash: "h" }),
    ];
    const all = listing(...records.map(({ uid }) => uid), "new");
    expect(plan({ listing: all, records })).toEqual({
      ...nothing,
      // gone, oversize (its size is not known), new; then those that failed, the least often first.
      retrieve: ["2 by hash", "7", "10", "9 by hash", "5"],
      remove: ["collected"],
      question: null,
      waiting: 1,
      skipped: 1,
      parked: 1,
    });
  });

  test.each<[string, Parameters<typeof plan>[0], object]>([
    ["an empty mailbox", { accountState: "new" }, {}],
    [
      "up to 100 messages are collected",
      { accountState: "new", listing: many(100) },
      { retrieve: many(100).map(({ number }) => `${number}`) },
    ],
    [
      "the answer all",
      { accountState: "new", listing: many(101), settings: settings({ firstUse: "all" }) },
      { retrieve: many(101).map(({ number }) => `${number}`) },
    ],
    [
      "the answer new",
      { accountState: "new", listing: listing("a", "b"), settings: settings({ firstUse: "new" }) },
      { record: ["a skipped 0", "b skipped 0"], skipped: 2 },
    ],
    [
      "no answer",
      { accountState: "new", listing: many(101) },
      {
        record: many(101).map(({ uid }) => `${uid} waiting 0`),
        waiting: 101,
        accountState: "asked",
        question: "all-or-new",
      },
    ],
    [
      "later, still no answer: what the first listing did not have",
      { accountState: "asked", listing: listing("old", "new"), records: [seen("old", "waiting")] },
      { retrieve: ["2"], waiting: 1, accountState: "asked", question: "all-or-new" },
    ],
    [
      "later, the answer all",
      {
        accountState: "asked",
        listing: listing("old", "new"),
        records: [seen("old", "waiting")],
        settings: settings({ firstUse: "all" }),
      },
      { retrieve: ["1", "2"] },
    ],
    [
      "later, the answer new",
      {
        accountState: "asked",
        listing: listing("old", "new"),
        records: [seen("old", "waiting")],
        settings: settings({ firstUse: "new" }),
      },
      { retrieve: ["2"], record: ["old skipped 0"], skipped: 1 },
    ],
    [
      "the mailbox was emptied by hand",
      { accountState: "asked", listing: listing("new"), records: [] },
      { retrieve: ["1"] },
    ],
    [
      "moved while the question is open: it is put again",
      { accountState: "asked", listing: many(101), hadIds: true },
      {
        record: many(101).map(({ uid }) => `${uid} waiting 0`),
        waiting: 101,
        accountState: "asked",
        question: "all-or-new",
        moved: true,
      },
    ],
    [
      "without ids, no answer",
      { accountState: "new", listing: listing(...Array.from({ length: 101 }, () => "")) },
      { waiting: 101, accountState: "asked", question: "all-or-new" },
    ],
    [
      "without ids, the answer new cannot be kept",
      { accountState: "asked", listing: listing("", "a"), settings: settings({ firstUse: "new" }) },
      { retrieve: ["2"], waiting: 1, accountState: "asked", question: "no-ids" },
    ],
    [
      "without ids, the answer all",
      { accountState: "asked", listing: listing("", ""), settings: settings({ firstUse: "all" }) },
      { retrieve: ["1", "2"] },
    ],
  ])("first use: %s", (_name, input, expected) => {
    expect(plan(input)).toEqual({ ...nothing, ...expected });
  });

  test.each<[string, Parameters<typeof plan>[0], object]>([
    [
      "a moved mailbox",
      { listing: listing("x", "y"), hadIds: true },
      { retrieve: ["1 by hash", "2 by hash"], massChange: true, moved: true },
    ],
    [
      "one known id is enough",
      { listing: listing("x", "y"), hadIds: true, records: [seen("y", "skipped")] },
      { retrieve: ["1"], skipped: 1 },
    ],
    ["nothing was there before", { listing: listing("x") }, { retrieve: ["1"] }],
    ["by hash as ever", { listing: listing("", ""), hadHashes: true }, { retrieve: ["1", "2"] }],
    [
      "ids where there were none",
      { listing: listing("x"), hadHashes: true },
      { retrieve: ["1 by hash"], massChange: true, moved: true },
    ],
    [
      "no ids where there were some",
      { listing: listing(""), hadIds: true },
      { retrieve: ["1 by hash"], massChange: true, moved: true },
    ],
    ["suddenly empty", { hadIds: true }, { moved: true }],
    ["empty where nothing was left", {}, {}],
    [
      "the pass that found it did not come to its end",
      {
        listing: listing("x", "y", "z"),
        moved: true,
        records: [seen("x", "collected"), seen("y", "failing")],
      },
      { remove: ["x"], retrieve: ["2 by hash", "3 by hash"], moved: true },
    ],
    [
      "told once",
      { listing: listing("x"), moved: true, hadIds: true },
      { retrieve: ["1 by hash"], moved: true },
    ],
    [
      "an id of ours stands for another message",
      {
        listing: listing("1:101", "2:100", "3", "4:100"),
        records: [
          seen("1", "collected", { wholeHash: "h1", announcedSize: 100 }),
          seen("2", "collected", { wholeHash: "h2", announcedSize: 100 }),
          seen("4", "skipped"),
        ],
      },
      { retrieve: ["1 by hash", "2 by hash", "3 by hash"], skipped: 1, moved: true },
    ],
    [
      "also one that other software took from us",
      { listing: listing("1:101"), records: [seen("1", "left", { wholeHash: "h1", announcedSize: 100 })] },
      { retrieve: ["1 by hash"], moved: true },
    ],
  ])("ids that change: %s", (_name, input, expected) => {
    expect(plan(input)).toEqual({ ...nothing, ...expected });
  });

  test("an id that came to stand for two messages: the bytes decide", () => {
    const all = joinListings(
      new Map([
        [1, "a"],
        [2, "a"],
      ]),
      null,
    );
    expect(
      plan({ listing: all, records: [seen("a", "collected", { wholeHash: "h", collectedAt: NOW })] }),
    ).toEqual({
      ...nothing,
      retrieve: ["1 by hash", "2 by hash"],
    });
  });

  test("too large: recorded and told once, collected when the maximum is raised", () => {
    const input = {
      listing: listing("a:1000", "b:1001", "c:5000", ":2000"),
      records: [seen("c", "oversize")],
    };
    expect(plan(input)).toEqual({
      ...nothing,
      retrieve: ["1"],
      record: ["b oversize 0"],
      tooLarge: [2, 4],
      oversize: 3,
    });
    // Recorded when their headers were sent.
    const headers = settings({ oversize: "headers" });
    expect(plan({ ...input, settings: headers })).toEqual({
      ...nothing,
      retrieve: ["1"],
      tooLarge: [2, 4],
      oversize: 3,
    });
    expect(plan({ ...input, maxMessageBytes: 5_000 })).toEqual({
      ...nothing,
      retrieve: ["1", "2", "3", "4"],
    });
  });

  test("whatever is listed and recorded: nothing is both retrieved and removed, only our own is removed", () => {
    const states = [
      "collected",
      "gone",
      "waiting",
      "skipped",
      "failing",
      "parked",
      "oversize",
      "left",
    ] as const;
    const property = fc.property(
      fc.uniqueArray(
        fc.record({ uid: fc.stringMatching(/^[a-e]{1,2}$/), state: fc.constantFrom(...states) }),
        { selector: ({ uid }) => uid },
      ),
      fc.array(fc.stringMatching(/^[a-e]{0,2}$/), { maxLength: 12 }),
      fc.constantFrom("new" as const, "asked" as const, "known" as const),
      fc.constantFrom("all" as const, "new" as const, null),
      fc.boolean(),
      (states, uids, accountState, firstUse, moved) => {
        const records = states.map(({ uid, state }) => seen(uid, state, { collectedAt: NOW }));
        const all = joinListings(new Map(uids.map((uid, index) => [index + 1, uid])), null);
        const { remove, retrieve } = planCollection({
          listing: all,
          records: new Map(records.map((record) => [record.uid, record])),
          accountState,
          hadIds: true,
          hadHashes: false,
          moved,
          settings: settings({ firstUse }),
          maxMessageBytes: 1_000,
          now: NOW,
        });
        const ours = new Set(records.filter(({ state }) => state === "collected").map(({ uid }) => uid));
        const retrieved = new Set(retrieve.map(({ message }) => message.number));
        expect(
          remove.every(({ number, uid }) => uid !== null && ours.has(uid) && !retrieved.has(number)),
        ).toBe(true);
        expect(retrieved.size).toBe(retrieve.length);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });
});

describe("isDueForDeletion", () => {
  const mine = seen("a", "collected", { collectedAt: NOW - 3 * DAY });
  test.each<[string, SeenRecord, Partial<PlanInput["settings"]>, boolean]>([
    ["nothing is left on the server", mine, {}, true],
    ["mail is left on the server", mine, { leaveOnServer: true }, false],
    ["its days are over", mine, { leaveOnServer: true, deleteAfterDays: 3 }, true],
    ["not yet", mine, { leaveOnServer: true, deleteAfterDays: 4 }, false],
    ["at once", mine, { leaveOnServer: true, deleteAfterDays: 0 }, true],
    ["not ours", seen("a", "skipped", { collectedAt: NOW - 3 * DAY }), { deleteAfterDays: 0 }, false],
    ["left", seen("a", "left", { collectedAt: NOW - 3 * DAY }), {}, false],
  ])("%s", (_name, record, more, due) => {
    expect(isDueForDeletion(record, settings(more), NOW)).toBe(due);
  });
});

test("five failures park a message", () => {
  let record: SeenRecord | null = seen("a", "gone", { wholeHash: "h", collectedAt: 1 });
  const states = [1, 2, 3, 4, 5].map(() => {
    record = afterFailure("a", record);
    return record;
  });
  expect(states).toEqual(
    [1, 2, 3, 4, 5].map((tries) =>
      seen("a", tries === 5 ? "parked" : "failing", { tries, wholeHash: "h", collectedAt: 1 }),
    ),
  );
});

describe("findAgain", () => {
  test("by id, whatever the numbers", () => {
    expect(findAgain(listing("a", "b", "c"), listing("x", "c", "a"))).toEqual(
      new Map([
        [1, 3],
        [3, 2],
      ]),
    );
  });
  test("without ids by place, if nothing moved", () => {
    expect(findAgain(listing("a:1", ":2"), listing("a:1", ":2", ":3"))).toEqual(
      new Map([
        [1, 1],
        [2, 2],
      ]),
    );
    expect(findAgain(listing("a:1", ":2"), listing("a:1", ":3"))).toBe(null);
    expect(findAgain(listing("a:1", ":2"), listing("a:1"))).toBe(null);
  });
});

test("an id of ours with another size than LIST gave then is read before anything is deleted", () => {
  const records = [
    seen("1", "collected", { wholeHash: "h1", announcedSize: 100 }),
    seen("2", "collected", { wholeHash: "h2", announcedSize: 100 }),
    seen("3", "collected", { wholeHash: "h3" }),
  ];
  expect(plan({ listing: listing("1:100", "2:101", "3:101"), records })).toMatchObject({
    retrieve: ["1 by hash", "2 by hash", "3 by hash"],
    remove: [],
  });
  expect(plan({ listing: listing("1", "2", "3"), records })).toMatchObject({
    retrieve: [],
    remove: ["1", "2", "3"],
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findKnown, type KnownMessages } from "../../core/collect/known-messages.ts";
import type { MailboxListing } from "../../core/collect/mailbox-listing.ts";
import {
  afterFailure,
  isDueForDeletion,
  type PlanInput,
  planCollection,
} from "../../core/collect/plan-collection.ts";
import type { SeenRecord } from "../../core/model/ports.ts";
import { listMailbox } from "../support/mailbox-listing.ts";
import { MemoryLedger } from "../support/memory-ledger.ts";

const NOW = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

function seen(uid: string, state: SeenRecord["state"], more: Partial<SeenRecord> = {}): SeenRecord {
  return { uid, state, tries: 0, collectedAt: null, wholeHash: null, ...more };
}

/** `a:100` = id a, 100 octets; `:5` = no id; numbers from 1. */
function listing(...texts: string[]): MailboxListing {
  const messages = texts.map((text, index) => {
    const [uid = "", size = ""] = text.split(":");
    // What has neither is not listed at all.
    return { number: index + 1, uid, size: size === "" && uid === "" ? "1" : size };
  });
  return listMailbox(
    messages.flatMap(({ number, uid }) => (uid === "" ? [] : [[number, uid]])),
    messages.flatMap(({ number, size }) => (size === "" ? [] : [[number, Number(size)]])),
  );
}

async function known(listed: MailboxListing, records: readonly SeenRecord[]): Promise<KnownMessages> {
  const ledger = new MemoryLedger();
  for (const record of records) ledger.records.set(record.uid, record);
  return findKnown(ledger, "main", listed);
}

function many(count: number): MailboxListing {
  return listing(...Array.from({ length: count }, (_value, index) => `m${index}`));
}

const numbersOf = (listed: MailboxListing): string[] => [...listed].map(({ number }) => `${number}`);

type Asked = Partial<Omit<PlanInput, "known">> & { readonly records?: readonly SeenRecord[] };

async function plan({ records = [], ...input }: Asked) {
  const listed = input.listing ?? listing();
  const result = planCollection({
    accountState: "known",
    hadIds: false,
    hadHashes: false,
    moved: false,
    maxMessageBytes: 1_000,
    now: NOW,
    ...input,
    settings: {
      firstUse: null,
      leaveOnServer: false,
      deleteAfterDays: null,
      oversize: "leave",
      ...input.settings,
    },
    listing: listed,
    known: await known(listed, records),
  });
  const { retrieve, hashDecides, known: _known, remove, record, tooLarge, ...rest } = result;
  const triesOf = (uid: string): number => records.find((before) => before.uid === uid)?.tries ?? 0;
  return {
    retrieve: retrieve.map((place) => `${listed.at(place).number}${hashDecides(place) ? " by hash" : ""}`),
    remove: remove.map((place) => listed.at(place).uid),
    record: Object.entries(record).flatMap(([state, places]) =>
      places.map((place) => `${listed.at(place).uid} ${state} ${triesOf(listed.at(place).uid ?? "")}`),
    ),
    tooLarge: tooLarge.map((place) => listed.at(place).number),
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

describe("planCollection", () => {
  test("every state of a record", async () => {
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
    expect(await plan({ listing: all, records })).toEqual({
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

  test.each<[string, Asked, object]>([
    ["an empty mailbox", { accountState: "new" }, {}],
    [
      "up to 100 messages are collected",
      { accountState: "new", listing: many(100) },
      { retrieve: numbersOf(many(100)) },
    ],
    [
      "the answer all",
      { accountState: "new", listing: many(101), settings: settings({ firstUse: "all" }) },
      { retrieve: numbersOf(many(101)) },
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
        record: [...many(101)].map(({ uid }) => `${uid} waiting 0`),
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
        record: [...many(101)].map(({ uid }) => `${uid} waiting 0`),
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
  ])("first use: %s", async (_name, input, expected) => {
    expect(await plan(input)).toEqual({ ...nothing, ...expected });
  });

  test.each<[string, Asked, object]>([
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
  ])("ids that change: %s", async (_name, input, expected) => {
    expect(await plan(input)).toEqual({ ...nothing, ...expected });
  });

  test("an id that came to stand for two messages: the bytes decide", async () => {
    const all = listing("a", "a");
    expect(
      await plan({ listing: all, records: [seen("a", "collected", { wholeHash: "h", collectedAt: NOW })] }),
    ).toEqual({
      ...nothing,
      retrieve: ["1 by hash", "2 by hash"],
    });
  });

  test("too large: recorded and told once, collected when the maximum is raised", async () => {
    const input = {
      listing: listing("a:1000", "b:1001", "c:5000", ":2000"),
      records: [seen("c", "oversize")],
    };
    expect(await plan(input)).toEqual({
      ...nothing,
      retrieve: ["1"],
      record: ["b oversize 0"],
      tooLarge: [2, 4],
      oversize: 3,
    });
    // Recorded when their headers were sent.
    const headers = settings({ oversize: "headers" });
    expect(await plan({ ...input, settings: headers })).toEqual({
      ...nothing,
      retrieve: ["1"],
      tooLarge: [2, 4],
      oversize: 3,
    });
    expect(await plan({ ...input, maxMessageBytes: 5_000 })).toEqual({
      ...nothing,
      retrieve: ["1", "2", "3", "4"],
    });
  });

  test("whatever is listed and recorded: nothing is both retrieved and removed, only our own is removed", async () => {
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
    const property = fc.asyncProperty(
      fc.uniqueArray(
        fc.record({ uid: fc.stringMatching(/^[a-e]{1,2}$/), state: fc.constantFrom(...states) }),
        { selector: ({ uid }) => uid },
      ),
      fc.array(fc.stringMatching(/^[a-e]{0,2}$/), { maxLength: 12 }),
      fc.constantFrom("new" as const, "asked" as const, "known" as const),
      fc.constantFrom("all" as const, "new" as const, null),
      fc.boolean(),
      async (states, uids, accountState, firstUse, moved) => {
        const records = states.map(({ uid, state }) => seen(uid, state, { collectedAt: NOW }));
        const all = listing(...uids);
        const { remove, retrieve } = planCollection({
          listing: all,
          known: await known(all, records),
          accountState,
          hadIds: true,
          hadHashes: false,
          moved,
          settings: settings({ firstUse }),
          maxMessageBytes: 1_000,
          now: NOW,
        });
        const ours = new Set(records.filter(({ state }) => state === "collected").map(({ uid }) => uid));
        const retrieved = new Set(retrieve);
        expect(remove.every((place) => ours.has(all.at(place).uid ?? "") && !retrieved.has(place))).toBe(
          true,
        );
        expect(retrieved.size).toBe(retrieve.length);
      },
    );
    await fc.assert(property, { numRuns: 2_000 });
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

test("an id of ours with another size than LIST gave then is read before anything is deleted", async () => {
  const records = [
    seen("1", "collected", { wholeHash: "h1", announcedSize: 100 }),
    seen("2", "collected", { wholeHash: "h2", announcedSize: 100 }),
    seen("3", "collected", { wholeHash: "h3" }),
  ];
  expect(await plan({ listing: listing("1:100", "2:101", "3:101"), records })).toMatchObject({
    retrieve: ["1 by hash", "2 by hash", "3 by hash"],
    remove: [],
  });
  expect(await plan({ listing: listing("1", "2", "3"), records })).toMatchObject({
    retrieve: [],
    remove: ["1", "2", "3"],
  });
});

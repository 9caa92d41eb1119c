import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FolderListOrder, FolderSort } from "../../core/model/folder-list.ts";
import type { AcceptOrder, Disposition, Folder, JunkReason } from "../../core/model/message.ts";
import { LISTED_STATES } from "../../core/spool/listed-state.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { fillHistory } from "../support/history-rows.ts";
import { type Step, settlementAt } from "../support/settlements.ts";
import { claimAll, type SpoolKit, spoolKit, take, testMail } from "../support/spool-kit.ts";

let kit: SpoolKit;
let spool: Spool;

beforeEach(async () => {
  kit = spoolKit();
  spool = await kit.open();
});
afterEach(async () => {
  await spool.close();
  kit.remove();
});

interface Mail {
  readonly from?: string;
  readonly sender?: string;
  readonly subject?: string;
  readonly messageId?: string;
  readonly size?: number;
  readonly to?: readonly string[];
  readonly junk?: JunkReason;
}

async function put(name: string, mail: Mail = {}): Promise<number> {
  const { from = "", sender = "bounces@example.net", subject = name, messageId = "", to, junk } = mail;
  const recipients = (to ?? ["bob@office.example"]).map((address) => ({
    address,
    role: "addressed" as const,
    duplicatesChecked: true,
  }));
  const order: Partial<AcceptOrder> = {
    summary: { from, subject, messageId, date: null },
    resolution: { kind: "addressed", sender, recipients, trail: [] },
    ...(junk === undefined ? {} : { verdict: { kind: "junk", reason: junk, detail: `it is ${junk}` } }),
  };
  return (await take(spool, name, testMail(name, mail.size ?? 300), undefined, order)).id;
}

/** All that are due come to this. */
async function settleAll(steps: readonly Step[], disposition: Disposition): Promise<void> {
  for (const message of await claimAll(spool, kit.clock)) {
    await spool.outcomes.apply(settlementAt(kit.clock.now(), message, steps, disposition));
  }
}

const list = (folder: Folder, order: Partial<FolderListOrder> = {}) =>
  spool.lists.list({ folder, sort: "received", descending: true, offset: 0, limit: 100, ...order });
const subjects = async (folder: Folder, order: Partial<FolderListOrder> = {}): Promise<string> =>
  (await list(folder, order)).rows.map(({ subject }) => subject).join(" ");

test("a row has what a table shows of a message", async () => {
  const first = await put("one", { from: "Ann <ann@example.net>", to: ["a@x.example", "b@x.example"] });
  await settleAll(["delivered", "failed"], { kind: "errors", report: "waiting" });
  const { total, rows } = await list("Errors");
  expect(total).toBe(1);
  expect(rows).toEqual([
    {
      id: first,
      queueId: spool.message(first)?.queueId,
      kind: "mail",
      accountId: "main",
      sender: "bounces@example.net",
      from: "Ann <ann@example.net>",
      subject: "one",
      size: 300,
      receivedAt: kit.clock.now(),
      state: "report-waiting",
      nextAt: kit.clock.now(),
      recipients: ["a@x.example", "b@x.example"],
      recipientCount: 2,
      lastAnswer: "550 5.1.1 no such user",
      junkReason: null,
      reportState: "waiting",
    },
  ]);
});

test("of many recipients the first are shown, all are counted, and the one that tells most speaks", async () => {
  const to = Array.from({ length: 12 }, (_, n) => `r${n}@x.example`);
  await put("many", { to });
  const steps = Array.from({ length: 12 }, (_, n): Step => (n === 9 ? "deferred" : "delivered"));
  await settleAll(steps, { kind: "stay" });
  expect((await list("Inbox")).rows).toMatchObject([
    {
      recipients: to.slice(0, 5),
      recipientCount: 12,
      state: "deferred",
      nextAt: kit.clock.now() + 60_000,
      lastAnswer: "550 5.1.1 no such user",
    },
  ]);
});

test.each<[FolderSort, string]>([
  ["received", "b a D c"],
  ["size", "c b D a"],
  ["sender", "c b a D"],
  ["subject", "a b c D"],
])("sorted by %s, in each folder the same, both ways, any window", async (sort, expected) => {
  const mails: readonly [string, Mail][] = [
    ["b", { from: '"Berta" <1@x>', size: 400 }],
    ["a", { from: "carl <2@x>", size: 600 }],
    ["D", { sender: "dora@x.example", size: 500 }],
    ["c", { from: "<Anna@x>", size: 300 }],
  ];
  for (const [name, mail] of mails) await put(name, { ...mail, to: ["x@office.example"] });
  const forward = { sort, descending: false };
  const see = async (folder: Folder): Promise<void> => {
    expect(await subjects(folder, forward)).toBe(expected);
    expect(await subjects(folder, { sort })).toBe(expected.split(" ").reverse().join(" "));
    expect(await subjects(folder, { ...forward, offset: 1, limit: 2 })).toBe(
      expected.split(" ").slice(1, 3).join(" "),
    );
    expect(await list(folder, { ...forward, offset: 9 })).toEqual({ total: 4, rows: [] });
    const ids = await spool.lists.queueIds({ folder, ...forward });
    expect(ids).toEqual((await list(folder, forward)).rows.map(({ queueId }) => queueId));
  };
  await see("Inbox");
  await settleAll(["failed"], { kind: "errors", report: "off" });
  await see("Errors");
});

test("sorted by state: as it is shown, in Inbox and in Errors", async () => {
  for (const step of ["held", "deferred", "delivered"] as const) {
    await put(step, { to: ["a@x.example", "b@x.example"] });
    await settleAll([step, step === "delivered" ? "not-tried" : step], { kind: "stay" });
  }
  await put("new");
  await put("sending");
  const claimed = await spool.queue.claim({
    limit: 1,
    kinds: ["mail"],
    now: kit.clock.now(),
    ignoreBackoff: false,
    nextAt: kit.clock.now() + 1,
  });
  expect(claimed.map(({ id }) => spool.message(id)?.summary.subject)).toEqual(["delivered"]);
  const states = async (folder: Folder, descending = false) =>
    (await list(folder, { sort: "state", descending })).rows.map(({ state }) => state);
  expect(await states("Inbox")).toEqual(["sending", "queued", "queued", "deferred", "held"]);
  expect(await states("Inbox", true)).toEqual(["held", "deferred", "queued", "queued", "sending"]);
  for (const report of ["off", "waiting"] as const) await put(report);
  const message = (await claimAll(spool, kit.clock)).map((each) => each);
  for (const each of message) {
    const name = spool.message(each.id)?.summary.subject;
    const disposition: Disposition =
      name === "off" || name === "waiting" ? { kind: "errors", report: name } : { kind: "stay" };
    const step = disposition.kind === "errors" ? "failed" : "not-tried";
    await spool.outcomes.apply(settlementAt(kit.clock.now(), each, [step], disposition));
  }
  const errors = await states("Errors");
  expect(errors).toEqual(["report-waiting", "not-reported"]);
  expect(LISTED_STATES.indexOf("report-waiting")).toBeLessThan(LISTED_STATES.indexOf("not-reported"));
});

const searched: readonly (readonly [string, Mail])[] = [
  ["offer", { from: "J\u00fcrgen M\u00fcller <jm@firma.example>", to: ["sales@office.example"] }],
  ["Re: offer", { sender: "jm@firma.example", to: ["bob@office.example", "eva@office.example"] }],
  ["invoice", { messageId: "<A1.b2@shop.example>", to: ["eva@office.example"] }],
];

test.each<[string, string]>([
  ["", "invoice,Re: offer,offer"],
  ["...", "invoice,Re: offer,offer"],
  ["OFFER", "Re: offer,offer"],
  ["muller", "offer"],
  ["M\u00dcLL", "offer"],
  ["jm@firma", "Re: offer,offer"],
  ["eva offer", "Re: offer"],
  ["eva@office.example", "invoice,Re: offer"],
  ["a1.b2@shop.example", "invoice"],
  ["uller", ""],
  ['" OR sender:', ""],
  ["invoice nobody", ""],
])("the words %j find %j: before they are in the index, and from it", async (words, expected) => {
  for (const [name, mail] of searched) await put(name, mail);
  await put("elsewhere", { from: "muller offer eva@office.example jm@firma.example", junk: "blocked" });
  const look = async (folder: Folder): Promise<void> => {
    const found = await list(folder, { words });
    expect(found.rows.map(({ subject }) => subject).join()).toBe(expected);
    expect(found.total).toBe(found.rows.length);
    const bySize = (await list(folder, { words, sort: "size" })).rows.map(({ id }) => id);
    expect([...bySize].sort()).toEqual(found.rows.map(({ id }) => id).sort());
  };
  await look("Inbox");
  await spool.indexHistory();
  await look("Inbox");
  await settleAll(["failed", "failed"], { kind: "errors", report: "off" });
  await look("Errors");
  await spool.indexHistory();
  await look("Errors");
  const [first] = (await list("Errors")).rows;
  const word = first?.queueId.toLowerCase() ?? "";
  expect((await list("Errors", { words: word })).rows.map(({ id }) => id)).toEqual([first?.id]);
});

test("the same search after something has changed sees it", async () => {
  await put("offer 1");
  expect((await list("Inbox", { words: "offer" })).total).toBe(1);
  await put("offer 2");
  expect(await subjects("Inbox", { words: "offer" })).toBe("offer 2 offer 1");
  await settleAll(["delivered"], { kind: "done", backup: true });
  expect([
    (await list("Inbox", { words: "offer" })).total,
    (await list("Backup", { words: "offer" })).total,
  ]).toEqual([0, 2]);
});

test.each<[FolderSort, string | undefined]>([
  ["received", undefined],
  ["subject", undefined],
  ["state", undefined],
  ["sender", "offer"],
  ["received", "offer"],
])(
  "an order by %s that is kept (words: %j) is at any time what it would be made anew",
  async (sort, words) => {
    const order = { sort, ...(words === undefined ? {} : { words }) };
    const seen = async (folder: Folder): Promise<readonly number[]> =>
      (await list(folder, order)).rows.map(({ id }) => id);
    const anew = async (folder: Folder): Promise<readonly number[]> => {
      await spool.close();
      spool = await kit.open();
      return seen(folder);
    };
    const both = async (): Promise<void> => {
      const kept = [await seen("Inbox"), await seen("Errors")];
      expect(kept).toEqual([await anew("Inbox"), await anew("Errors")]);
      expect([(await list("Inbox", order)).total, (await list("Errors", order)).total]).toEqual(
        kept.map(({ length }) => length),
      );
    };
    for (const name of ["offer b", "offer a", "other"]) await put(name, { from: `${name} <x@example.net>` });
    await both();
    await seen("Inbox");
    await put("offer aa");
    await put("another");
    await both();
    const [first, second] = await seen("Inbox");
    const queueIdOf = (id: number | undefined): string => spool.message(id ?? 0)?.queueId ?? "";
    const act = (id: number | undefined, action: "hold" | "delete" | "retry") =>
      spool.actions.act({ queueId: queueIdOf(id), action, kind: "hold", actionId: action, actor: "" });
    await act(first, "hold");
    await act(second, "delete");
    await both();
    await seen("Errors");
    await settleAll(["failed"], { kind: "errors", report: "off" });
    await both();
    const [back] = await seen("Errors");
    await act(back, "retry");
    await both();
  },
);

test("what came while a long list was gathered is in it", async () => {
  for (const name of ["b", "a"]) await put(name);
  const [found] = await Promise.all([list("Inbox", { sort: "subject", descending: false }), put("aa")]);
  expect(found.total).toBeGreaterThanOrEqual(2);
  expect(await subjects("Inbox", { sort: "subject", descending: false })).toBe("a aa b");
});

test("two who ask for the same at once get the same", async () => {
  for (const name of ["b", "a"]) await put(name);
  const order = { sort: "subject", descending: false } as const;
  expect(await Promise.all([subjects("Inbox", order), subjects("Inbox", order)])).toEqual(["a b", "a b"]);
});

test("any window of a long folder is the same part of the whole, whatever the order", async () => {
  await spool.close();
  fillHistory(kit.directory, { count: 1_300, startAt: kit.clock.now() - 1_300_000, apart: 1_000 });
  const database = new DatabaseSync(join(kit.directory, "efs.db"));
  database.exec("UPDATE message SET folder = 'Junk', junk_reason = 'blocked', size = 300 + id % 7");
  for (const { file } of database.prepare("SELECT file FROM message").all()) {
    writeFileSync(join(kit.directory, "mail", "Junk", String(file)), "");
  }
  database.close();
  spool = await kit.open();
  for (const sort of ["received", "size", "sender", "subject", "state"] as const) {
    const page = async (offset: number, limit: number) =>
      (await list("Junk", { sort, offset, limit })).rows.map(({ queueId }) => queueId);
    const whole = [...(await page(0, 500)), ...(await page(500, 500)), ...(await page(1_000, 500))];
    expect([whole.length, new Set(whole).size]).toEqual([1_300, 1_300]);
    expect(await spool.lists.queueIds({ folder: "Junk", sort, descending: true })).toEqual(whole);
    for (const offset of [7, 990, 999, 1_000, 1_001, 1_290]) {
      expect(await page(offset, 20)).toEqual(whole.slice(offset, offset + 20));
    }
  }
});

test("junk says why, and what nobody was told of is counted", async () => {
  await put("virus", { junk: "blocked" });
  await put("lost", { junk: "report-refused" });
  await put("error");
  await settleAll(["failed"], { kind: "errors", report: "off" });
  expect(
    (await list("Junk", { descending: false })).rows.map(({ state, lastAnswer }) => [state, lastAnswer]),
  ).toEqual([
    ["junk", "it is blocked"],
    ["junk", "it is report-refused"],
  ]);
  expect(spool.unseen()).toEqual({ junk: 1, errors: 1 });
  await spool.acknowledgeJunk("all");
  expect(spool.unseen()).toEqual({ junk: 0, errors: 1 });
});

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HistoryQuery } from "../../core/model/history.ts";
import type { AcceptOrder } from "../../core/model/message.ts";
import { MIGRATIONS } from "../../core/spool/migrations.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { fillHistory } from "../support/history-rows.ts";
import { settlementAt } from "../support/settlements.ts";
import { claimAll, type SpoolKit, spoolKit, take } from "../support/spool-kit.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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

/** Ids, newest first, over all the pages. */
function found(query: HistoryQuery, limit = 100): number[] {
  const ids: number[] = [];
  for (let after = query.after; ; ) {
    const page = spool.history({ ...query, limit, ...(after === undefined ? {} : { after }) });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    ids.push(...page.rows.map(({ id }) => id));
    if (page.next === null) return ids;
    after = page.next;
  }
}

function message(
  summary: Partial<AcceptOrder["summary"]>,
  recipients: readonly string[],
  sender: string,
): Partial<AcceptOrder> {
  return {
    summary: { from: "", subject: "", messageId: "", date: null, ...summary },
    resolution: {
      kind: "addressed",
      sender,
      recipients: recipients.map((address) => ({ address, role: "addressed", duplicatesChecked: true })),
      trail: [],
    },
  };
}

/** Five messages an hour apart. */
async function office(): Promise<number[]> {
  const orders = [
    message(
      {
        from: "J\u00fcrgen M\u00fcller <jm@partner.example>",
        subject: "Rechnung 4711",
        messageId: "<a.1@partner.example>",
      },
      ["ann@office.example"],
      "jm@partner.example",
    ),
    message(
      {
        from: "News <news@list.example>",
        subject: "Weekly r\u00e9sum\u00e9",
        messageId: "<b.2@list.example>",
      },
      ["ann@office.example", "bob@office.example"],
      "bounce+ann=office@list.example",
    ),
    message(
      { from: "x@partner.example", subject: "\u8acb\u6c42\u66f8 / invoice", messageId: "" },
      ["bob@office.example"],
      "",
    ),
    message(
      { from: '"Ann" <ann@else.example>', subject: 'to "bob" AND NOT NEAR(x) *', messageId: "<C-3@E>" },
      ["carl@office.example"],
      "ann@else.example",
    ),
    message(
      { from: "robot@office.example", subject: "", messageId: "<no at sign>" },
      ["ann@office.example"],
      "r@office.example",
    ),
  ];
  const at: number[] = [];
  for (const [index, order] of orders.entries()) {
    at.push(kit.clock.now());
    await take(spool, `u${index}`, undefined, [], order);
    await kit.clock.advance(HOUR);
  }
  return at;
}

/** Everything claimed is delivered. */
async function deliverAll(): Promise<void> {
  for (const claimed of await claimAll(spool, kit.clock)) {
    const now = kit.clock.now();
    await spool.outcomes.apply({
      result: {
        message: claimed,
        startedAt: now,
        endedAt: now,
        relay: "mail[192.0.2.1]:25",
        session: "smtp-1",
        delays: [0, 0, 0, 1],
        recipients: claimed.recipients.map((recipient) => {
          const reply = { code: 250, enhanced: "2.0.0", text: "Ok" };
          return {
            recipient,
            outcome: { kind: "delivered", reply },
            next: { kind: "delivered", at: now, reply, relay: "mail[192.0.2.1]:25" },
            tries: 1,
            unknownTries: 0,
          };
        }),
      },
      disposition: { kind: "done", backup: false },
      report: null,
    });
  }
}

const SEARCHES: readonly (readonly [HistoryQuery, readonly number[]])[] = [
  [{}, [5, 4, 3, 2, 1]],
  [{ words: "rechnung" }, [1]],
  [{ words: "RECH 47" }, [1]],
  [{ words: "echnung" }, []],
  [{ words: "muller" }, [1]],
  [{ words: "M\u00dcLLER" }, [1]],
  [{ words: "resume" }, [2]],
  [{ words: "\u6c42" }, [3]],
  [{ words: "\u8acb\u6c42" }, [3]],
  [{ words: "partner" }, [3, 1]],
  [{ words: "ann" }, [5, 4, 2, 1]],
  [{ words: "ann rechnung" }, [1]],
  [{ words: "ann@office.example" }, [5, 2, 1]],
  [{ words: "<ann@off" }, [5, 2, 1]],
  [{ words: "a.1@partner.example" }, [1]],
  [{ words: "<C-3@e>" }, [4]],
  [{ words: '"bob" AND NOT' }, [4]],
  [{ words: "*" }, [5, 4, 3, 2, 1]],
  [{ sender: "ann" }, [4, 2]],
  [{ sender: "ann@else.example" }, [4]],
  [{ recipient: "bob" }, [3, 2]],
  [{ recipient: "bob@office.example", subject: "invoice" }, [3]],
  [{ subject: "bob" }, [4]],
  [{ messageId: "<b.2@list.example>" }, [2]],
  [{ messageId: "b.2@" }, [2]],
  [{ messageId: "no at sign" }, [5]],
  [{ outcome: "errors" }, []],
  [{ accountId: "main" }, [5, 4, 3, 2, 1]],
  [{ accountId: "mai" }, []],
  [{ kind: "mail", words: "news" }, [2]],
  [{ kind: "alert" }, []],
  [{ after: 3 }, [2, 1]],
  [{ after: 1 }, []],
];

describe("searching", () => {
  test.each(["waiting for delivery, not in the index", "delivered, not in the index", "in the index"])(
    "finds each message by any of its words: %s",
    async (when) => {
      const at = await office();
      if (!when.startsWith("waiting")) await deliverAll();
      if (when === "in the index") await spool.indexHistory();
      expect(SEARCHES.map(([query]) => [query, found(query)])).toEqual(SEARCHES);
      expect(found({}, 2)).toEqual([5, 4, 3, 2, 1]);
      expect(found({ outcome: when.startsWith("waiting") ? "pending" : "delivered" })).toEqual([
        5, 4, 3, 2, 1,
      ]);
      const queueId = spool.message(3)?.queueId ?? "";
      expect([
        found({ queueId }),
        found({ words: queueId.toLowerCase() }),
        found({ queueId: queueId.slice(0, 11) }).includes(3),
      ]).toEqual([[3], [3], true]);
      expect(found({ from: at[1] ?? 0, to: at[3] ?? 0 })).toEqual([3, 2]);
      expect(found({ from: (at[1] ?? 0) + 1, words: "office" })).toEqual([5, 4, 3]);
      expect(found({ from: at[3] ?? 0, to: at[1] ?? 0 })).toEqual([]);
    },
  );

  test("a row says what became of the message, and how it came about", async () => {
    await office();
    await deliverAll();
    const [row] = spool.history({ words: "resume" }).rows;
    expect(row).toMatchObject({
      id: 2,
      kind: "mail",
      accountId: "main",
      sender: "bounce+ann=office@list.example",
      summary: { subject: "Weekly r\u00e9sum\u00e9" },
      outcome: "delivered",
      closedAt: kit.clock.now(),
      folder: null,
      recipientCount: 2,
      attemptCount: 1,
      recipients: [{ address: "ann@office.example" }, { address: "bob@office.example" }],
    });
    const whole = await spool.historyMessage({ queueId: row?.queueId.toLowerCase() ?? "" });
    expect(whole).toMatchObject({
      id: 2,
      source: { accountId: "main", uid: "u1", server: "pop.example.net" },
      attempts: [
        {
          state: "finished",
          relay: "mail[192.0.2.1]:25",
          results: [
            {
              address: "ann@office.example",
              outcome: { kind: "delivered", reply: { code: 250, text: "Ok" } },
            },
            { address: "bob@office.example", outcome: { kind: "delivered" } },
          ],
        },
      ],
      outcome: "delivered",
      file: null,
      reports: [],
    });
    expect(await spool.historyMessage({ id: 99 })).toBe(null);
  });

  test("its file is told while it is there", async () => {
    await take(spool, "u");
    const message = await spool.historyMessage({ id: 1 });
    expect(message?.file).toEqual({ folder: "Inbox", path: spool.message(1)?.path });
    expect(readFileSync(message?.file?.path ?? "").length).toBe(message?.size);
  });

  test("what changes later is found as it is then, before and after the index has it", async () => {
    await office();
    await deliverAll();
    await spool.indexHistory();
    const database = new DatabaseSync(join(kit.directory, "efs.db"));
    database.exec("UPDATE message SET outcome = 'junk' WHERE id = 2");
    database.exec(
      "INSERT INTO recipient (message, address, role, state, detail) VALUES (3, 'dora@office.example', 'addressed', 'queued', '{}')",
    );
    database.close();
    const look = () => [
      found({ outcome: "junk" }),
      found({ outcome: "delivered" }),
      found({ recipient: "dora" }),
      found({ recipient: "dora", outcome: "delivered", words: "invoice" }),
      found({ words: "weekly" }),
    ];
    const expected = [[2], [5, 4, 3, 1], [3], [3], [2]];
    expect(look()).toEqual(expected);
    await spool.indexHistory();
    expect(look()).toEqual(expected);
  });

  test("hostile text is words like any other", async () => {
    await office();
    await deliverAll();
    await spool.indexHistory();
    await take(spool, "waiting");
    const hostile = [
      '"',
      "'",
      "a OR",
      "NEAR(",
      "{subject} : x",
      "-x",
      "^x",
      "x*",
      "a AND (b",
      "\0",
      "\ud800",
      ") --",
      "facet : x",
      "q=",
      "%_",
    ];
    const fields = ["words", "sender", "recipient", "subject", "messageId", "queueId", "accountId"] as const;
    for (const text of hostile) {
      for (const field of fields) expect(() => spool.history({ [field]: text })).not.toThrow();
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.string({ unit: "binary", maxLength: 200 }),
        (field, text) => {
          spool.history({ [field]: text });
        },
      ),
      { numRuns: 300 },
    );
    expect(found({ words: "x".repeat(5_000) })).toEqual([]);
  });

  test("the index of a journal of the first version is made, and until then its rows are looked through", async () => {
    await spool.close();
    const path = join(kit.directory, "efs.db");
    rmSync(path);
    const database = new DatabaseSync(path);
    database.exec(MIGRATIONS[0] ?? "");
    database.exec("PRAGMA user_version = 1");
    database.exec("INSERT INTO meta (name, value) VALUES ('installation-id', 'x')");
    database.close();
    fillHistory(kit.directory, { count: 500, startAt: kit.clock.now(), apart: 1 });
    spool = await kit.open();
    const before = [found({ words: "re" }), found({ outcome: "junk" })];
    await spool.indexHistory();
    expect(before[0]?.length).toBeGreaterThan(50);
    expect(before[1]).toEqual(
      [500, 450, 400, 350, 300, 250, 200, 150, 100, 50].filter((id) => id % 1_000 !== 0),
    );
    expect([found({ words: "re" }), found({ outcome: "junk" })]).toEqual(before);
  });
});

test("rows that wait for the index stay few while mail goes by; what is pending then enters it at the end of a run", async () => {
  await take(spool, "pending");
  await spool.close();
  fillHistory(kit.directory, { count: 5_000, startAt: kit.clock.now(), apart: 1 });
  spool = await kit.open();
  const expected = found({ words: "re" }, 200);
  await take(spool, "one more");
  const [, more] = await claimAll(spool, kit.clock, 2);
  if (more === undefined) throw new Error("not claimed");
  const done = { kind: "done", backup: false } as const;
  await spool.outcomes.apply(settlementAt(kit.clock.now(), more, ["delivered"], done));
  await vi.waitFor(() => expect(waiting()).toEqual([1]), 15_000);
  expect([found({ words: "re" }, 200), found({ outcome: "pending" })]).toEqual([expected, [1]]);
  await spool.indexHistory();
  expect(waiting()).toEqual([]);
  expect([found({ words: "re" }, 200), found({ outcome: "pending" })]).toEqual([expected, [1]]);
});

test("a backlog that is delivered enters the index anew, few at a time, while it is delivered", async () => {
  for (let number = 0; number < 1_500; number += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => take(spool, `u${number + index}`)));
    await kit.clock.advance(1_000);
  }
  await spool.indexHistory();
  // The pending ones that are far behind the newest are in it.
  expect(waiting()).toHaveLength(401);
  await spool.close();
  fillHistory(kit.directory, { count: 4_000, startAt: kit.clock.now(), apart: 1 });
  spool = await kit.open();
  const { exec } = DatabaseSync.prototype;
  const { run } = StatementSync.prototype;
  const commits: number[] = [];
  let again = 0;
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql);
    if (sql !== "COMMIT") return;
    commits.push(again);
    again = 0;
  };
  Reflect.set(StatementSync.prototype, "run", function (this: StatementSync, ...values: unknown[]) {
    if (this.sourceSQL.includes("INTO history (") && Number(values[0]) < 1_000) again += 1;
    return Reflect.apply(run, this, values);
  });
  try {
    for (const message of await claimAll(spool, kit.clock, 1_500)) {
      await spool.outcomes.apply(
        settlementAt(kit.clock.now(), message, ["delivered"], { kind: "done", backup: false }),
      );
    }
    await vi.waitFor(() => expect(waiting().length).toBeLessThan(1_500), 15_000);
  } finally {
    DatabaseSync.prototype.exec = exec;
    StatementSync.prototype.run = run;
  }
  expect(commits.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
  // More at once would hold up everything else.
  expect(Math.max(...commits)).toBeLessThanOrEqual(16);
}, 60_000);

/** Ids that are not in the index. */
function waiting(): number[] {
  const database = new DatabaseSync(join(kit.directory, "efs.db"), { readOnly: true });
  const rows = database.prepare("SELECT id FROM message WHERE indexed_for_search = 0 ORDER BY id").all();
  database.close();
  return rows.map((row) => Number(row["id"]));
}

describe("erasing", () => {
  test("on demand: only what is done with, and nothing of it is left", async () => {
    const summary = {
      from: "a@b.example",
      subject: "Verschwiegenheit",
      messageId: "<1@b.example>",
      date: null,
    };
    await take(spool, "1", undefined, ["zwiebelfisch@office.example"], { summary });
    await take(spool, "2", undefined, undefined, { summary });
    await take(spool, "3", undefined, ["ann@office.example"]);
    const [first] = await claimAll(spool, kit.clock, 1);
    await spool.queue.release(first === undefined ? [] : [first]);
    await deliverAll();
    await take(spool, "4", undefined, undefined, { summary });
    await spool.indexHistory();
    expect(found({ subject: "verschwiegenheit" })).toEqual([4, 2, 1]);
    expect(await spool.forgetHistory([1, 2, 4, 77])).toEqual({ erased: 2, kept: [4] });
    expect([found({ subject: "verschwiegenheit" }), spool.message(1), spool.attempts(1)]).toEqual([
      [4],
      null,
      [],
    ]);
    expect(spool.ledger.find("main", ["1"]).get("1")?.state).toBe("collected");
    await spool.close();
    const octets = readFileSync(join(kit.directory, "efs.db")).toString("latin1").toLowerCase();
    expect([octets.includes("zwiebelfisch"), octets.includes("verschwiegenheit")]).toEqual([false, true]);
    spool = await kit.open();
    expect(found({ words: "office" })).toEqual([4, 3]);
  });

  test("by age, with the words", async () => {
    await office();
    await deliverAll();
    await spool.indexHistory();
    await kit.clock.advance(364 * DAY);
    expect(await spool.tend()).toEqual({ files: 0, rows: 0 });
    await kit.clock.advance(2 * DAY);
    expect(await spool.tend()).toEqual({ files: 0, rows: 5 });
    await spool.close();
    expect(readFileSync(join(kit.directory, "efs.db")).includes("rechnung")).toBe(false);
    spool = await kit.open();
    expect(spool.history({})).toEqual({ rows: [], next: null });
  });
});

describe("very many rows", () => {
  const COUNT = 20_000;
  const APART = 60_000;
  let startAt: number;
  beforeEach(async () => {
    await spool.close();
    startAt = kit.clock.now() - COUNT * APART;
    fillHistory(kit.directory, { count: COUNT, startAt, apart: APART });
    spool = await kit.open();
    await spool.indexHistory();
  });

  test("each search is the same as looking through all rows, page by page, by indexes alone", {
    timeout: 60_000,
  }, async () => {
    const database = new DatabaseSync(join(kit.directory, "efs.db"));
    // The clock was a year ahead for a while.
    database.exec(
      `UPDATE message SET received_at = received_at + ${365 * DAY} WHERE id BETWEEN 9000 AND 9500`,
    );
    database.exec(`UPDATE history_zone SET last_at = last_at + ${365 * DAY} WHERE zone BETWEEN 8 AND 9`);
    const rows = database
      .prepare(
        "SELECT id, account, sender, from_text, subject, outcome, received_at, (SELECT group_concat(address, ' ') FROM recipient WHERE message = message.id) AS recipients FROM message ORDER BY id DESC",
      )
      .all()
      .map(
        (row) =>
          ({ ...row, id: Number(row["id"]), at: Number(row["received_at"]) }) as Record<string, unknown> & {
            id: number;
            at: number;
          },
      );
    const begins = (text: unknown, word: string): boolean =>
      ` ${String(text)
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, " ")}`.includes(` ${word}`);
    const from = startAt + 3 * DAY;
    const to = startAt + 9 * DAY;
    const inRange = ({ at }: { at: number }): boolean => at >= from && at < to;
    const anywhere = (row: Record<string, unknown>, word: string): boolean =>
      ["sender", "from_text", "subject", "recipients"].some((field) => begins(row[field], word));
    const cases: readonly (readonly [
      HistoryQuery,
      (row: Record<string, unknown> & { id: number; at: number }) => boolean,
    ])[] = [
      [{ words: "re" }, (row) => anywhere(row, "re")],
      [{ words: "office" }, (row) => anywhere(row, "office")],
      [{ words: "zwiebelfisch re" }, (row) => anywhere(row, "zwiebelfisch") && anywhere(row, "re")],
      [{ sender: "kaka" }, (row) => begins(row["sender"], "kaka") || begins(row["from_text"], "kaka")],
      [
        { subject: "te", outcome: "errors" },
        (row) => begins(row["subject"], "te") && row["outcome"] === "errors",
      ],
      [
        { outcome: "junk", accountId: "second" },
        (row) => row["outcome"] === "junk" && row["account"] === "second",
      ],
      [{ from, to, outcome: "errors" }, (row) => inRange(row) && row["outcome"] === "errors"],
      [{ from, to }, inRange],
      [{ from: startAt + 365 * DAY }, ({ at }) => at >= startAt + 365 * DAY],
      [{ to: startAt + HOUR, after: 40 }, ({ id, at }) => id < 40 && at < startAt + HOUR],
    ];
    const asked = vi.spyOn(DatabaseSync.prototype, "prepare");
    await spool.close();
    spool = await kit.open();
    asked.mockClear();
    for (const [query, fits] of cases) {
      expect([query, found(query, 200)]).toEqual([query, rows.filter(fits).map(({ id }) => id)]);
    }
    const statements = asked.mock.calls.map(([sql]) => sql);
    asked.mockRestore();
    expect(statements.length).toBeGreaterThan(8);
    expect(statements.filter((sql) => /offset/i.test(sql))).toEqual([]);
    const plans = statements.flatMap((sql) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from({ length: sql.split("?").length - 1 }, () => 1))
        .map(({ detail }) => String(detail)),
    );
    // A virtual table is always "scanned"; M: by MATCH, with the bounds and the order of ids taken over.
    expect(
      plans.filter(
        (plan) =>
          /^SCAN/.test(plan) && !/^SCAN (history VIRTUAL TABLE INDEX \d+:.*M|CONSTANT ROW)/.test(plan),
      ),
    ).toEqual([]);
    expect(plans.filter((plan) => plan.includes("TEMP B-TREE"))).toEqual([]);
    database.close();
  });

  test("a search that takes long gives its turn back, and goes on where it stopped", async () => {
    const expected = found({ words: "zwiebelfisch" });
    await spool.close();
    let now = kit.clock.now();
    spool = await kit.open({ clock: { now: () => (now += 30), after: () => () => undefined } });
    const first = spool.history({ words: "zwiebelfisch" });
    expect([first.rows, first.next]).toEqual([[], 16_384]);
    expect(found({ words: "zwiebelfisch" })).toEqual(expected);
    expect(expected).toEqual([77]);
  });

  test("very many that are not in the index yet: looked through in parts, none left out, none twice", async () => {
    const queries: readonly HistoryQuery[] = [
      { words: "zwiebelfisch" },
      { outcome: "errors" },
      { from: startAt + 3 * DAY, to: startAt + 3 * DAY + 2 * HOUR },
    ];
    const expected = queries.map((query) => found(query));
    await spool.close();
    const database = new DatabaseSync(join(kit.directory, "efs.db"));
    database.exec("UPDATE message SET indexed_for_search = 0 WHERE id BETWEEN 50 AND 900 OR id % 7 = 0");
    database.close();
    let now = kit.clock.now();
    spool = await kit.open({ clock: { now: () => (now += 30), after: () => () => undefined } });
    for (const [index, query] of queries.entries()) expect(found(query)).toEqual(expected[index]);
    expect(spool.history({ words: "zwiebelfisch" }).rows).toEqual([]);
  });
});

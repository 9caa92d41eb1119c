import { expect, test } from "vitest";
import { createHistoryCalls } from "../../core/gateway/history-calls.ts";
import type { HistoryPage, HistoryQuery, HistoryRow } from "../../core/model/history.ts";
import type { Spool } from "../../core/spool/spool.ts";

const rows = (first: number, count: number): HistoryRow[] =>
  Array.from({ length: count }, (_, index) => ({ id: first - index }) as HistoryRow);

/** A history whose answers are these, one after the other. */
function answering(...answers: readonly HistoryPage[]) {
  const asked: HistoryQuery[] = [];
  const spool = {
    history(query: HistoryQuery): HistoryPage {
      asked.push(query);
      return answers[asked.length - 1] ?? { rows: [], next: null };
    },
  } as unknown as Spool;
  return { asked, calls: createHistoryCalls(spool, {} as never, () => undefined) };
}

test("a page is made of short ones, each going on where the one before stopped", async () => {
  const { asked, calls } = answering(
    { rows: [], next: 900 },
    { rows: rows(850, 50), next: 801 },
    { rows: rows(700, 10), next: 600 },
    { rows: rows(500, 20), next: 481 },
  );
  const page = await calls.history({ words: "x", limit: 80, after: 1_000 });
  expect(asked).toEqual([
    { words: "x", limit: 50, after: 1_000 },
    { words: "x", limit: 50, after: 900 },
    { words: "x", limit: 30, after: 801 },
    { words: "x", limit: 20, after: 600 },
  ]);
  expect([page.rows.map(({ id }) => id), page.next]).toEqual([
    [...rows(850, 50), ...rows(700, 10), ...rows(500, 20)].map(({ id }) => id),
    481,
  ]);
});

test("it ends where the history ends; a page has 50 rows when nothing else is said, 200 at most", async () => {
  const { asked, calls } = answering({ rows: rows(9, 3), next: null });
  expect(await calls.history()).toEqual({ rows: rows(9, 3), next: null });
  expect(asked).toEqual([{ limit: 50 }]);
  const many = answering(...Array.from({ length: 9 }, () => ({ rows: rows(50, 50), next: 1 })));
  expect((await many.calls.history({ limit: 5_000 })).rows.length).toBe(200);
});

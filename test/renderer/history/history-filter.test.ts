import { expect, test } from "vitest";
import { historyQuery, isFiltered, NO_FILTER } from "../../../renderer/history/history-filter.ts";

test("nothing chosen asks for everything", () => {
  expect([historyQuery(NO_FILTER), isFiltered(NO_FILTER)]).toEqual([{}, false]);
});

test("all filters; both days count, whatever their length", () => {
  const query = historyQuery({
    words: "  invoice  ",
    outcome: "errors",
    account: "main",
    kind: "mail",
    from: "2026-03-29",
    to: "2026-03-29",
  });
  expect(query).toEqual({
    words: "invoice",
    outcome: "errors",
    accountId: "main",
    kind: "mail",
    from: new Date(2026, 2, 29).getTime(),
    to: new Date(2026, 2, 30).getTime(),
  });
});

test("what is not a day is left out", () => {
  expect(historyQuery({ ...NO_FILTER, from: "yesterday", to: "2026-1-1" })).toEqual({});
});

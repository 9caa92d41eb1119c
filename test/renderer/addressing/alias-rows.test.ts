import { describe, expect, test } from "vitest";
import { settingsSchema } from "../../../core/model/settings.ts";
import {
  type AliasRow,
  aliasesOfRows,
  aliasRowProblems,
  delivers,
  filterRows,
  mergeIntoRows,
  rowsOfAliases,
  sameAliases,
} from "../../../renderer/tabs/addressing/alias-rows.ts";
import { settingsInput } from "../../support/sample-settings.ts";

const rows = (...pairs: readonly (readonly [string, string])[]): readonly AliasRow[] =>
  pairs.map(([from, to], index) => ({ id: index + 1, from, to }));

const problems = (...pairs: readonly (readonly [string, string])[]) => [...aliasRowProblems(rows(...pairs))];

const accepted = (table: readonly AliasRow[]): boolean =>
  settingsSchema.safeParse(settingsInput({ aliases: aliasesOfRows(table) })).success;

describe("aliases as rows", () => {
  const aliases = {
    "list@lists.test": ["anna@example.com", "bob@example.com"],
    "info@example.com": "anna@example.com",
    "spam@example.com": "IGNORE" as const,
  };

  test("come back as they were", () => {
    const table = rowsOfAliases(aliases, 7);
    expect(table).toEqual([
      { id: 7, from: "info@example.com", to: "anna@example.com" },
      { id: 8, from: "list@lists.test", to: "anna@example.com, bob@example.com" },
      { id: 9, from: "spam@example.com", to: "IGNORE" },
    ]);
    expect(aliasesOfRows(table)).toEqual(aliases);
    expect(sameAliases(aliasesOfRows(table), aliases)).toBe(true);
    expect(sameAliases({ ...aliases, "info@example.com": "bob@example.com" }, aliases)).toBe(false);
    expect(table.map(delivers)).toEqual([true, true, false]);
    expect(accepted(table)).toBe(true);
  });

  test("are read tolerantly: blanks, semicolons, ignore in any case, the same target twice", () => {
    const table = rows([" a@x.test ", "b@x.test;c@x.test  b@x.test,"], ["d@x.test", " ignore "], ["", " "]);
    expect(aliasesOfRows(table)).toEqual({ "a@x.test": ["b@x.test", "c@x.test"], "d@x.test": "IGNORE" });
    expect([...aliasRowProblems(table)]).toEqual([]);
    expect(accepted(table)).toBe(true);
  });

  test.each<readonly [string, readonly (readonly [string, string])[], unknown]>([
    ["nothing on the left", [["", "a@x.test"]], { kind: "from-empty" }],
    ["no address on the left", [["a", "a@x.test"]], { kind: "from-invalid", text: "a" }],
    ["nothing on the right", [["a@x.test", ""]], { kind: "to-empty" }],
    ["no address on the right", [["a@x.test", "b@x.test, bob"]], { kind: "to-invalid", text: "bob" }],
    ["IGNORE and an address", [["a@x.test", "b@x.test, IGNORE"]], { kind: "ignore-mixed" }],
    ["itself", [["a@x.test", "A@x.test"]], { kind: "loop", way: ["a@x.test", "a@x.test"] }],
  ])("a wrong row is told, and refused by the settings: %s", (_, pairs, problem) => {
    expect(problems(...pairs)).toEqual([[1, problem]]);
    expect(accepted(rows(...pairs))).toBe(false);
  });

  test("the same address twice: told at the later one, refused, and none is lost", () => {
    const table = rows(["a@x.test", "b@x.test"], ["A@X.test", "c@x.test"], ["a@x.test", "d@x.test"]);
    expect([...aliasRowProblems(table)]).toEqual([
      [2, { kind: "twice", address: "A@X.test" }],
      [3, { kind: "twice", address: "a@x.test" }],
    ]);
    expect(Object.keys(aliasesOfRows(table))).toHaveLength(3);
    expect(accepted(table)).toBe(false);
  });

  test("a circle over several rows; people who keep a copy are none", () => {
    expect(problems(["a@x.test", "b@x.test"], ["b@x.test", "a@x.test"])).toEqual([
      [1, { kind: "loop", way: ["a@x.test", "b@x.test", "a@x.test"] }],
    ]);
    expect(problems(["a@x.test", "a@x.test, b@x.test"])).toEqual([]);
  });

  test("are found by all words of a search", () => {
    const table = rowsOfAliases(aliases);
    expect(filterRows(table, " ANNA list").map(({ from }) => from)).toEqual(["list@lists.test"]);
    expect(filterRows(table, " ")).toBe(table);
  });

  test("taken in from elsewhere: new ones on top, the others changed where they differ", () => {
    const merged = mergeIntoRows(rows(["a@x.test", "b@x.test"], ["c@x.test", "d@x.test"], ["", ""]), {
      "A@x.test": "b@x.test",
      "c@x.test": "e@x.test",
      "n@x.test": "IGNORE",
    });
    expect(merged).toEqual({
      rows: [
        { id: 6, from: "n@x.test", to: "IGNORE" },
        { id: 1, from: "a@x.test", to: "b@x.test" },
        { id: 2, from: "c@x.test", to: "e@x.test" },
      ],
      added: 1,
      replaced: 1,
    });
  });
});

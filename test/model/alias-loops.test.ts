import { expect, test } from "vitest";
import { findAliasLoops } from "../../core/model/alias-loops.ts";
import { parseSettings } from "../../core/settings/parse-settings.ts";
import { settingsInput } from "../support/sample-settings.ts";

test.each<[string, Record<string, string | string[]>, string[]]>([
  ["none", { "a@x": "b@x", "b@x": ["c@x", "d@x"] }, []],
  ["two", { "a@x": "b@x", "b@x": "a@x" }, ["a@x -> b@x -> a@x"]],
  ["without case", { "A@x": "b@x", "b@X": "a@X" }, ["A@x -> b@X -> A@x"]],
  ["itself", { "a@x": "a@x" }, ["a@x -> a@x"]],
  ["itself in a list alone", { "a@x": ["a@x"] }, ["a@x -> a@x"]],
  ["a copy kept beside another", { "info@x": ["info@x", "anna@x"] }, []],
  ["two who get each other's mail", { "a@x": ["a@x", "b@x"], "b@x": ["b@x", "a@x"] }, []],
  ["only one of the two keeps its own", { "a@x": ["a@x", "b@x"], "b@x": "a@x" }, ["a@x -> b@x -> a@x"]],
  [
    "three, entered from aside",
    { "z@x": "a@x", "a@x": "b@x", "b@x": "c@x", "c@x": "a@x" },
    ["a@x -> b@x -> c@x -> a@x"],
  ],
  [
    "two circles",
    { "a@x": "b@x", "b@x": "a@x", "c@x": ["d@x", "q@x"], "d@x": "c@x" },
    ["a@x -> b@x -> a@x", "c@x -> d@x -> c@x"],
  ],
  ["a diamond", { "a@x": ["b@x", "c@x"], "b@x": "d@x", "c@x": "d@x", "d@x": "e@x" }, []],
  ["IGNORE", { "a@x": "IGNORE", "b@x": "a@x" }, []],
])("%s", (_, aliases, loops) => {
  expect(findAliasLoops(aliases).map((way) => way.join(" -> "))).toEqual(loops);
});

test("a chain as long as the table costs neither time nor stack", () => {
  const count = 50_000;
  const chain = Object.fromEntries(Array.from({ length: count }, (_, n) => [`u${n}@x`, `u${n + 1}@x`]));
  expect(findAliasLoops(chain)).toEqual([]);
  expect(findAliasLoops({ ...chain, [`u${count}@x`]: "u0@x" })[0]).toHaveLength(count + 2);
});

test("settings with such an alias are refused, with path and reason", () => {
  const aliases = { "a@example.com": "b@example.com", "b@example.com": ["c@example.com", "a@example.com"] };
  expect(parseSettings(JSON.stringify(settingsInput({ aliases })))).toEqual({
    kind: "invalid",
    problems: [
      {
        path: 'aliases["a@example.com"]',
        message: "goes round in a circle: a@example.com -> b@example.com -> a@example.com",
      },
    ],
  });
  const fine = { "info@example.com": ["info@example.com", "anna@example.com"] };
  expect(parseSettings(JSON.stringify(settingsInput({ aliases: fine }))).kind).toBe("settings");
});

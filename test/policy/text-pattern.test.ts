import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesWildcard } from "../../core/policy/text-pattern.ts";

describe("matchesWildcard", () => {
  it.each<[string, string, boolean]>([
    ["a*b*b", "a-b", false],
    ["a*b*b", "a-b-b", true],
    ["*", "", true],
    ["ab*ba", "aba", false],
    ["A*", "abc", true],
  ])("%s on %s: %s", (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it("agrees with the regular expression of the same meaning", () => {
    const letters = (characters: string[]) =>
      fc.array(fc.constantFrom(...characters), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(letters(["a", "b", "*"]), letters(["a", "b"]), (pattern, text) => {
        expect(matchesWildcard(pattern, text)).toBe(
          new RegExp(`^${pattern.replace(/\*+/g, ".*")}$`).test(text),
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

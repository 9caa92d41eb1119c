import { describe, expect, it } from "vitest";
import { formatAliasFile, mergeAliases, parseAliasFile } from "../../core/envelope/aliases.ts";
import { isBelievable, parseUsersFile } from "../../core/envelope/users-list.ts";

describe("alias file", () => {
  const text =
    "\ufeff# comment\r\n\r\ninfo@office.example = anna@office.example\r\nall@office.example=a@office.example, b@else.example\nspam@office.example = Ignore\nnonsense\na@b.example = \n= c@d.example\n";
  it("reads the classic form", () => {
    expect(parseAliasFile(text)).toEqual({
      aliases: {
        "info@office.example": ["anna@office.example"],
        "all@office.example": ["a@office.example", "b@else.example"],
        "spam@office.example": "IGNORE",
      },
      problems: [
        { line: 6, text: "nonsense" },
        { line: 7, text: "a@b.example = " },
        { line: 8, text: "= c@d.example" },
      ],
    });
  });
  it("writes what it reads", () => {
    const { aliases } = parseAliasFile(text);
    expect(parseAliasFile(formatAliasFile(aliases))).toEqual({ aliases, problems: [] });
  });
  it("merges, the last source winning, without case", () => {
    const table = mergeAliases(
      { "A@b.example": "x@b.example", "c@b.example": "NOTHING" },
      { "a@B.example": ["y@b.example"] },
    );
    expect([...table]).toEqual([
      ["a@b.example", ["y@b.example"]],
      ["c@b.example", []],
    ]);
  });
});

describe("users file", () => {
  const lines = "Anna@Office.example\r\n\r\n# comment\r\nbob@office.example\r\nnonsense\r\n";
  const expected = {
    users: new Set(["anna@office.example", "bob@office.example"]),
    problems: [{ line: 5, text: "nonsense" }],
  };
  const utf16be = Buffer.from(lines, "utf16le").swap16();
  it.each<[string, Buffer]>([
    ["ASCII", Buffer.from(lines)],
    ["UTF-8 with mark", Buffer.from(`\ufeff${lines}`)],
    ["UTF-16", Buffer.from(lines, "utf16le")],
    ["UTF-16 with mark", Buffer.from(`\ufeff${lines}`, "utf16le")],
    ["UTF-16 BE", utf16be],
    ["UTF-16 BE with mark", Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be])],
  ])("%s", (_, bytes) => {
    expect(parseUsersFile(bytes)).toEqual(expected);
  });
  it("ANSI and UTF-8 with other letters", () => {
    const users = new Set(["a@xn--bcher-kva.example"]);
    expect(parseUsersFile(Buffer.from("a@bücher.example", "latin1")).users).toEqual(users);
    expect(parseUsersFile(Buffer.from("a@bücher.example")).users).toEqual(users);
  });
  it.each<[number | null, number, boolean]>([
    [null, 1, true],
    [null, 0, false],
    [10, 5, true],
    [10, 4, false],
    [10, 0, false],
    [1, 100, true],
  ])("from %s to %s users: believed %s", (before, after, believed) => {
    const list = (count: number) => new Set(Array.from({ length: count }, (_, n) => `u${n}@x`));
    expect(isBelievable(before === null ? null : list(before), list(after))).toBe(believed);
  });
});

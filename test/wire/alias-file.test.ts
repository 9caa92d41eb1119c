import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAliasFile, parseAliasFile } from "../../core/wire/alias-file.ts";

describe("alias file", () => {
  const text =
    "\ufeff# comment\r\n\r\ninfo@office.example = anna@office.example\r\nall@office.example=a@office.example, b@else.example\n; comment\nspam@office.example = Ignore\nnews@lists.example = nothing";
  const aliases = {
    "info@office.example": ["anna@office.example"],
    "all@office.example": ["a@office.example", "b@else.example"],
    "spam@office.example": "IGNORE",
    "news@lists.example": "IGNORE",
  };

  it("reads the classic form", () => {
    expect(parseAliasFile(text)).toEqual({
      aliases,
      problems: [],
      lines: new Map([
        ["info@office.example", 3],
        ["all@office.example", 4],
        ["spam@office.example", 6],
        ["news@lists.example", 7],
      ]),
    });
  });

  it("writes what it reads", () => {
    expect(formatAliasFile(aliases)).toBe(
      "all@office.example = a@office.example, b@else.example\r\ninfo@office.example = anna@office.example\r\nnews@lists.example = IGNORE\r\nspam@office.example = IGNORE\r\n",
    );
    expect(parseAliasFile(formatAliasFile(aliases))).toMatchObject({ aliases, problems: [] });
  });

  it.each<[string, string]>([
    ["nonsense", 'has no "="; write it as: name@example.com = other@example.com'],
    ["a@b.example", 'has no "="; write it as: name@example.com = other@example.com'],
    ["a@b.example =", 'has nothing after the "="; to deliver to nobody write IGNORE'],
    ["= c@d.example", 'has no single address before the "="'],
    ["anna = c@d.example", 'has no single address before the "="'],
    ["a@b.example, c@b.example = c@d.example", 'has no single address before the "="'],
    ["a@b.example = anna", 'has something after the "=" that is no address: anna'],
    ["a@b.example = c@d.example, IGNORE", 'has something after the "=" that is no address: IGNORE'],
  ])("%s: skipped whole, told with its number", (line, message) => {
    expect(
      parseAliasFile(`x@y.example = z@y.example\n\n${line}\nlast@y.example = z@y.example`),
    ).toMatchObject({
      aliases: { "x@y.example": ["z@y.example"], "last@y.example": ["z@y.example"] },
      problems: [{ line: 3, text: line, message }],
    });
  });

  it("the same address on several lines: everybody named there", () => {
    const file = parseAliasFile("a@x.example = b@x.example\nA@X.example = c@x.example, b@x.example\n");
    expect(file.aliases).toEqual({ "a@x.example": ["b@x.example", "c@x.example"] });
    expect(file.problems).toEqual([]);
  });

  it.each([
    ["a@x.example = IGNORE\na@x.example = b@x.example", 2],
    ["a@x.example = b@x.example\na@x.example = IGNORE", 2],
  ])("IGNORE and an address: told, and nobody loses mail", (text, line) => {
    const file = parseAliasFile(text);
    expect(file.aliases).toEqual({ "a@x.example": ["b@x.example"] });
    expect(file.problems).toMatchObject([
      { line, message: "contradicts line 1: IGNORE and an address; the address counts" },
    ]);
  });

  it("an equals sign in a local part", () => {
    expect(parseAliasFile("owner+anna=office.example@lists.example = anna@office.example").aliases).toEqual({
      "owner+anna=office.example@lists.example": ["anna@office.example"],
    });
  });

  it("never throws, never gives an address that is none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        for (const [from, to] of Object.entries(parseAliasFile(text).aliases)) {
          for (const address of [from, ...(typeof to === "string" ? [] : to)])
            expect(address).toMatch(/^[^\r\n<>]+@[^\s<>@]+$/);
        }
      }),
    );
  });
});

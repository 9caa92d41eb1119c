import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEncodedWords } from "../../core/wire/encoded-words.ts";

describe("decodeEncodedWords", () => {
  it.each([
    ["plain text", "plain text"],
    ["=?iso-8859-1?Q?Andr=E9?= <a@b>", "André <a@b>"],
    ["=?UTF-8?B?w6k=?=", "é"],
    ["=?utf-8?q?a_b=5Fc?=", "a b_c"],
    ["=?utf-8?q?a?= =?utf-8?q?b?=", "ab"],
    ["=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"],
    ["=?utf-8?q?a?=\t =?iso-8859-1?q?=E9?=", "aé"],
    ["=?utf-8?B?w6?= =?utf-8?B?qQ==?=", "é"],
    ["=?utf-8*en?q?a?=", "a"],
    ["=?utf-8?q?with blanks in it?=", "with blanks in it"],
    ["=?x-unknown?q?=E9?=", "é"],
    ["=?x-unknown?q?=C3=A9?=", "é"],
    ["=?utf-8?x?abc?=", "=?utf-8?x?abc?="],
    ["=?utf-8?q?open", "=?utf-8?q?open"],
    ["=?utf-8?b?!!?=", ""],
    ["=?ks_c_5601-1987?B?x9GxuQ==?=", "한국"],
    ["=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"],
    ["caf\xe9", "café"],
    ["caf\xc3\xa9", "café"],
    ["\x93hi\x94", "“hi”"],
    ["=?utf-8?q?=ff?=", "\ufffd"],
  ])("%s", (value, expected) => {
    expect(decodeEncodedWords(value)).toBe(expected);
  });

  it("never throws, is well-formed and bounded", () => {
    const part = fc.constantFrom(
      "=?",
      "?=",
      "?",
      "utf-8",
      "utf-16",
      "q",
      "B",
      "=E9",
      "_",
      " ",
      "a",
      "\xf0\x9f\x98\x80",
      "w6k=",
      "*",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), fc.nat(20), (parts, maximum) => {
        const text = decodeEncodedWords(parts.join(""), maximum);
        expect(text.length).toBeLessThanOrEqual(maximum);
        expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(["=?", "=?a?q?", "=?utf-8?q?a?= ", "?=", "=?utf-8?b?w6"])(
    "takes linear time on megabytes of %s",
    (unit) => {
      const start = performance.now();
      decodeEncodedWords(unit.repeat(4_000_000 / unit.length));
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );
});

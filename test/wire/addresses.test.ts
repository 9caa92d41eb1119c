import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiDomain, composeAddress, isSafeInBrackets } from "../../core/wire/address-spec.ts";
import { parseAddressList, readAddressList, salvageAddress } from "../../core/wire/addresses.ts";

const list = (value: string) => parseAddressList(value).map((found) => found.address);

describe("parseAddressList", () => {
  it.each<[string, string[]]>([
    // plain
    ["a@b.com", ["a@b.com"]],
    ["<a@b.com>", ["a@b.com"]],
    ["Anna <a@b.com>, Bob <b@b.com>,c@b.com", ["a@b.com", "b@b.com", "c@b.com"]],
    ['"Doe, Anna" <a@b.com>', ["a@b.com"]],
    ['"bob@other.com" <a@b.com>', ["a@b.com"]],
    ["=?utf-8?q?Doe,_Anna?= <a@b.com>", ["a@b.com"]],
    ["=?utf-8?q?Doe,?= <a@b.com>, b@b.com", ["a@b.com", "b@b.com"]],
    ["user%other.com@b.com", ["user%other.com@b.com"]],
    ["anna+news=x@b.com", ["anna+news=x@b.com"]],
    ["a@b.com (Anna, at home), Bob <b@b.com>(x@y.com) , c@b.com()", ["a@b.com", "b@b.com", "c@b.com"]],
    // RFC 5322 beyond the plain forms
    ["a@b.com (one) (two), b@b.com (not \\) closed)", ["a@b.com", "b@b.com"]],
    ["Friends: a@b.com, Bob <b@b.com>;, c@b.com", ["a@b.com", "b@b.com", "c@b.com"]],
    ["undisclosed-recipients:;", []],
    ["a@b.com (Anna (the boss))", ["a@b.com"]],
    ["a (comment) @ b . com", ["a@b.com"]],
    ["<@x.com,@y.com:user@b.com>", ["user@b.com"]],
    ["@x.com,@y.com:user@b.com", ["user@b.com"]],
    ['"a b"@c.com', ['"a b"@c.com']],
    ['"ab"@c.com', ["ab@c.com"]],
    ['"a\\"b"@c.com', ['"a\\"b"@c.com']],
    ['"a,b"@c.com, d@c.com', ['"a,b"@c.com', "d@c.com"]],
    ["a@[192.0.2.1]", ["a@[192.0.2.1]"]],
    ["a@[IPv6:2001:db8::1]", ["a@[IPv6:2001:db8::1]"]],
    ["a@b.com,\r\n\tb@b.com,\n c@b.com", ["a@b.com", "b@b.com", "c@b.com"]],
    ["a@b.com,, b@b.com,", ["a@b.com", "b@b.com"]],
    // salvaged
    ["bob@invalid@.domain.com", ["bob@invalid.domain.com"]],
    ["Bob <bob@invalid@.domain.com>", ["bob@invalid.domain.com"]],
    ["name@domain.com@", ["name@domain.com"]],
    ["name@@domain.com", ["name@domain.com"]],
    ["name@domain.com@other.com", ["name@domain.com"]],
    ["name@host@domain.com", ["name@domain.com"]],
    ["name@domain.com.", ["name@domain.com"]],
    ["name@domain..com", ["name@domain.com"]],
    ["name@.domain.com", ["name@domain.com"]],
    ["a..b.@c.com", ["a..b.@c.com"]],
    ["a@b.com; b@b.com;c@b.com", ["a@b.com", "b@b.com", "c@b.com"]],
    ["a@b.com b@b.com", ["a@b.com", "b@b.com"]],
    ["Anna <a@b.com", ["a@b.com"]],
    ["Anna <a@b.com, Bob <b@b.com>", ["a@b.com", "b@b.com"]],
    ["Anna a@b.com>", ["a@b.com"]],
    ["Doe, Anna <a@b.com>", ["a@b.com"]],
    ["Anna <<a@b.com>>", ["a@b.com"]],
    ["<a@b.com><b@b.com>", ["a@b.com", "b@b.com"]],
    ["Anna <mailto:a@b.com>", ["a@b.com"]],
    ["mailto:a@b.com?subject=x", ["a@b.com"]],
    ["'a@b.com'", ["a@b.com"]],
    ["'a@b.com' <a@b.com>", ["a@b.com"]],
    ['"a@b.com"', ["a@b.com"]],
    ['"Anna <a@b.com>, b@b.com', ["a@b.com", "b@b.com"]],
    ["Anna (the <a@b.com>", ["a@b.com"]],
    ["<anna doe@b.com>", ['"anna doe"@b.com']],
    ["Anna: a@b.com", ["a@b.com"]],
    ["=?utf-8?q?Anna_=3Ca=40b.com=3E?=", ["a@b.com"]],
    ["Jos\xe9 <a@b.com>, \xc3\xa9 <b@b.com>", ["a@b.com", "b@b.com"]],
    ["a@b.com\0", ["a@b.com"]],
    ["Anna <a@b.com\0>", ["a@b.com"]],
    // international
    ["a@b\xc3\xbccher.example", ["a@xn--bcher-kva.example"]],
    ["a@b\u00fccher.example", ["a@xn--bcher-kva.example"]],
    ["j\xc3\xb6rg@b.com", ["jörg@b.com"]],
    ["a@XN--BCHER-KVA.Example", ["a@XN--BCHER-KVA.Example"]],
    // nothing
    ["", []],
    ["<>", []],
    ["@", []],
    ["anna", []],
    ["anna@", []],
    ["@b.com", []],
    ["a@b_.c-.com", []],
    ["a@b.com/x", []],
    ["a\u202eb@c.com", []],
    [`a@${"b".repeat(64)}.com`, []],
    [`${"a".repeat(320)}@b.com`, []],
  ])("%j", (value, expected) => {
    expect(list(value)).toEqual(expected);
  });

  it("says what it could not read, and what it salvaged", () => {
    expect(
      readAddressList("root, <nobody>, Undisclosed <>, Bob <b@c.com@>, d@c.com, a..b@c.com, x@\xfcber.de"),
    ).toEqual({
      found: [
        { address: "b@c.com", text: "b@c.com@", salvaged: true },
        { address: "d@c.com", text: "d@c.com", salvaged: false },
        { address: "a..b@c.com", text: "a..b@c.com", salvaged: false },
        { address: "x@xn--ber-goa.de", text: "x@\xfcber.de", salvaged: false },
      ],
      unreadable: ["root", "<nobody>"],
    });
  });

  it("salvages one address from a text", () => {
    expect(["Bob <bob@x.com>", "none", "mailto:a%2Bb@c.com"].map(salvageAddress)).toEqual([
      "bob@x.com",
      null,
      "a+b@c.com",
    ]);
  });

  const soup = fc
    .array(
      fc.constantFrom(
        "a",
        "b.com",
        "@",
        ".",
        ",",
        ";",
        ":",
        "<",
        ">",
        "(",
        ")",
        '"',
        "\\",
        " ",
        "\t",
        "\r\n",
        "\n",
        "\0",
        "[",
        "]",
        "=?utf-8?q?x=40y?=",
        "mailto:",
        "%",
        "+",
        "\xc3\xbc",
        "\xff",
        "\x7f",
        "'",
        "a@b.com",
        "<a@b.com>",
        "1.2.3.4",
        "xn--",
        "-",
        "\u202e",
        "\ud800",
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(""));

  it("never throws, and whatever comes out is safe for an envelope", () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: "binary", maxLength: 60 })), (value) => {
        for (const { address } of parseAddressList(value)) {
          expect(address).toMatch(
            /^(?:"(?:[^"\\<>\x00-\x1f\x7f]|\\["\\])+"|[^\s<>()[\]:;@\\,"\x00-\x1f\x7f]+)@(?:[A-Za-z0-9._-]+|\[[A-Za-z0-9:.]+\])$/,
          );
          expect(isSafeInBrackets(address)).toBe(true);
          const domain = address.slice(address.lastIndexOf("@") + 1);
          expect(asciiDomain(domain)).toBe(domain);
          // (Octets above 127 that are no UTF-8 alone can be, together.)
          if (/^[^\x80-\xff]*$/.test(address)) expect(list(address), "reads itself").toEqual([address]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("composes only what it can read back", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" }), (local) => {
        const address = composeAddress(local, "example.com");
        if (address !== null) expect(list(address)).toEqual([address]);
        expect(address === null).toBe(/[<>]/.test(local));
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps all 5,000 recipients, in order", () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `u${index}@example.com`);
    expect(list(names.map((name) => `"User, ${name}" <${name}>`).join(",\r\n "))).toEqual(names);
    expect(list(names.map((name) => `${name} (${name})`).join("; "))).toEqual(names);
  });

  it.each([
    "(",
    ")",
    '"',
    '\\"',
    "<",
    "<<>",
    ">",
    "@",
    "@ ",
    "@a:",
    "a@",
    "a@b,",
    "a@b ",
    ";",
    ":",
    "[",
    "=?",
    "=?a?q?",
    "\\",
    " ",
    "\n",
    "\r",
    "(a) ",
    '"a" ',
    "<a@b",
    "'",
    ".",
    "a.",
    "a ",
    '<"',
    "x@y (",
    "=?utf-8?q?a=40b?=,",
    ", ",
    "a@b.",
    "mailto:",
  ])("takes linear time on long runs of %j", (unit) => {
    const start = performance.now();
    parseAddressList(unit.repeat(300_000 / unit.length));
    parseAddressList(`x@y.com, ${unit.repeat(300_000 / unit.length)}z`);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

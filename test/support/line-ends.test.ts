import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTraceHeader } from "../../core/wire/trace-header.ts";
import { completeLastLine, firstDifference, normaliseLineEnds, stripTrace } from "./line-ends.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

test("bare CR and bare LF become CRLF, the last line is ended, nothing else changes", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", ""],
    ["a", "a\r\n"],
    ["a\r\n", "a\r\n"],
    ["a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd\r\n"],
    ["a\r\r\nb\n\rc\r", "a\r\n\r\nb\r\n\r\nc\r\n"],
    ["\n\n", "\r\n\r\n"],
    [".\n\0\xff", ".\r\n\0\xff\r\n"],
  ];
  for (const [from, to] of cases) expect(normaliseLineEnds(latin1(from)).toString("latin1")).toBe(to);
});

test("it agrees with a plain replacement on anything", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("\r", "\n", "x", "."), { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      const ended = /[^\r\n]$/.test(text) ? `${text}\r\n` : text;
      const expected = ended.replace(/\r\n|\r|\n/g, "\r\n");
      expect(normaliseLineEnds(latin1(text)).toString("latin1")).toBe(expected);
      expect(normaliseLineEnds(completeLastLine(latin1(text))).toString("latin1")).toBe(expected);
    }),
  );
});

test("stripTrace takes our header, in each of its forms, and only that", () => {
  const fields = {
    from: "pop.isp.test",
    by: "gateway.office.test",
    installationId: "5b1c0e9a7d44",
    queueId: "77424110EA2E",
    recipient: "ada@office.test",
    at: Date.UTC(2026, 10, 20, 15, 20, 36),
  };
  const forms = [
    fields,
    { ...fields, from: null },
    { ...fields, recipient: null },
    { ...fields, recipient: `${"a".repeat(60)}@o.test` },
  ];
  for (const form of forms) {
    for (const mail of [
      "A: 1\r\n\r\nbody\r\n",
      " starts with a blank; Fri, 20 Nov 2026 15:20:36 +0000\r\n",
      "\tfolded\r\n",
      "",
      "\r\n",
    ]) {
      expect(stripTrace(Buffer.concat([formatTraceHeader(form), latin1(mail)])).toString()).toBe(mail);
    }
  }
});

test("stripTrace fails where our header is not on top", () => {
  const foreign =
    "Received: from a.test\r\n\tby b.test (Postfix) with ESMTP id 1; Fri, 20 Nov 2026 15:20:36 +0000\r\n";
  const twin = formatTraceHeader({
    from: "a.test",
    by: "b.test",
    installationId: "1",
    queueId: "2",
    recipient: null,
    at: 0,
  })
    .toString()
    .replace("EFS Mail", "Other Mail");
  for (const mail of ["", "A: 1\r\n\r\n", foreign, twin])
    expect(() => stripTrace(latin1(mail))).toThrow("no trace header");
});

test("firstDifference says where two messages part", () => {
  expect(firstDifference(latin1("same"), latin1("same"))).toBe(null);
  expect(firstDifference(latin1("abc"), latin1("abX"))).toBe(
    'octet 2: got "abc", expected "abX" (3 and 3 octets)',
  );
  expect(firstDifference(latin1("ab"), latin1("abX"))).toBe(
    'octet 2: got "ab", expected "abX" (2 and 3 octets)',
  );
});

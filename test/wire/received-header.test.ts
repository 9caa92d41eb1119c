import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReceivedHeader, receivedFor } from "../../core/wire/received-header.ts";

const parse = (value: string) => {
  const { from, by, with: protocol, id, for: recipients, date } = parseReceivedHeader(value);
  return [
    from,
    by,
    protocol,
    id,
    recipients.map((found) => found.address),
    date === null ? null : new Date(date).toISOString(),
  ];
};
const DATE = "; Fri, 20 Nov 2026 15:20:36 +0100 (CET)";
const AT = "2026-11-20T14:20:36.000Z";

describe("parseReceivedHeader", () => {
  it.each([
    [
      "Postfix",
      `from mail.x.com (mail.x.com [192.0.2.1])\r\n\tby mx.isp.net (Postfix) with ESMTPS id 77424110EA2E\r\n\tfor <anna@office.example>${DATE}`,
      ["mail.x.com", "mx.isp.net", "ESMTPS", "77424110EA2E", ["anna@office.example"], AT],
    ],
    [
      "Exim",
      `from [192.0.2.1] (helo=x.com)\r\n\tby mx.isp.net with esmtps (TLS1.3:X:256)\r\n\t(Exim 4.96)\r\n\t(envelope-from <bob@x.com>)\r\n\tid 1abc-000-Xy\r\n\tfor anna@office.example${DATE}`,
      ["[192.0.2.1]", "mx.isp.net", "esmtps", "1abc-000-Xy", ["anna@office.example"], AT],
    ],
    [
      "sendmail",
      `from x.com (x.com [192.0.2.1] (may be forged)) by mx.isp.net (8.14.4/8.14.4) with ESMTP id sAKE for <anna@office.example>${DATE}`,
      ["x.com", "mx.isp.net", "ESMTP", "sAKE", ["anna@office.example"], AT],
    ],
    [
      "qmail local",
      "(qmail 1234 invoked by uid 89); 20 Nov 2026 14:20:36 -0000",
      [null, null, null, null, [], AT],
    ],
    [
      "qmail remote",
      "from unknown (HELO x.com) (bob@x.com@192.0.2.1)\r\n  by mx.isp.net with SMTP; 20 Nov 2026 14:20:36 -0000",
      ["unknown", "mx.isp.net", "SMTP", null, [], AT],
    ],
    [
      "Exchange",
      `from A.office.lan (192.0.2.1) by B.office.lan\r\n (192.0.2.2) with Microsoft SMTP Server (TLS) id 15.1.2375.7 via Mailbox\r\n Transport; Fri, 20 Nov 2026 15:20:36 +0100`,
      ["A.office.lan", "B.office.lan", "Microsoft SMTP Server", "15.1.2375.7", [], AT],
    ],
    [
      "Dovecot LMTP",
      `from mx.isp.net\r\n\tby store.isp.net with LMTP\r\n\tid 8Kd/AbC (envelope-from <bob@x.com>)\r\n\tfor <catchall@isp.net>${DATE}`,
      ["mx.isp.net", "store.isp.net", "LMTP", "8Kd/AbC", ["catchall@isp.net"], AT],
    ],
    [
      "Gmail",
      "by 2002:a05:6402:1 with SMTP id x1; Fri, 20 Nov 2026 06:20:36 -0800 (PST)",
      [null, "2002:a05:6402:1", "SMTP", "x1", [], AT],
    ],
    ["without from", `by mx.isp.net for <a@b.com>${DATE}`, [null, "mx.isp.net", null, null, ["a@b.com"], AT]],
    ["a single for", `for <a@b.com>`, [null, null, null, null, ["a@b.com"], null]],
    [
      "several for",
      `from x by y for <a@b.com>, <b@b.com>${DATE}`,
      ["x", "y", null, null, ["a@b.com", "b@b.com"], AT],
    ],
    [
      "for twice",
      `from x by y for <a@b.com> for b@b.com`,
      ["x", "y", null, null, ["a@b.com", "b@b.com"], null],
    ],
    [
      "fetchmail",
      `from x [1.2.3.4] by y with POP3 for <anna@localhost> (single-drop)`,
      ["x", "y", "POP3", null, ["anna@localhost"], null],
    ],
    ["capitals", `FROM x BY y FOR <a@b.com>`, ["x", "y", null, null, ["a@b.com"], null]],
    ["quoted recipient", `from x by y for <"a; b"@b.com>; x`, ["x", "y", null, null, ['"a; b"@b.com'], null]],
    // What the sender chose is no recipient.
    [
      "HELO named for",
      `from for (x [1.2.3.4]) by y for <a@b.com>`,
      ["for", "y", null, null, ["a@b.com"], null],
    ],
    [
      "HELO with a for clause",
      `from x for <evil@b.com> (x [1.2.3.4]) by y id 1`,
      ["x", "y", null, "1", [], null],
    ],
    [
      "HELO with by and for",
      `from x by z for <evil@b.com> ([1.2.3.4]) by y id 1 for <a@b.com>`,
      ["x", "y", null, "1", ["a@b.com"], null],
    ],
    ["no by at all", `from x for <evil@b.com>`, ["x", null, null, null, [], null]],
    ["open comment", `from x (y by z for <evil@b.com>`, ["x", "z", null, null, ["evil@b.com"], null]],
    ["nonsense", "@@ ;; ((", [null, null, null, null, [], null]],
    ["nothing", "", [null, null, null, null, [], null]],
  ])("%s", (_, value, expected) => {
    expect(parse(value)).toEqual(expected);
  });

  it("never throws, and `for` alone is the same", () => {
    const part = fc.constantFrom(
      "from",
      "by",
      "for",
      "with",
      "id",
      " ",
      ";",
      "(",
      ")",
      "<",
      ">",
      '"',
      "\\",
      "a@b.com",
      "x",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.constantFrom(" ", ""), (parts, between) => {
        const value = parts.join(between);
        expect(receivedFor(value)).toEqual(parseReceivedHeader(value).for);
      }),
      { numRuns: 2_000 },
    );
  });
});

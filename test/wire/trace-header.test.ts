import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDate, formatTraceHeader, isOwnTrace, type TraceFields } from "../../core/wire/trace-header.ts";

const fields: TraceFields = {
  from: "pop.isp.example",
  by: "gateway.office.example",
  installationId: "5b1c0e9a7d44",
  queueId: "77424110EA2E",
  recipient: "anna@office.example",
  at: Date.UTC(2026, 10, 20, 15, 20, 36),
};

function valueIn(header: Buffer): string {
  return header.toString("latin1").replace(/^Received:/, "");
}

describe("formatTraceHeader", () => {
  it("writes server, name, installation, queue id, recipient and date", () => {
    expect(formatTraceHeader(fields).toString()).toBe(
      "Received: from pop.isp.example\r\n" +
        "\tby gateway.office.example (EFS Mail Gateway 5b1c0e9a7d44)\r\n" +
        "\twith POP3 id 77424110EA2E\r\n" +
        "\tfor <anna@office.example>; Fri, 20 Nov 2026 15:20:36 +0000\r\n",
    );
  });

  it("has neither from nor for where there is none", () => {
    expect(formatTraceHeader({ ...fields, from: null, recipient: null }).toString()).toBe(
      "Received: by gateway.office.example (EFS Mail Gateway 5b1c0e9a7d44)\r\n" +
        "\tid 77424110EA2E; Fri, 20 Nov 2026 15:20:36 +0000\r\n",
    );
  });

  it.each([
    ["a line end", "a\r\nX-Evil: 1@x"],
    ["a comment", "a)(b@x"],
    ["a bracket", "a>b@x"],
    ["8 bit", "jürgen@x"],
    ["too long a one", `${"a".repeat(80)}@x`],
  ])("leaves a recipient with %s out", (_name, recipient) => {
    expect(formatTraceHeader({ ...fields, recipient })).toEqual(
      formatTraceHeader({ ...fields, recipient: null }),
    );
  });

  it("stays one header of short lines, whatever it is given", () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, text, text, (from, by, installationId, queueId, recipient) => {
        const header = formatTraceHeader({
          ...fields,
          from,
          by,
          installationId,
          queueId,
          recipient,
        }).toString("latin1");
        expect(header).toMatch(/^Received: [\x20-\x7e]+\r\n(?:\t[\x21-\x7e][\x20-\x7e]*\r\n)*$/);
        expect(header.split("\r\n").every((line) => line.length < 78 + queueId.length)).toBe(true);
      }),
    );
  });
});

describe("isOwnTrace", () => {
  it("knows its own, folded anew by others or not", () => {
    const value = valueIn(formatTraceHeader(fields));
    expect(isOwnTrace(value, fields.installationId)).toBe(true);
    expect(isOwnTrace(value.replaceAll("\r\n\t", " "), fields.installationId)).toBe(true);
    expect(isOwnTrace(value.replaceAll(" ", "\n   "), fields.installationId)).toBe(true);
    expect(isOwnTrace(valueIn(formatTraceHeader({ ...fields, from: null })), fields.installationId)).toBe(
      true,
    );
  });

  it.each([
    ["another installation", valueIn(formatTraceHeader({ ...fields, installationId: "000000000000" }))],
    [
      "one whose id only begins like ours",
      valueIn(formatTraceHeader({ ...fields, installationId: "5b1c0e9a7d44a" })),
    ],
    ["the mark without a name", "from a (EFS Mail Gateway 5b1c0e9a7d44) id x"],
    ["another's header", "from a by b with SMTP id 5b1c0e9a7d44; Fri, 20 Nov 2026 15:20:36 +0000"],
    ["nothing", ""],
  ])("does not take %s for its own", (_name, value) => {
    expect(isOwnTrace(value, fields.installationId)).toBe(false);
  });

  it("finds nothing for an unusable id", () => {
    expect(isOwnTrace("by x (EFS Mail Gateway )", "")).toBe(false);
  });

  it("takes a megabyte of its worst input in no time", () => {
    const worst = "by a (EFS Mail Gateway 5b1c0e9a7d4 ".repeat(30_000);
    const started = performance.now();
    expect(isOwnTrace(worst, fields.installationId)).toBe(false);
    expect(isOwnTrace(" (EFS Mail Gateway 5b1c0e9a7d44)".repeat(30_000), fields.installationId)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("formatDate", () => {
  it("is of the second that is asked for, whatever was asked before", () => {
    expect([999, 0, 1_000, 0, -1].map(formatDate)).toEqual([
      "Thu, 01 Jan 1970 00:00:00 +0000",
      "Thu, 01 Jan 1970 00:00:00 +0000",
      "Thu, 01 Jan 1970 00:00:01 +0000",
      "Thu, 01 Jan 1970 00:00:00 +0000",
      "Wed, 31 Dec 1969 23:59:59 +0000",
    ]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataEncoder } from "../../core/wire/data-encoder.ts";

const TERMINATOR = Buffer.from("\r\n.\r\n");

function encode(chunks: readonly Buffer[]): Buffer {
  const encoder = new DataEncoder();
  return Buffer.concat([...chunks.map((chunk) => encoder.encode(chunk)), encoder.end()]);
}

/** What a server makes of it: RFC 5321 4.5.2, strictly; and what lies behind the end. */
function decode(wire: Buffer): { content: string; behind: string } {
  const text = `\r\n${wire.toString("latin1")}`;
  const end = text.indexOf("\r\n.\r\n");
  return {
    content: text
      .slice(0, end + 2)
      .replaceAll("\r\n.", "\r\n")
      .slice(2),
    behind: text.slice(end + TERMINATOR.length),
  };
}

/** The rule in one line: every line end becomes CRLF, the last line gets one. */
function normalised(content: Buffer): string {
  const text = content.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n");
  return text === "" || text.endsWith("\r\n") ? text : `${text}\r\n`;
}

/** Mostly the octets that matter. */
const octets = fc
  .array(fc.constantFrom(0x0d, 0x0a, 0x2e, 0x2e, 0x61, 0x00, 0xff, 0x20), { maxLength: 40 })
  .map((values) => Buffer.from(values));

function cut(content: Buffer, places: readonly number[]): Buffer[] {
  const borders = [...new Set(places.map((place) => place % (content.length + 1)))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const border of [...borders, content.length]) {
    chunks.push(content.subarray(from, border));
    from = border;
  }
  return chunks;
}

describe("DataEncoder", () => {
  it("brings any message over as one message, whatever its octets and chunks", () => {
    fc.assert(
      fc.property(octets, fc.array(fc.nat(), { maxLength: 8 }), (content, places) => {
        const wire = encode(cut(content, places));
        expect(decode(wire)).toEqual({ content: normalised(content), behind: "" });
        expect(wire.equals(encode([content]))).toBe(true);
        expect(/\r(?!\n)|(?<!\r)\n/.test(wire.toString("latin1"))).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });

  it("does not touch what needs nothing", () => {
    const clean = Buffer.from("Subject: \xff\x00\r\n\r\nline. with. dots.\r\n \r\n", "latin1");
    const encoder = new DataEncoder();
    expect(encoder.encode(clean)).toBe(clean);
    expect(encoder.end().toString()).toBe(".\r\n");
  });

  it.each([
    ["LF . LF", "a\n.\nMAIL FROM:<x>", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"],
    ["LF . CRLF", "a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"],
    ["CRLF . LF", "a\r\n.\nb", "a\r\n..\r\nb\r\n.\r\n"],
    ["CR . CR", "a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"],
    ["CRLF . CR", "a\r\n.\rb", "a\r\n..\r\nb\r\n.\r\n"],
    ["CRLF . CRLF", "a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"],
    ["CR CR LF . CR CR LF", "a\r\r\n.\r\r\nb", "a\r\n\r\n..\r\n\r\nb\r\n.\r\n"],
    ["a dot first of all", ".\r\n", "..\r\n.\r\n"],
    ["a dot alone", ".", "..\r\n.\r\n"],
    ["a CR at the end", "a\r", "a\r\n.\r\n"],
    ["nothing", "", ".\r\n"],
  ])("disarms %s", (_name, content, wire) => {
    expect(encode([Buffer.from(content)]).toString()).toBe(wire);
    expect(encode([...Buffer.from(content)].map((octet) => Buffer.from([octet]))).toString()).toBe(wire);
  });

  it.each(["\r\n.", "\n.", "\r.", "\r\r\n..", "\r\n", "a\r\n.b"])(
    "a large chunk of %j is what its octets are one by one",
    (pattern) => {
      const content = Buffer.from(`x${pattern.repeat(100_000 / pattern.length)}`);
      const wire = encode([content]);
      expect(wire.equals(encode([...content].map((octet) => Buffer.from([octet]))))).toBe(true);
      expect(decode(wire)).toEqual({ content: normalised(content), behind: "" });
    },
  );

  it("does not touch a large chunk that needs nothing", () => {
    const clean = Buffer.from("line. with. dots.\r\n".repeat(10_000));
    const encoder = new DataEncoder();
    expect(encoder.encode(clean)).toBe(clean);
    expect(encoder.octets).toBe(clean.length);
  });

  it("counts octets as SIZE does: our line ends, not the doubled dots", () => {
    const encoder = new DataEncoder();
    encoder.encode(Buffer.from("a\n.b\rc"));
    encoder.end();
    expect(encoder.octets).toBe("a\r\n.b\r\nc\r\n".length);
  });
});

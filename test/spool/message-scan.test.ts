import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MessageScanner, scanMessage } from "../../core/spool/message-scan.ts";

function scan(bytes: Buffer, cuts: readonly number[] = [], limit = 1_000_000) {
  const scanner = new MessageScanner(limit);
  let from = 0;
  for (const cut of [...cuts].map((at) => at % (bytes.length + 1)).sort((a, b) => a - b)) {
    scanner.push(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
  scanner.push(bytes.subarray(from));
  return scanner.end();
}

/** The rules again, written another way: over the whole text at once. */
function reference(bytes: Buffer) {
  const whole = bytes.toString("latin1");
  const match = /(^|\n)(\r?\n)/.exec(whole);
  const end = match === null ? whole.length : match.index + (match[1] as string).length;
  const bodyAt = match === null ? whole.length : end + (match[2] as string).length;
  let wire = whole.replace(/\r\n|\r|\n/g, "\r\n");
  if (!wire.endsWith("\r\n")) wire += "\r\n";
  const hash = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");
  const headerHash = hash(whole.slice(0, bodyAt));
  const bodyHash = hash(whole.slice(bodyAt));
  return {
    size: bytes.length,
    wireSize: wire.length,
    header: Buffer.from(whole.slice(0, end), "latin1"),
    headerHash,
    bodyHash,
    wholeHash: hash(headerHash + bodyHash),
    eightBitHeader: /[\x80-\xff]/.test(whole.slice(0, bodyAt)),
    eightBitBody: /[\x80-\xff]/.test(whole.slice(bodyAt)),
  };
}

const lines = fc
  .array(fc.constantFrom("\r", "\n", "\r\n", "a", "To: b", "\xe9", "\0", ".", "\r\n\r\n", "\n\n"), {
    maxLength: 14,
  })
  .map((parts) => Buffer.from(parts.join(""), "latin1"));

describe("the one pass over a message", () => {
  test("finds the same under every chunking as over the whole", () => {
    fc.assert(
      fc.property(lines, fc.array(fc.nat(200), { maxLength: 6 }), (bytes, cuts) => {
        expect(scan(bytes, cuts)).toEqual(reference(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  test("octet by octet, too", () => {
    fc.assert(
      fc.property(lines, (bytes) => {
        expect(scan(bytes, [...bytes.keys()])).toEqual(reference(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  test("and the same where all of it is there at once", () => {
    fc.assert(
      fc.property(lines, fc.nat(20), (bytes, limit) => {
        const { header, ...rest } = reference(bytes);
        expect(scanMessage(bytes, limit)).toEqual({ ...rest, header: header.subarray(0, limit) });
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["A: b\r\n\r\nbody\r\n", "A: b\r\n", 14],
    ["A: b\n\nbody\n", "A: b\n", 14],
    ["A: b\n\r\nbody", "A: b\n", 14],
    ["\r\nbody", "", 8],
    ["A: b\r\nC: d", "A: b\r\nC: d", 12],
    ["A: b\r\r\nC: d\r\r\n\r\n", "A: b\r\r\nC: d\r\r\n", 18],
    ["", "", 2],
    ["\r", "\r", 2],
  ])("%j has the header %j", (message, header, wireSize) => {
    const found = scan(Buffer.from(message, "latin1"));
    expect([found.header.toString("latin1"), found.wireSize]).toEqual([header, wireSize]);
  });

  test("keeps no more of a header than the limit, yet hashes all of it", () => {
    const bytes = Buffer.alloc(3_000_000, "x");
    const found = scan(bytes, [1_000, 2_000_000], 5_000);
    expect(found).toEqual({ ...reference(bytes), header: bytes.subarray(0, 5_000) });
  });
});

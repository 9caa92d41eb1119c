import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinSlices, MultiLineDecoder } from "../../core/wire/multi-line-decoder.ts";
import { stuffDots } from "../support/scripted-pop3-server.ts";

interface Decoded {
  readonly content: string;
  readonly rest: string | null;
}

/** Decodes pieces one by one; the rest is what follows the terminator. */
function decode(pieces: readonly Buffer[]): Decoded {
  const decoder = new MultiLineDecoder();
  const content: Buffer[] = [];
  for (const [index, piece] of pieces.entries()) {
    const slices: Buffer[] = [];
    const end = decoder.push(piece, slices);
    content.push(joinSlices(slices));
    if (end >= 0) {
      const rest = Buffer.concat([piece.subarray(end), ...pieces.slice(index + 1)]);
      return { content: Buffer.concat(content).toString("latin1"), rest: rest.toString("latin1") };
    }
  }
  return { content: Buffer.concat(content).toString("latin1"), rest: null };
}

const latin1 = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text, "latin1"));

/** All ways to cut a text in two, and octet by octet. */
function cuts(text: string): Buffer[][] {
  const ways: Buffer[][] = [[...text].map((octet) => Buffer.from(octet, "latin1"))];
  for (let index = 0; index <= text.length; index += 1) {
    ways.push(latin1(text.slice(0, index), text.slice(index)));
  }
  return ways;
}

describe("MultiLineDecoder", () => {
  test.each([
    ["an empty answer", ".\r\n", "", ""],
    ["one line", "abc\r\n.\r\n", "abc\r\n", ""],
    ["what follows stays", "abc\r\n.\r\n+OK next\r\n", "abc\r\n", "+OK next\r\n"],
    ["stuffed dots, in the first line too", "..a\r\n...\r\n..\r\n.\r\n", ".a\r\n..\r\n.\r\n", ""],
    ["a dot that nobody stuffed", ".abc\r\n.\r\n", "abc\r\n", ""],
    ["a sentence's full stop", "The end.\r\nREST\r\n.\r\n", "The end.\r\nREST\r\n", ""],
    ["a dot behind a bare LF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", ""],
    ["a dot behind a bare CR", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", ""],
    ["a dot and a bare LF", "a\r\n..\n.\r\nb\r\n.\r\n", "a\r\n.\n.\r\nb\r\n", ""],
    ["a stuffed dot and a bare CR", "a\r\n..\rb\r\n.\r\n", "a\r\n.\rb\r\n", ""],
    ["an unstuffed dot and a bare CR", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", ""],
    ["a dot and two CRs", "a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n", ""],
    ["two CRs and a LF", "a\r\r\n.\r\n", "a\r\r\n", ""],
    ["eight bits and NUL", "\xe9\xff\x00\x80\r\n.\r\n", "\xe9\xff\x00\x80\r\n", ""],
  ])("%s", (_name, wire, content, rest) => {
    for (const pieces of cuts(wire)) expect(decode(pieces)).toEqual({ content, rest });
  });

  test.each([
    ["bare LF everywhere", "abc\n.\n", "abc\n.\n"],
    ["LF . CR LF", "abc\n.\r\n", "abc\n.\r\n"],
    ["CR LF . LF", "abc\r\n.\n", "abc\r\n\n"],
    ["no line end in front of the dot", "abc.\r\n", "abc.\r\n"],
    ["a held dot is not handed out", "abc\r\n.", "abc\r\n"],
    ["a held dot and CR neither", "abc\r\n.\r", "abc\r\n"],
  ])("does not end at: %s", (_name, wire, content) => {
    for (const pieces of cuts(wire)) expect(decode(pieces)).toEqual({ content, rest: null });
  });

  test("any content, cut anywhere, comes out exact", () => {
    const octet = fc.constantFrom(...Buffer.from("..\r\n\r\n\r\n.A\xff\x00", "latin1"));
    const property = fc.property(
      fc.array(octet, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
      (octets, lengths) => {
        const content = Buffer.concat([Buffer.from(octets), Buffer.from("\r\n")]);
        const wire = Buffer.concat([stuffDots(content), Buffer.from(".\r\n+OK next")]);
        const pieces: Buffer[] = [];
        for (let index = 0, turn = 0; index < wire.length; turn += 1) {
          const length = lengths[turn % lengths.length] ?? 1;
          pieces.push(wire.subarray(index, index + length));
          index += length;
        }
        expect(decode(pieces)).toEqual({ content: content.toString("latin1"), rest: "+OK next" });
      },
    );
    fc.assert(property, { numRuns: 10_000 });
  });

  test("hands out the piece itself where nothing is cut out", () => {
    const piece = Buffer.from("line\r\n".repeat(1_000));
    const slices: Buffer[] = [];
    expect(new MultiLineDecoder().push(piece, slices)).toBe(-1);
    expect(joinSlices(slices)).toBe(piece);
  });
});

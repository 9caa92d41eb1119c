import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataEncoder } from "../../core/wire/data-encoder.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { HeaderFieldFilter } from "../../core/wire/header-field-filter.ts";

const NAMES = ["Disposition-Notification-To", "Return-Receipt-To", "X-Confirm-Reading-To"];
const LISTED = new Set(NAMES.map((name) => name.toLowerCase()));

function filtered(text: string, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(text, "latin1");
  const filter = new HeaderFieldFilter(NAMES);
  const out: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b).concat(bytes.length)) {
    const to = Math.min(cut, bytes.length);
    // Its memory is used again by others.
    const chunk = Buffer.from(bytes.subarray(from, to));
    out.push(Buffer.from(filter.pass(chunk)));
    chunk.fill(0x21);
    from = to;
  }
  return Buffer.concat([...out, filter.end()]).toString("latin1");
}

function onTheWire(text: string): string {
  const encoder = new DataEncoder();
  return Buffer.concat([encoder.encode(Buffer.from(text, "latin1")), encoder.end()]).toString("latin1");
}

describe("HeaderFieldFilter", () => {
  it.each([
    ["one line", "A: b\r\nDisposition-Notification-To: x@y\r\nC: d\r\n\r\nbody", "A: b\r\nC: d\r\n\r\nbody"],
    ["with its folds", "Return-Receipt-To: x,\r\n\ty,\r\n z\r\nC: d\r\n\r\n", "C: d\r\n\r\n"],
    ["whatever its case", "DISPOSITION-notification-TO: x\r\n\r\nbody", "\r\nbody"],
    ["a blank before the colon", "X-Confirm-Reading-To \t: x\r\nA: b\r\n", "A: b\r\n"],
    ["several", "Return-Receipt-To: x\nReturn-Receipt-To: y\nA: b\n\n", "A: b\n\n"],
    ["the last one, unfinished", "A: b\r\nReturn-Receipt-To: x", "A: b\r\n"],
    [
      "a CR before the LF too many",
      "A: b\r\r\nReturn-Receipt-To: x\r\r\nC: d\r\r\n\r\n",
      "A: b\r\r\nC: d\r\r\n\r\n",
    ],
    ["behind a bare CR", "A: b\rReturn-Receipt-To: x\n\nbody", "A: b\r\n\nbody"],
  ])("leaves a field out: %s", (_name, text, expected) => {
    expect(filtered(text)).toBe(expected);
  });

  it.each([
    ["another field that begins so", "Return-Receipt-To-Me: x\r\n\r\n"],
    ["its beginning alone", "Return-Receipt: x\r\n\r\n"],
    ["the body", "A: b\r\n\r\nReturn-Receipt-To: x\r\n"],
    ["a body without a header", "\r\nReturn-Receipt-To: x\r\n"],
    ["a continuation line", "A: b\r\n Return-Receipt-To: x\r\n\r\n"],
    ["a line that is no field", "Return-Receipt-To\r\n : x\r\n\r\n"],
    ["an empty name", ": x\r\n\r\n"],
    ["nothing", ""],
    ["blanks without end", `Return-Receipt-To${" ".repeat(5_000)}: x\r\n\r\n`],
    ["line ends of all kinds", "A: b\rB: c\nC: d\r\nD: e\r\r\nE: f\r\n\r\n\r\rx\n"],
  ])("passes on exactly: %s", (_name, text) => {
    expect(filtered(text)).toBe(text);
    expect(
      filtered(
        text,
        Array.from({ length: text.length }, (_, index) => index),
      ),
    ).toBe(text);
  });

  const piece = fc.oneof(
    fc.constantFrom("\r", "\n", "\r\n", "\r\n", "\r\r\n", " ", "\t", ":", "Subject: x", "From : y", "a"),
    fc.constantFrom(
      ...NAMES,
      ...NAMES.map((name) => `${name}: z`),
      ...NAMES.map((name) => name.slice(0, -1)),
    ),
  );
  const message = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
  const cuts = fc.array(fc.nat(400), { maxLength: 30 });

  it("does the same however the message is cut", () => {
    fc.assert(
      fc.property(message, cuts, (text, places) => {
        expect(filtered(text, places)).toBe(filtered(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("changes no other field and nothing of the body, and never makes a message longer on the wire", () => {
    fc.assert(
      fc.property(message, cuts, (text, places) => {
        const result = filtered(text, places);
        const before = parseHeaderBlock(Buffer.from(text, "latin1"));
        const kept = before.fields.filter(({ lowerName }) => !LISTED.has(lowerName));
        if (kept.length === before.fields.length) expect(result).toBe(text);
        expect(onTheWire(result).length).toBeLessThanOrEqual(onTheWire(text).length);
        const after = parseHeaderBlock(Buffer.from(result, "latin1"));
        expect(after.fields.map(({ name, unfolded }) => [name, unfolded])).toEqual(
          kept.map(({ name, unfolded }) => [name, unfolded]),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it("leaves the wire as it is line by line", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom("Subject: x", "From: a\r\n b", "Return-Receipt-To: x\r\n\ty", NAMES[0] ?? ""),
          {
            maxLength: 8,
          },
        ),
        fc.constantFrom("\r\n", "\n", "\r"),
        cuts,
        (lines, end, places) => {
          const text = [...lines, "", "Return-Receipt-To: body", ""].join(end);
          const expected = [
            ...lines.filter((line) => !line.startsWith("Return-R")),
            "",
            "Return-Receipt-To: body",
            "",
          ];
          expect(onTheWire(filtered(text, places))).toBe(onTheWire(expected.join(end)));
        },
      ),
    );
  });
});

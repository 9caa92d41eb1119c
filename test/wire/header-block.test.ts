import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";

const parse = (text: string) => parseHeaderBlock(Buffer.from(text, "latin1"));
const shape = (text: string) => {
  const { fields, junk, mboxLine } = parse(text);
  return { fields: fields.map(({ name, value }) => [name, value]), junk, mboxLine };
};

describe("parseHeaderBlock", () => {
  it("keeps fields in order, raw, and unfolds them", () => {
    const header = parse("Subject: one\r\n two\r\n\tthree\r\nX-A:b\r\nsubject:  four \r\n\r\nbody: no\r\n");
    expect(
      header.fields.map(({ name, lowerName, value, unfolded, index }) => ({
        name,
        lowerName,
        value,
        unfolded,
        index,
      })),
    ).toEqual([
      {
        name: "Subject",
        lowerName: "subject",
        value: " one\r\n two\r\n\tthree",
        unfolded: "one two\tthree",
        index: 0,
      },
      { name: "X-A", lowerName: "x-a", value: "b", unfolded: "b", index: 1 },
      { name: "subject", lowerName: "subject", value: "  four ", unfolded: "four", index: 2 },
    ]);
    expect(header.get("SUBJECT")?.index).toBe(0);
    expect(header.all("sUbject").map((field) => field.index)).toEqual([0, 2]);
    expect([header.get("body"), header.all("body")]).toEqual([null, []]);
  });

  it.each([
    ["CRLF", "A: 1\r\nB: 2\r\n\r\nC: 3"],
    ["bare LF", "A: 1\nB: 2\n\nC: 3"],
    ["bare CR", "A: 1\rB: 2\r\rC: 3"],
    ["CR CR LF", "A: 1\r\r\nB: 2\r\r\n\r\nC: 3"],
    ["mixed", "A: 1\nB: 2\r\n\nC: 3"],
    ["no empty line", "A: 1\r\nB: 2"],
  ])("ends lines and header at %s", (_, text) => {
    expect(shape(text)).toEqual({
      fields: [
        ["A", " 1"],
        ["B", " 2"],
      ],
      junk: [],
      mboxLine: null,
    });
  });

  it.each([
    [
      "mbox separator",
      "From a@b Thu Nov 20 10:00:00 2026\nA: 1\n",
      [["A", " 1"]],
      [],
      "From a@b Thu Nov 20 10:00:00 2026",
    ],
    ["quoted mbox separator", ">From a@b Thu\nA: 1\n", [["A", " 1"]], [], ">From a@b Thu"],
    [
      "From inside is junk",
      "A: 1\nFrom a@b Thu\nB: 2\n",
      [
        ["A", " 1"],
        ["B", " 2"],
      ],
      ["From a@b Thu"],
      null,
    ],
    ["a From field at the top", "From : a@b\n", [["From", " a@b"]], [], null],
    ["blank before the colon", "Name \t: value\n", [["Name", " value"]], [], null],
    [
      "a line without colon",
      "A: 1\nnonsense\n more\nB: 2\n",
      [
        ["A", " 1"],
        ["B", " 2"],
      ],
      ["nonsense\n more"],
      null,
    ],
    ["a name with blanks", "A b: 1\nB: 2\n", [["B", " 2"]], ["A b: 1"], null],
    ["a fold first", " folded\nB: 2\n", [["B", " 2"]], [" folded"], null],
    [
      "a line of blanks continues",
      "A: 1\n \n 2\nB: 3\n",
      [
        ["A", " 1\n \n 2"],
        ["B", " 3"],
      ],
      [],
      null,
    ],
    ["no name", ": x\nB: 2\n", [["B", " 2"]], [": x"], null],
    ["no header", "\r\nA: 1\r\n", [], [], null],
    ["nothing", "", [], [], null],
    ["NUL and 8-bit", "A: \0\xe9\xff\n", [["A", " \0\xe9\xff"]], [], null],
    [
      "empty value",
      "A:\nB:",
      [
        ["A", ""],
        ["B", ""],
      ],
      [],
      null,
    ],
  ])("takes %s", (_, text, fields, junk, mboxLine) => {
    expect(shape(text)).toEqual({ fields, junk, mboxLine });
  });

  it("takes lines of 9,000 octets", () => {
    const long = "x".repeat(9_000);
    expect(shape(`A: ${long}\r\n ${long}\r\nB: 1\r\n`).fields).toEqual([
      ["A", ` ${long}\r\n ${long}`],
      ["B", " 1"],
    ]);
  });

  it("loses no octet and never throws", () => {
    const line = fc.stringMatching(/^[\x00-\xff]{0,12}$/).map((text) => text.replace(/[\r\n]/g, ":"));
    fc.assert(
      fc.property(fc.array(fc.tuple(line, fc.constantFrom("\r\n", "\n", "\r"))), (lines) => {
        const text = lines.map(([text, end]) => (text || "x") + end).join("");
        const { fields, junk, mboxLine } = parse(text);
        const count = (part: string) => part.replace(/[\r\n]/g, "").length;
        const kept = [...fields.map(({ name, value }) => name + value), ...junk, mboxLine ?? ""];
        const colons = fields.length;
        const blanks = /[ \t]/g;
        const all = text.replace(/[\r\n]/g, "").replace(blanks, "").length;
        expect(
          kept.map((part) => count(part.replace(blanks, ""))).reduce((sum, one) => sum + one, colons),
        ).toBe(all);
      }),
    );
  });

  it.each([
    ["line ends of one kind", "\r".repeat(2)],
    ["folds", "\r\n "],
    ["junk", "x\n"],
    ["fields", "A:b\n"],
    ["colons", ":"],
    ["blanks", " "],
    ["one name", "x"],
  ])("takes linear time: %s", (_, unit) => {
    const text = `A: b\n ${unit.repeat(2_000_000 / unit.length)}`;
    const start = performance.now();
    const header = parse(text);
    const length = header.fields.reduce((sum, field) => sum + field.unfolded.length, 0);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(length).toBeLessThanOrEqual(text.length);
  });
});

import { describe, expect, test } from "vitest";
import type { StreamItem } from "../../../core/api/contract.ts";
import type { TranscriptEntry } from "../../../core/model/transcript-entry.ts";
import { NO_FILTER, rowIndex, TranscriptLines } from "../../../renderer/detail-window/transcript-lines.ts";

const entry = (sequence: number, changes: Partial<TranscriptEntry> = {}): StreamItem<"transcript"> => ({
  sequence,
  entry: {
    sequence,
    at: 1_000 + sequence,
    session: "smtp-1",
    protocol: "smtp",
    peer: "mail:25",
    direction: "server",
    text: `line ${sequence}`,
    ...changes,
  },
});

const texts = (lines: TranscriptLines): readonly string[] =>
  lines.shown.map((row) => (row.kind === "gap" ? `gap ${row.missed}` : row.entry.text));

describe("the lines of the detail window", () => {
  test("a gap is a line of its own, with the number of what is missing", () => {
    const lines = new TranscriptLines();
    lines.append([entry(1), { gap: { from: 2, to: 11 } }, entry(12)]);
    expect(texts(lines)).toEqual(["line 1", "gap 10", "line 12"]);
  });

  test.each([
    ["text, without case", { ...NO_FILTER, text: "LINE 2" }, ["line 2"]],
    ["session", { ...NO_FILTER, session: "pop3-7" }, ["line 3"]],
    ["peer", { ...NO_FILTER, peer: "main" }, ["line 3"]],
    ["all at once", { text: "line", session: "pop3-7", peer: "mail:25" }, []],
  ])("filtered by %s: what is there, and what comes", (_name, filter, expected) => {
    const before = new TranscriptLines();
    const items = [entry(1), entry(2), entry(3, { session: "pop3-7", peer: "main" })];
    before.append(items);
    before.filter(filter);
    const after = new TranscriptLines();
    after.filter(filter);
    for (const item of items) after.append([item]);
    expect([texts(before), texts(after)]).toEqual([expected, expected]);
  });

  test("the oldest go when there are too many, from the filtered view too", () => {
    const lines = new TranscriptLines(10);
    lines.filter({ ...NO_FILTER, text: "even" });
    for (let number = 1; number <= 11; number += 1) {
      lines.append([entry(number, { text: `${number % 2 === 0 ? "even" : "odd"} ${number}` })]);
    }
    expect({ held: lines.held, shown: texts(lines) }).toEqual({
      held: 9,
      shown: ["even 4", "even 6", "even 8", "even 10"],
    });
  });

  test("a view that was taken stays as it is while more comes", () => {
    const lines = new TranscriptLines();
    lines.append([entry(1)]);
    const taken = lines.shown;
    lines.append([entry(2)]);
    expect([taken.length, lines.shown.length]).toEqual([1, 2]);
  });

  test("sessions, the newest first, and peers", () => {
    const lines = new TranscriptLines();
    lines.append([entry(1), entry(2, { session: "pop3-2", peer: "main" }), entry(3)]);
    expect([lines.sessions(), lines.peers()]).toEqual([
      [
        ["pop3-2", "main"],
        ["smtp-1", "mail:25"],
      ],
      ["mail:25", "main"],
    ]);
  });

  test("a row is found by its key as long as it is there", () => {
    const lines = new TranscriptLines(4);
    for (let number = 1; number <= 5; number += 1) lines.append([entry(number)]);
    expect([1, 2, 3, 4, 5, 6].map((key) => rowIndex(lines.shown, key))).toEqual([null, null, 0, 1, 2, null]);
  });
});

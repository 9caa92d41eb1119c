import { describe, expect, test } from "vitest";
import type { TranscriptEntry } from "../../../core/model/transcript-entry.ts";
import {
  answerClass,
  answerCode,
  lineText,
  sessionHue,
  wholeAnswer,
} from "../../../renderer/detail-window/answers.ts";
import type { TranscriptRow } from "../../../renderer/detail-window/transcript-lines.ts";

const line = (text: string, changes: Partial<TranscriptEntry> = {}): TranscriptEntry => ({
  sequence: 1,
  at: 0,
  session: "smtp-1",
  protocol: "smtp",
  peer: "mail:25",
  direction: "server",
  text,
  ...changes,
});
const rows = (...entries: readonly TranscriptEntry[]): readonly TranscriptRow[] =>
  entries.map((entry, index) => ({ kind: "entry", key: index, entry }));

describe("answers in the conversation", () => {
  test.each([
    ["250 OK", {}, "good", "250"],
    ["250-mail.office.test", {}, "good", "250"],
    ["354 Go on", {}, "good", "354"],
    ["421 4.3.2 Going away", {}, "later", "421"],
    ["553 5.1.7 No", {}, "refused", "553"],
    ["2500 bytes", {}, null, ""],
    ["MAIL FROM:<>", { direction: "client" }, null, ""],
    ["+OK 3 messages", { protocol: "pop3" }, "good", "+OK"],
    ["-ERR [AUTH] no", { protocol: "pop3" }, "refused", "-ERR"],
    ["1 120", { protocol: "pop3" }, null, ""],
  ] as const)("%s", (text, changes, kind, code) => {
    const entry = line(text, changes);
    expect([answerClass(entry), kind === null ? "" : answerCode(entry)]).toEqual([kind, code]);
  });

  test("the whole answer of any of its lines, with another session between", () => {
    const list = rows(
      line("EHLO gw", { direction: "client" }),
      line("550-5.1.1 No such user"),
      line("250 OK", { session: "smtp-2" }),
      line("550-5.1.1 Ask the postmaster"),
      line("550 5.1.1 Bye"),
      line("250 OK"),
    );
    const whole = "550-5.1.1 No such user\n550-5.1.1 Ask the postmaster\n550 5.1.1 Bye";
    expect([1, 3, 4].map((index) => wholeAnswer(list, index))).toEqual([whole, whole, whole]);
    expect([wholeAnswer(list, 2), wholeAnswer(list, 5), wholeAnswer(list, 9)]).toEqual([
      "250 OK",
      "250 OK",
      "",
    ]);
  });

  test("a line as it is saved", () => {
    const gap: TranscriptRow = { kind: "gap", key: 2, missed: 3 };
    const saved = [...rows(line("RSET", { direction: "client", at: 1_763_700_000_123 })), gap].map((row) =>
      lineText(row, (missed) => `${missed} missing`),
    );
    expect(saved).toEqual(["2025-11-21T04:40:00.123Z smtp-1 -> RSET", "--- 3 missing ---"]);
  });

  test("a session keeps its hue, of six", () => {
    expect(["pop3-3", "smtp-3", "smtp-12", "odd", "odd"].map(sessionHue)).toEqual([0, 1, 1, 5, 5]);
  });
});

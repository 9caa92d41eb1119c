import { expect, test } from "vitest";
import type { HistoryRow } from "../../../core/model/history.ts";
import { csvHead, csvRow } from "../../../renderer/history/history-csv.ts";

const row: HistoryRow = {
  id: 1,
  queueId: "77424110EA2E",
  kind: "mail",
  accountId: "main",
  sender: "a@example.org",
  summary: { from: "A <a@example.org>", subject: "Plain", messageId: "<1@example.org>", date: null },
  size: 1_234,
  receivedAt: Date.UTC(2026, 10, 20, 15, 20, 36),
  closedAt: null,
  outcome: "pending",
  outcomeDetail: null,
  junkReason: null,
  reportState: null,
  folder: "Inbox",
  recipients: [
    {
      id: 1,
      address: "b@office.test",
      role: "addressed",
      state: { kind: "queued" },
      tries: 0,
      unknownTries: 0,
    },
  ],
  recipientCount: 3,
  attemptCount: 0,
};

test("a row, and the head with the byte order mark", () => {
  expect(csvHead() + csvRow(row)).toBe(
    "\ufeffreceived,closed,outcome,detail,account,kind,sender,from,recipients,subject,size,messageId,queueId\r\n" +
      "2026-11-20T15:20:36.000Z,,pending,,main,mail,a@example.org,A <a@example.org>,b@office.test (+2),Plain,1234,<1@example.org>,77424110EA2E\r\n",
  );
});

test.each([
  ['He said "no", twice', '"He said ""no"", twice"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ['@SUM("a")', `"'@SUM(""a"")"`],
  ["-1", "'-1"],
  ["+1", "'+1"],
  ["\t=1", "'\t'=1"],
  ["\r\n=1", "\"'\r\n'=1\""],
  ["\uff1d1", "'\uff1d1"],
  ["offer;=1+1", "offer;'=1+1"],
  ['offer;"=1+1', `"offer;""'=1+1"`],
  ["a\t@SUM(1)|+1", "a\t'@SUM(1)|'+1"],
  ["a\n-1", '"a\n\'-1"'],
  ["a = b; c - d, 1-2", '"a = b; c - d, 1-2"'],
])("what strangers wrote is harmless: %j", (subject, expected) => {
  const text = csvRow({ ...row, summary: { ...row.summary, subject } });
  expect(text).toContain(`(+2),${expected},1234`);
});

import { describe, expect, it } from "vitest";
import { readAnswer } from "../../core/explain/read-answer.ts";

describe("readAnswer", () => {
  it.each([
    ["550 5.1.1 User unknown", 550, "5.1.1", "User unknown"],
    ["550", 550, null, ""],
    ["  550\t5.1.1 User unknown\r\n", 550, "5.1.1", "User unknown"],
    ['"550 User unknown"', 550, null, 'User unknown"'],
    ["550: User unknown", 550, null, "User unknown"],
    ["User unknown", null, null, "User unknown"],
    ["5.1.1", null, "5.1.1", ""],
    ["4.2.2 (mailbox full)", null, "4.2.2", "(mailbox full)"],
    ["550-5.1.1 No\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n", 550, "5.1.1", "No such user"],
    ["550-5.1.1 No 550-5.1.1 such 550 5.1.1 user", 550, "5.1.1", "No such user"],
    [
      "550-Verification failed\n550 Sender verify failed",
      550,
      null,
      "Verification failed Sender verify failed",
    ],
    ["Diagnostic-Code: smtp; 552 5.2.2 Mailbox full", 552, "5.2.2", "Mailbox full"],
    ["smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", 550, "5.1.10", "RESOLVER.ADR.RecipientNotFound"],
    ['X-Postfix; unknown user: "x"', null, null, 'unknown user: "x"'],
    ["Status: 5.1.1", null, "5.1.1", ""],
    ["#550 5.7.1 RESOLVER.RST.AuthRequired ##", 550, "5.7.1", "RESOLVER.RST.AuthRequired ##"],
    [
      "(host mail.example.com[192.0.2.1] said: 550 5.1.1 <a@b.example>: User unknown (in reply to RCPT TO command))",
      550,
      "5.1.1",
      "<a@b.example>: User unknown )",
    ],
    [
      "Nov 20 15:20:36 host postfix/smtp[3110]: 77424110EA2E: to=<a@b.example>, relay=mail[192.0.2.1]:25, delay=1.3, dsn=4.2.0, status=deferred (host mail[192.0.2.1] said: 450 4.2.0 <a@b.example>: Greylisted (in reply to RCPT TO command))",
      450,
      "4.2.0",
      "<a@b.example>: Greylisted",
    ],
    [
      "Nov 20 15:20:36 host postfix/smtp[3110]: 77424110EA2E: to=<a@b.example>, relay=none, status=deferred (connect to mail[192.0.2.1]:25: Connection refused)",
      null,
      null,
      "connect to mail[192.0.2.1]:25: Connection refused",
    ],
    [
      "2026-11-20 15:20:36 1abc-0001 ** a@b.example: SMTP error from remote mail server after RCPT TO:<a@b.example>: 550 5.1.1 No such user",
      550,
      "5.1.1",
      "No such user",
    ],
    [
      "host mx.example.net[192.0.2.9] refused to talk to me: 421 4.7.0 Too many connections",
      421,
      "4.7.0",
      "Too many connections",
    ],
    // A port is no code.
    ["connect to mail.example.net:465 timed out", null, null, "connect to mail.example.net:465 timed out"],
    ["550 5.7.1 x\x1b[2J\0y", 550, "5.7.1", "x\\x1b[2J\\x00y"],
    ["", null, null, ""],
  ])("%j", (given, code, enhanced, text) => {
    expect(readAnswer(given)).toEqual({ code, enhanced, text });
  });

  it("reads 2,000 characters and no more", () => {
    const { text } = readAnswer(`550 ${"x".repeat(5_000)}`);
    expect(text).toBe("x".repeat(2_000 - "550 ".length));
  });
});

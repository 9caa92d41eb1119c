import { describe, expect, it } from "vitest";
import { duplicateKey } from "../../core/envelope/duplicate-key.ts";
import { summarize } from "../../core/envelope/summary.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";

const header = (text: string) => parseHeaderBlock(Buffer.from(text, "latin1"));

describe("summarize", () => {
  it("decodes for display", () => {
    expect(
      summarize(
        header(
          "From: =?iso-8859-1?q?Andr=E9?=\n <a@b.example>\nSubject: caf\xc3\xa9 =?utf-8?b?4oKs?=\nMessage-ID: <1@x>\nDate: Fri, 20 Nov 2026 15:20:36 +0100\n",
        ),
      ),
    ).toEqual({
      from: "André <a@b.example>",
      subject: "café €",
      messageId: "<1@x>",
      date: Date.UTC(2026, 10, 20, 14, 20, 36),
    });
  });
  it("is empty where there is nothing", () => {
    expect(summarize(header(""))).toEqual({ from: "", subject: "", messageId: "", date: null });
  });
  it("is harmless and bounded", () => {
    const { subject, from } = summarize(
      header(
        `Subject: a\x1b[31m\0=?utf-8?b?4oCuZ25wLmV4ZQ==?=\x85=?utf-8?q?=0D=0Ab?=\nFrom: ${"=?utf-8?b?8J+YgA==?= ".repeat(2_000)}\n`,
      ),
    );
    expect(subject).toBe("a [31m gnp.exe…b".replace("…b", "… b"));
    expect(from).toBe("😀".repeat(500));
  });
});

describe("duplicateKey", () => {
  const base =
    "Received: x\nMessage-ID: <1@x>\nFrom: a@b\nTo: c@d,\n e@f\nCc: g@h\nSubject: s\nDate: today\n";
  const key = (text: string, body = "00") => duplicateKey(header(text), body);
  it("is the same for another copy on another way", () => {
    expect(key(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(key(`Delivered-To: z@d\nReceived: y\nX-Spam: no\n${base}`)).toBe(key(base));
    expect(key(base.replace("\n e@f", "\n\te@f"))).toBe(key(base));
  });
  it.each(["<1@x>", "a@b", "e@f", "g@h", " s", "today"])("differs with %s", (part) => {
    expect(key(base.replace(part, `${part}x`))).not.toBe(key(base));
  });
  it("differs with the body, and where a field moves", () => {
    expect(key(base, "01")).not.toBe(key(base));
    expect(key("Message-ID: <1@x>\nTo: a@b\n")).not.toBe(key("Message-ID: <1@x>\nCc: a@b\n"));
    expect(key("Message-ID: <1@x>\nTo: a@b\nTo: c@d\n")).not.toBe(key("Message-ID: <1@x>\nTo: a@bc@d\n"));
  });
  it.each(["Subject: s\n", "Message-ID:\nSubject: s\n", "Message-ID:  \n"])(
    "is null without Message-ID",
    (text) => {
      expect(key(text)).toBeNull();
    },
  );
});

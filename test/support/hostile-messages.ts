/**
 * Mail as it must not be and yet is: each of these has to arrive, or be in Errors with a reason, and harm nothing.
 * `recipient` is where it is for by its headers, as far as it has any.
 */
import type { MessageContent } from "./message-content.ts";

export interface HostileMessage {
  readonly name: string;
  readonly content: MessageContent;
  /** False: no header can name the recipient, it goes the way of "no recipient". */
  readonly addressed: boolean;
}

export const HUGE_SIZE = 150 * 1_000_000;
export const CROWD_SIZE = 5_000;

interface Parts {
  /** Replaces the fields of the same name, else is added. */
  readonly fields?: readonly string[];
  readonly without?: readonly string[];
  readonly body?: string;
}

const BODY = "first line\r\nsecond line\r\n";

export function makeHostileMessages(recipient = "ada@office.test"): HostileMessage[] {
  const domain = recipient.slice(recipient.lastIndexOf("@") + 1);
  const out: HostileMessage[] = [];
  const whole = (name: string, text: string, addressed = true): void => {
    out.push({ name, content: Buffer.from(text, "latin1"), addressed });
  };
  const add = (name: string, parts: Parts): void => {
    whole(name, `${header(name, recipient, parts)}\r\n${parts.body ?? BODY}`);
  };
  const smuggled = `MAIL FROM:<thief@remote.test>\r\nRCPT TO:<ben@${domain}>\r\nDATA\r\nSubject: smuggled\r\n\r\nhello`;

  add("plain", {});
  // Octets that are no text.
  add("nul-body", { body: "before\0after\r\n\0\0\r\nend\r\n" });
  add("nul-header", { fields: ["X-Nul: a\0b", "Subject: with\0nul"] });
  add("all-octets", { body: `${octetsBut(["\r", "\n"])}\r\n` });
  add("control-characters", { body: "\x1a\x1b[2J\x07\x7f\xff\xfb\xff\r\n" });
  add("8-bit-unlabelled", { body: "Gr\xc3\xbc\xc3\x9fe\r\n", fields: ["Subject: Gr\xfc\xdfe"] });
  add("8-bit-addresses", {
    fields: ["Return-Path: <j\xc3\xb6rg@remote.test>", `From: J\xc3\xb6rg <j\xc3\xb6rg@remote.test>`],
  });
  // Line ends.
  add("bare-lf-body", { body: "one\ntwo\nthree\r\nfour\n" });
  add("bare-cr-body", { body: "one\rtwo\r\nthree\r\r\nfour\r" });
  add("bare-lf-header", { fields: ["X-One: 1\nX-Two: 2"] });
  whole("all-lf", `${header("all-lf", recipient, {})}\r\n${BODY}`.replaceAll("\r\n", "\n"));
  whole("all-cr", `${header("all-cr", recipient, {})}\r\n${BODY}`.replaceAll("\r\n", "\r"), false);
  add("no-final-line-end", { body: "last line without end" });
  // Ends of DATA that are none.
  add("lf-dot-lf", { body: `text\n.\n${smuggled.replaceAll("\r\n", "\n")}\n.\nend\r\n` });
  add("lf-dot-crlf", { body: `text\n.\r\n${smuggled}\n.\r\nend\r\n` });
  add("crlf-dot-lf", { body: `text\r\n.\n${smuggled}\r\n.\nend\r\n` });
  add("cr-dot-cr", { body: "text\r.\rmore\r\n.\rend\r\n" });
  add("crlf-dot-crlf", { body: `text\r\n.\r\n${smuggled}\r\n.\r\nend\r\n` });
  add("dots", { body: ".\r\n..\r\n.x\r\n...\r\nlast\r\n.\r\n" });
  add("only-a-dot", { body: ".\r\n" });
  whole("first-line-is-a-dot", `.\r\n${header("first-line-is-a-dot", recipient, {})}\r\n${BODY}`, false);
  // Long lines.
  for (const size of [998, 999, 8_192, 100_000, 1_000_000])
    add(`line-${size}`, { body: `${"x".repeat(size)}\r\nshort\r\n` });
  add("line-20000-dots", { body: `${".".repeat(20_000)}\r\nshort\r\n` });
  add("header-line-100000", { fields: [`X-Long: ${"y".repeat(100_000)}`] });
  add("header-5000-fields", { fields: Array.from({ length: 5_000 }, (_, at) => `X-F${at}: ${at}`) });
  add("crowd-in-to", {
    fields: [`To: ${Array.from({ length: CROWD_SIZE }, (_, at) => `u${at}@${domain}`).join(",\r\n\t")}`],
    without: ["Delivered-To"],
  });
  // No proper header or body.
  whole("empty", "", false);
  whole("only-line-end", "\r\n", false);
  whole("no-body", header("no-body", recipient, {}));
  add("empty-body", { body: "" });
  whole("no-header", "Good morning, this is no header\r\nand this neither\r\n", false);
  whole("begins-with-empty-line", "\r\nonly a body\r\n", false);
  whole(
    "begins-with-blank",
    ` folded from the start\r\n${header("begins-with-blank", recipient, {})}\r\n${BODY}`,
  );
  whole(
    "mbox-from-first",
    `From sender@remote.test Mon Jan  5 08:00:00 2026\r\n${header("mbox-from-first", recipient, {})}\r\n${BODY}`,
  );
  whole(">from-in-header", `${header("quoted-from", recipient, {})}>From sender@remote.test\r\n\r\n${BODY}`);
  add("blank-before-colon", { fields: ["X-Odd : value", "X_strange/name: value", "nonsense without colon"] });
  add("field-without-name", { fields: [": value"] });
  add("blank-lines-at-end", { body: `${BODY}\r\n \r\n\t\r\n\r\n` });
  // Senders.
  add("null-sender", { fields: ["Return-Path: <>", "From: MAILER-DAEMON@remote.test"] });
  add("no-sender-at-all", { without: ["Return-Path", "From", "Date", "Message-ID"] });
  add("sender-with-two-ats", {
    fields: ["Return-Path: <bob@invalid@.remote.test>", "From: bob@invalid@.remote.test"],
  });
  add("sender-with-injection", { fields: ["Return-Path: <a@remote.test> SIZE=1 <b@remote.test>"] });
  add("sender-not-closed", { fields: ["Return-Path: <foo bar@@remote.test", "From: foo bar@@remote.test"] });
  add("sender-quoted", { fields: ['Return-Path: <"a b\\"c"@remote.test>', 'From: <"a b"@remote.test>'] });
  add("sender-2000-octets", { fields: [`Return-Path: <${"a".repeat(2_000)}@remote.test>`] });
  add("from-without-domain", { fields: ["From: bob", "Return-Path: bob"] });
  add("two-froms", { fields: ["From: one@remote.test\r\nFrom: two@remote.test"] });
  // Recipients.
  add("recipient-comments", { fields: [`To: (a (nested) comment) ${recipient} (", <x@${domain}>")`] });
  add("recipient-group", { fields: [`To: friends: <${recipient}>, "A, B" <ben@${domain}>;, ;`] });
  add("recipient-broken-words", { fields: [`To: =?utf-8?Q?broken?= =?x?B?!!!?= <${recipient}>`] });
  add("recipient-10000-brackets", { fields: [`To: ${"<".repeat(10_000)}${recipient}`] });
  add("recipient-open-quote", { fields: [`To: "never closed <${recipient}>`] });
  add("45-received", {
    fields: Array.from(
      { length: 45 },
      (_, at) => `Received: from h${at} by h${at + 1}; Mon, 5 Jan 2026 08:00:00 +0000`,
    ),
  });
  // MIME.
  add("boundary-never-ends", {
    fields: ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"'],
    body: "--b\r\nContent-Type: text/plain\r\n\r\npart\r\n",
  });
  add("parts-500-deep", {
    fields: ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b0"'],
    body: Array.from(
      { length: 500 },
      (_, at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary="b${at + 1}"\r\n\r\n`,
    ).join(""),
  });
  return out;
}

/** 150 MB, made while it is read. */
export function makeHugeMessage(recipient = "ada@office.test"): HostileMessage {
  const head = Buffer.from(`${header("huge", recipient, {})}\r\n`, "latin1");
  const row = Buffer.from(`${"h".repeat(76)}\r\n`);
  const block = Buffer.concat(Array.from({ length: 800 }, () => row));
  const blocks = Math.ceil((HUGE_SIZE - head.length) / block.length);
  return {
    name: "huge",
    addressed: true,
    content: {
      size: head.length + blocks * block.length,
      *chunks() {
        yield head;
        for (let count = 0; count < blocks; count += 1) yield block;
      },
    },
  };
}

/** The header's lines without the empty one behind it. */
function header(name: string, recipient: string, parts: Parts): string {
  const fields = [
    "Return-Path: <sender@remote.test>",
    `Delivered-To: ${recipient}`,
    "From: Sender <sender@remote.test>",
    `To: ${recipient}`,
    `Subject: hostile ${name}`,
    `Message-ID: <hostile.${name}@remote.test>`,
    "Date: Mon, 5 Jan 2026 08:00:00 +0000",
    `X-Sample: hostile-${name}`,
  ];
  const nameOf = (field: string): string => field.slice(0, field.indexOf(":")).trim().toLowerCase();
  const replaced = new Set([
    ...(parts.fields ?? []).map(nameOf),
    ...(parts.without ?? []).map((each) => each.toLowerCase()),
  ]);
  const kept = fields.filter((field) => !replaced.has(nameOf(field)));
  return [...kept, ...(parts.fields ?? [])].map((field) => `${field}\r\n`).join("");
}

function octetsBut(left: readonly string[]): string {
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
  return all.filter((character) => !left.includes(character)).join("");
}

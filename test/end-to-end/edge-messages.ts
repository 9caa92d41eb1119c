/**
 * More odd mail, of the kinds that other programs of this trade were seen to change, to drop or to stumble over: 8-bit
 * text of every kind, headers that a mail store adds, blanks at line ends, addresses that are hardly any.
 */
import type { HostileMessage } from "../support/hostile-messages.ts";

export function edgeMessages(recipient: string): HostileMessage[] {
  const domain = recipient.slice(recipient.lastIndexOf("@") + 1);
  const out: HostileMessage[] = [];
  const add = (
    name: string,
    fields: readonly string[],
    body = "line one\r\nline two\r\n",
    bare = false,
  ): void => {
    const usual = bare
      ? [`X-Rcpt-To: ${recipient}`]
      : [
          "Return-Path: <sender@remote.test>",
          `X-Rcpt-To: ${recipient}`,
          "From: Sender <sender@remote.test>",
          `To: ${recipient}`,
          `Subject: edge ${name}`,
          `Message-ID: <edge.${name}@remote.test>`,
          "Date: Mon, 5 Jan 2026 08:00:00 +0000",
        ];
    const given = new Set(fields.map(fieldName));
    const lines = [
      ...usual.filter((field) => !given.has(fieldName(field))),
      ...fields,
      `X-Sample: edge-${name}`,
    ];
    const text = `${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`;
    out.push({ name: `edge-${name}`, content: Buffer.from(text, "latin1"), addressed: true });
  };
  const utf8 = (text: string): string => Buffer.from(text).toString("latin1");
  const text8Bit = [
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
  ];

  add("baseline", []);
  add("8-bit-body-labelled", text8Bit, utf8("Grüße, naïve\r\n"));
  add("8-bit-header-utf8", [utf8("Subject: Grüße 日本"), utf8("From: Jörg Müller <sender@remote.test>")]);
  add("8-bit-header-latin1", ["Subject: Gr\xfc\xdfe"]);
  add("8-bit-header-7-bit-body", [utf8("X-Note: ∞")], "plain\r\n");
  add(
    "quoted-printable",
    [...text8Bit.slice(0, 2), "Content-Transfer-Encoding: quoted-printable"],
    "Gr=C3=BC=\r\nx=3D1\r\n",
  );
  add("8-bit-body-unlabelled", [], utf8("Grüße, naïve\r\n"));
  add("binary-without-nul", [], `${everyOctet().slice(1)}\r\n`);
  for (const size of [2_048, 20_000]) add(`line-${size}`, [], `${"x".repeat(size)}\r\nshort\r\n`);
  add("header-line-9000", [`X-Long: ${"y".repeat(9_000)}`]);
  add("header-line-998", [`X-Long: ${"y".repeat(990)}`]);
  add("to-300-folded", [`To: ${Array.from({ length: 300 }, (_, at) => `u${at}@${domain}`).join(",\r\n\t")}`]);
  add("blanks-at-line-ends", [], "two  \r\n \r\ntab\t\r\n  \r\n");
  add("empty-lines-at-end", [], "text\r\n\r\n\r\n\r\n");
  add("from-in-body", [], "From here on\r\n>From quoted\r\n\r\nFrom again\r\n");
  add("store-headers", [
    "Status: RO",
    "X-Status: A",
    "Content-Length: 999",
    "Lines: 7",
    "X-UID: 12",
    "X-Mozilla-Status: 0001",
  ]);
  add("delivery-headers", [
    "Delivered-To: somebody@remote.test",
    "X-Original-To: somebody@remote.test",
    "Apparently-To: somebody@remote.test",
  ]);
  add("bcc", ["Bcc: hidden@remote.test"]);
  add("resent", [
    "Resent-To: other@remote.test",
    "Resent-Bcc: hidden@remote.test",
    "Resent-From: again@remote.test",
  ]);
  add("sender-plus-quote", ["Return-Path: <o'brien+tag=x@remote.test>", "From: <o'brien+tag=x@remote.test>"]);
  add("sender-batv", ["Return-Path: <prvs=0123456789=sender@remote.test>"]);
  add("sender-long-local", [`Return-Path: <${"n".repeat(64)}@remote.test>`]);
  add("sender-srs", ["Return-Path: <SRS0=HHH=TT=remote.test=user@forwarder.test>"]);
  add("sender-ip-literal", ["Return-Path: <sender@[192.0.2.7]>"]);
  add("sender-idn", [utf8("Return-Path: <sender@bücher.test>")]);
  add(
    "no-return-path",
    ["From: sender@remote.test", `To: ${recipient}`, "Message-ID: <edge.no-return-path@remote.test>"],
    undefined,
    true,
  );
  add("local-addresses-only", ["From: bob", "To: alice", "Cc: Jim <jim>"]);
  add("nothing-but-recipient", [], "text\r\n", true);
  add("two-message-ids", ["Message-ID: <one@remote.test>\r\nMessage-ID: <two@remote.test>"]);
  add("signed", [
    "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=remote.test; s=k;\r\n\th=from:to;  \r\n\tbh=AAAA;\r\n\tb=BBBB",
  ]);
  add("binary-labelled", ["MIME-Version: 1.0", "Content-Transfer-Encoding: binary"], `${everyOctet()}\r\n`);
  return out;
}

function fieldName(field: string): string {
  return field.slice(0, field.indexOf(":")).toLowerCase();
}

function everyOctet(): string {
  return Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
    .filter((octet) => octet !== "\r" && octet !== "\n")
    .join("");
}

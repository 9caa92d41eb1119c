/**
 * Mail of any octets through everything that reads it: nothing throws, and nothing comes out that could leave its place
 * in a command, a list or a line.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { sendable } from "../../core/deliver/transaction.ts";
import { duplicateKey } from "../../core/envelope/duplicate-key.ts";
import { summarize } from "../../core/envelope/summary.ts";
import { resolveMessage } from "../../core/gateway/resolve-message.ts";
import { asciiDomain, isSafeInBrackets } from "../../core/wire/address-spec.ts";
import { readAddressList } from "../../core/wire/addresses.ts";
import { formatAliasFile, parseAliasFile } from "../../core/wire/alias-file.ts";
import { parseMailDate } from "../../core/wire/date-time.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { parseReceivedHeader } from "../../core/wire/received-header.ts";
import { formatTraceHeader } from "../../core/wire/trace-header.ts";
import { formatUsersFile, parseUsersFile } from "../../core/wire/users-file.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { fuzz, PATIENCE, soup } from "./fuzz.ts";

const ADDRESSES = [
  "anna@office.example",
  "Ben <ben@office.example>",
  "<@relay.example:carl@office.example>",
  '"a b"@office.example',
  '"a\\"b>\r\nDATA\r\n"@office.example',
  "x@else.example",
  "friends:",
  "(",
  "(comment)",
  ")",
  "<",
  ">",
  '"',
  "\\",
  "@",
  "@@",
  ",",
  ";",
  ".",
  " ",
  "\t",
  "\r\n ",
  "\n",
  "\r",
  "\0",
  "=?utf-8?q?anna=40office.example?=",
  "=?utf-8?b?YW5uYUBvZmZpY2UuZXhhbXBsZQ==?=",
  "=?x?q?",
  "?=",
  "mailto:",
  "%0d%0aRCPT%20TO:",
  "\xc4\x8a",
  "\xc3\xbc",
  "\u010a\u010d",
  "[192.0.2.1]",
  "[IPv6:2001:db8::1]",
  "xn--",
  "b\xfccher.example",
  "=",
  "IGNORE",
  "#",
] as const;
const HEADERS = [
  "Received: from a (b [192.0.2.1]) by mx.isp.example with ESMTP id 1 for <anna@office.example>; Mon, 5 Jan 2026 08:00:00 +0000\r\n",
  "Received: by x for y; z\r\n",
  "Received: ",
  "Delivered-To: ",
  "X-Original-To: ",
  "Envelope-To: ",
  "To: ",
  "Cc: ",
  "Bcc: ",
  "Resent-To: ",
  "From: ",
  "Sender: ",
  "Return-Path: ",
  "Subject: ",
  "Message-ID: <1@x>\r\n",
  "Date: Mon, 5 Jan 2026 08:00:00 +0000\r\n",
  "From x Mon Jan  5 08:00:00 2026\r\n",
  "X-Efs-Report: ",
  ": ",
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\r",
  "\r\r\n",
] as const;

const addressText = soup(ADDRESSES);
const headerText = soup([...HEADERS, ...HEADERS, ...ADDRESSES], 60);

/** RFC 5321 4.1.2, without what could end or extend a command. */
const SAFE =
  /^(?:"(?:[^"\\<>\x00-\x1f\x7f]|\\["\\])+"|[^\s<>()[\]:;@\\,"\x00-\x1f\x7f]+)@(?:[A-Za-z0-9._-]+|\[[A-Za-z0-9:.]+\])$/;

function expectSafe(address: string): void {
  expect(address).toMatch(SAFE);
  expect(sendable(address) && isSafeInBrackets(address)).toBe(true);
  const domain = address.slice(address.lastIndexOf("@") + 1);
  expect(asciiDomain(domain)).toBe(domain);
}

test("address lists", PATIENCE, () => {
  fuzz(5_000, addressText, (text) => {
    const { found, unreadable } = readAddressList(text);
    for (const { address } of found) expectSafe(address);
    expect(found.length + unreadable.length).toBeLessThanOrEqual(text.length + 1);
  });
});

test("headers: every field is a piece of the text, in order", PATIENCE, () => {
  fuzz(5_000, headerText, (text) => {
    const octets = Buffer.from(text, "latin1");
    const raw = octets.toString("latin1");
    const { fields, junk, mboxLine } = parseHeaderBlock(octets);
    let at = 0;
    for (const [index, field] of fields.entries()) {
      expect([field.index, field.lowerName]).toEqual([index, field.name.toLowerCase()]);
      expect(field.name).toMatch(/^[\x21-\x39\x3b-\x7e]+$/);
      expect(field.unfolded).not.toMatch(/[\r\n]/);
      at = raw.indexOf(field.name, at);
      expect(at).toBeGreaterThanOrEqual(0);
      at = raw.indexOf(field.value, at + field.name.length);
      expect(at).toBeGreaterThanOrEqual(0);
    }
    const octetsFound = [...fields.map(({ value }) => value), ...junk, mboxLine ?? ""].join("").length;
    expect(octetsFound).toBeLessThanOrEqual(raw.length);
  });
});

test("Received", PATIENCE, () => {
  const received = soup([
    ...["from", "by", "for", "with", "id", "via", ";", "FOR", "By"].map((word) => ` ${word} `),
    "mx.isp.example",
    "Mon, 5 Jan 2026 08:00:00 +0000",
    "31 Feb 99 25:61 GMT",
    ...ADDRESSES,
  ]);
  fuzz(5_000, received, (text) => {
    const { date, for: recipients, id } = parseReceivedHeader(text);
    for (const { address } of recipients) expectSafe(address);
    expect(date === null || Number.isFinite(date)).toBe(true);
    expect(id === null || id.length <= 8_192).toBe(true);
    const alone = parseMailDate(text);
    expect(alone === null || Number.isFinite(alone)).toBe(true);
  });
});

test("whole messages: recipients, sender, summary, trace header", PATIENCE, () => {
  const settings = sampleSettings({
    domains: { primary: "office.example", secondary: ["second.example"] },
    headers: { custom: ["X-My-To"], bccAll: "copies@office.example" },
  });
  const [account = null] = settings.accounts;
  const odd = { ...settings, allowMalformed: true };
  const lists = {
    aliases: { "ben@office.example": ["carl@else.example", "anna@office.example"] },
    users: null,
  };
  fuzz(3_000, headerText, (text) => {
    const header = Buffer.from(text, "latin1");
    for (const given of [settings, odd]) {
      const { resolution, verdict } = resolveMessage({
        header,
        size: header.length,
        settings: given,
        account,
        lists,
        installationId: "5b1c0e9a7d44",
      });
      for (const { address } of resolution.recipients) {
        if (given === settings) expectSafe(address);
        else expect(sendable(address)).toBe(true);
      }
      expect(sendable(resolution.sender)).toBe(true);
      expect(JSON.stringify([resolution, verdict])).not.toContain("undefined");
      const trace = formatTraceHeader({
        from: "pop.isp.example",
        by: "gateway",
        installationId: "5b1c0e9a7d44",
        queueId: "77424110EA2E",
        recipient: resolution.recipients[0]?.address ?? null,
        at: 0,
      }).toString("latin1");
      expect(trace).toMatch(/^Received: [\x20-\x7e]+(?:\r\n\t[\x20-\x7e]+)*\r\n$/);
    }
    const block = parseHeaderBlock(header);
    const { from, subject, messageId } = summarize(block);
    expect(from + subject + messageId).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
    expect(String(duplicateKey(block, "0".repeat(64)))).toMatch(/^[0-9a-f]{64}$|^null$/);
  });
});

test("aliases and users: what was read is written so that it is read the same", PATIENCE, () => {
  const file = soup(
    [...ADDRESSES, " = ", "\r\n", "\r\n", "anna@office.example = ben@office.example\r\n"],
    30,
  );
  fuzz(3_000, file, (text) => {
    // Octets that are UTF-8 only when they are read once more.
    fc.pre(!/[\x80-\xff]{2}/.test(text));
    const { aliases } = parseAliasFile(text);
    for (const [from, to] of Object.entries(aliases)) {
      expectSafe(from);
      for (const address of typeof to === "string" ? [] : to) expectSafe(address);
    }
    expect(parseAliasFile(formatAliasFile(aliases))).toMatchObject({ aliases, problems: [] });
    const { users } = parseUsersFile(text);
    expect(parseUsersFile(formatUsersFile(users))).toEqual({ users, problems: [] });
  });
});

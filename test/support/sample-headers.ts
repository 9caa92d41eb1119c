/** The headers of sample mail, and who it is for because of them. */
import type { Random } from "./random.ts";
import { encodedWords, words } from "./sample-text.ts";

/** How the ISP's copy tells the recipient. */
export type AddressingWay =
  /** `X-Original-To` and `Delivered-To` on top: one recipient; To names others too. */
  | "x-original-to"
  /** `Received ... for <...>`. */
  | "received-for"
  /** Only To and Cc. */
  | "to-cc"
  /** Several recipients in one `X-RCPT-TO`. */
  | "x-rcpt-to"
  /** A blind copy: To names nobody of the domain, `Envelope-To` does. */
  | "blind-copy"
  /** A mailing list: To is the list, `Received ... for` the subscriber. */
  | "list"
  /** A bounce: null sender. */
  | "bounce"
  /** A Delivered-To below the trusted Received lines is the sender's own and must not count. */
  | "forged"
  /** 40 recipients in a folded To. */
  | "many";

export interface SampleEnvelope {
  readonly way: AddressingWay;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly messageId: string | null;
}

interface HeaderOrder {
  readonly uid: string;
  readonly number: number;
  readonly domain: string;
  readonly users: readonly string[];
  readonly ways: readonly AddressingWay[] | undefined;
  readonly mime: string;
}

const WAYS: readonly (readonly [AddressingWay, number])[] = [
  ["x-original-to", 25],
  ["received-for", 15],
  ["to-cc", 25],
  ["x-rcpt-to", 10],
  ["blind-copy", 7],
  ["list", 7],
  ["bounce", 4],
  ["forged", 4],
  ["many", 3],
];

const NAMES = [
  "Anna Weber",
  "J. Smith",
  "Müller, Jörg",
  "Support",
  "山田 太郎",
  "O'Neil & Sons",
  "Ana Lópes",
];

export function makeHeaders(
  random: Random,
  order: HeaderOrder,
): SampleEnvelope & { readonly header: Buffer } {
  const { domain, uid, number } = order;
  const way = random.weighted(WAYS.filter(([name]) => order.ways?.includes(name) ?? true));
  const ours = random
    .sample(order.users, recipientCount(random, way, order.users.length))
    .map((user) => `${user}@${domain}`);
  const [first = `postmaster@${domain}`] = ours;
  const foreign = `partner${random.integer(1, 50)}@remote${random.integer(1, 9)}.test`;
  const author = `sender${random.integer(1, 99)}@remote${random.integer(1, 9)}.test`;
  const sender = way === "bounce" ? "" : way === "list" ? `list-bounces+${number}@lists.remote.test` : author;
  const messageId = random.chance(0.04) ? null : `<${uid}.${random.integer(1e6, 9e6)}@remote.test>`;
  const date = sampleDate(number);
  const named = way === "received-for" || way === "list" ? first : null;

  const fields: string[] = [];
  const hasReturnPath = random.chance(0.9) || way === "bounce" || way === "list";
  if (hasReturnPath) fields.push(`Return-Path: <${sender}>`);
  fields.push(...envelopeFields(way, ours, first));
  fields.push(receivedByIsp(random, number, named, date), receivedByRemote(random, number, date));
  if (way === "forged")
    fields.push(`Delivered-To: ${order.users[0] ?? "postmaster"}@${domain}`, `X-Original-To: root@${domain}`);
  if (random.chance(0.3)) fields.push(signature(random));
  fields.push(
    `${random.pick(["From", "From", "FROM", "from"])}: ${mailbox(random, way === "bounce" ? "MAILER-DAEMON@mx.remote.test" : author)}`,
  );
  fields.push(...visibleRecipients(random, way, ours, foreign));
  if (way === "list")
    fields.push(
      "List-Id: News <news.lists.remote.test>",
      "Precedence: list",
      "Sender: owner@lists.remote.test",
    );
  fields.push(`Subject: ${subject(random, uid)}`);
  if (messageId !== null) fields.push(`Message-ID: ${messageId}`);
  fields.push(`Date: ${date}`, `X-Sample: ${uid}`);
  if (random.chance(0.1))
    fields.push(`X-Folded: ${words(random, 8)}\r\n\t${words(random, 8)}\r\n ${words(random, 3)}`);
  if (random.chance(0.05)) fields.push("X-Empty:", "X-Blank: ");

  const header = Buffer.from(fields.map((field) => `${field}\r\n`).join("") + order.mime);
  const seen = way === "x-original-to" || named !== null || way === "blind-copy" ? [first] : ours;
  // Without Return-Path the sender is From's; lists have Sender, which goes before From.
  return { header, way, sender, recipients: [...seen].sort(), messageId };
}

function recipientCount(random: Random, way: AddressingWay, users: number): number {
  if (way === "many") return Math.min(40, users);
  if (way === "bounce" || way === "list") return 1;
  return random.weighted([
    [1, 70],
    [2, 18],
    [3, 8],
    [4, 4],
  ]);
}

function envelopeFields(way: AddressingWay, ours: readonly string[], first: string): string[] {
  switch (way) {
    case "x-original-to":
      return [`X-Original-To: ${first}`, `Delivered-To: ${first}`];
    case "x-rcpt-to":
      return [`X-RCPT-TO: ${ours.join(", ")}`];
    case "blind-copy":
      return [`Envelope-To: <${first}>`];
    default:
      return [];
  }
}

function visibleRecipients(
  random: Random,
  way: AddressingWay,
  ours: readonly string[],
  foreign: string,
): string[] {
  if (way === "blind-copy") return [random.pick([`To: ${foreign}`, "To: undisclosed-recipients:;"])];
  if (way === "list") return ["To: News <news@lists.remote.test>"];
  if (way === "bounce") return [`To: ${ours.join(", ")}`];
  const shown = ours.map((address) => mailbox(random, address));
  if (random.chance(0.3)) shown.push(foreign);
  const half = shown.length > 1 && random.chance(0.4) ? Math.ceil(shown.length / 2) : shown.length;
  const join = (list: readonly string[]): string => list.join(list.length > 2 ? ",\r\n\t" : ", ");
  const fields = [`To: ${join(shown.slice(0, half))}`];
  if (half < shown.length) fields.push(`${random.pick(["Cc", "CC"])}: ${join(shown.slice(half))}`);
  return fields;
}

function mailbox(random: Random, address: string): string {
  const name = random.pick(NAMES);
  return random.weighted([
    [address, 30],
    [`<${address}>`, 15],
    [`"${name.replace(/[^\x20-\x7e]/g, "")}" <${address}>`, 25],
    [`${encodedWords(name, random.pick(["B", "Q"]))} <${address}>`, 15],
    [`"${address}" <${address}>`, 5],
    [`${address} (${words(random, 2)})`, 5],
    // Raw 8-bit in a header is everyday.
    [`"${name}" <${address}>`, 5],
  ]);
}

function subject(random: Random, uid: string): string {
  const text = words(random, random.integer(2, 7));
  return random.weighted([
    [`[${uid}] ${text}`, 60],
    [encodedWords(`${text} Grüße`, "B"), 12],
    [encodedWords(`${text} Übersicht`, "Q"), 12],
    [`${text} – façade`, 4],
    [`Re: ${text}\r\n ${words(random, 6)}`, 8],
    ["", 4],
  ]);
}

function receivedByIsp(random: Random, number: number, named: string | null, date: string): string {
  const who = named === null ? "" : `\r\n\tfor <${named}>`;
  return `Received: from mx.remote.test (mx.remote.test [192.0.2.${(number % 250) + 1}])\r\n\tby mail.isp.test (Postfix) with ESMTPS id ${hex(random)}${who};\r\n\t${date}`;
}

function receivedByRemote(random: Random, number: number, date: string): string {
  return `Received: from ws${number % 50}.remote.test ([198.51.100.${(number % 250) + 1}])\r\n\tby mx.remote.test with ESMTP id ${hex(random)}; ${date}`;
}

function hex(random: Random): string {
  return random.bytes(5).toString("hex").toUpperCase();
}

function signature(random: Random): string {
  const value = random.bytes(96).toString("base64").replace(/.{60}/g, "$&\r\n\t ");
  return `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=remote.test; s=k1;\r\n\th=from:to:subject;\r\n\tb=${value}`;
}

/** A minute apart, from a fixed day on: nothing depends on today's date. */
function sampleDate(number: number): string {
  return new Date(Date.UTC(2026, 0, 5, 8) + number * 60_000).toUTCString().replace("GMT", "+0000");
}

/**
 * Mail and address tables from other projects. Skipped where the corpus is not at hand: set EFS_CORPUS, or put
 * it beside the project as `../shared/corpus`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { resolveEnvelope } from "../../core/envelope/resolve.ts";
import { summarize } from "../../core/envelope/summary.ts";
import { isSafeInBrackets } from "../../core/wire/address-spec.ts";
import { parseAddressList } from "../../core/wire/addresses.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { parseReceivedHeader } from "../../core/wire/received-header.ts";
import { envelopeContext } from "../support/envelope-context.ts";
import { corpusFolder, describeWith } from "../support/skip.ts";

const corpus = corpusFolder();

const lines = (file: string): string[] =>
  readFileSync(join(corpus, file), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

const isOneAddress = (text: string): boolean => parseAddressList(text).length === 1;

function report(what: string, agreed: number, of: number): number {
  console.log(`corpus: ${what}: ${agreed} of ${of} (${((100 * agreed) / of).toFixed(1)} %)`);
  return agreed / of;
}

describeWith("corpus", "the header grammar, over the corpus", () => {
  it("reads the addresses that flanker calls valid", () => {
    const valid = lines("flanker/mailbox_valid.txt");
    expect(
      report("flanker valid mailboxes read", valid.filter(isOneAddress).length, valid.length),
    ).toBeGreaterThan(0.97);
    const invalid = lines("flanker/mailbox_invalid.txt");
    const clean = invalid.filter((text) => parseAddressList(text).every(({ address }) => address !== text));
    expect(
      report("flanker invalid mailboxes refused or repaired", clean.length, invalid.length),
    ).toBeGreaterThan(0.5);
  });

  it("agrees with isemail's table", () => {
    const xml = readFileSync(join(corpus, "isemail/tests.xml"), "utf8");
    const decode = (text: string): string =>
      text
        .replace(/&#x([0-9A-Fa-f]+);/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
        .replace(/[\u2400-\u2421]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) - 0x2400))
        .replace(/&lt;/g, "<")
        .replace(/&gt;/g, ">")
        .replace(/&quot;/g, '"')
        .replace(/&amp;/g, "&");
    const rows = [...xml.matchAll(/<address>([^<]*)<\/address>\s*<category>([^<]*)</g)].map(
      ([, address = "", category = ""]) => ({ address: decode(address), category }),
    );
    expect(rows.length).toBeGreaterThan(120);
    const sendable = rows.filter((row) => /VALID|DNSWARN|RFC5321/.test(row.category));
    const read = sendable.filter((row) => isOneAddress(row.address)).length;
    expect(report("isemail's sendable addresses read", read, sendable.length)).toBeGreaterThan(0.8);
    const errors = rows.filter((row) => row.category === "ISEMAIL_ERR");
    const clean = errors.filter((row) =>
      parseAddressList(row.address).every(({ address }) => address !== row.address),
    );
    expect(report("isemail's errors refused or repaired", clean.length, errors.length)).toBeGreaterThan(0.8);
  });

  it("takes every message without a throw, and yields safe envelopes", () => {
    const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const context = envelopeContext();
    const count = {
      messages: 0,
      sender: 0,
      nullSender: 0,
      recipient: 0,
      date: 0,
      subject: 0,
      received: 0,
      receivedDate: 0,
    };
    const start = performance.now();
    for (const file of files) {
      const header = parseHeaderBlock(readFileSync(join(file.parentPath, file.name)));
      if (header.fields.length < 2) continue;
      count.messages += 1;
      const { sender } = resolveEnvelope(header, context);
      const summary = summarize(header);
      expect(sender === "" || isSafeInBrackets(sender)).toBe(true);
      if (sender === "") count.nullSender += 1;
      else if (!sender.startsWith("MAILER-DAEMON@office.example")) count.sender += 1;
      const addressed = ["To", "Cc", "Bcc", "Delivered-To"]
        .flatMap((name) => header.all(name))
        .flatMap((field) => parseAddressList(field.unfolded));
      for (const { address } of addressed) expect(isSafeInBrackets(address)).toBe(true);
      if (addressed.length > 0) count.recipient += 1;
      if (summary.date !== null) count.date += 1;
      if (summary.subject !== "") count.subject += 1;
      for (const field of header.all("Received")) {
        count.received += 1;
        if (parseReceivedHeader(field.unfolded).date !== null) count.receivedDate += 1;
      }
    }
    console.log(`corpus: ${JSON.stringify(count)} in ${Math.round(performance.now() - start)} ms`);
    expect(count.messages).toBeGreaterThan(900);
    expect(count.sender / count.messages).toBeGreaterThan(0.7);
    expect(count.receivedDate / count.received).toBeGreaterThan(0.9);
  });
});

import { expect, test } from "vitest";
import { contentBytes, contentHash, contentSize } from "./message-content.ts";
import { BIG_SIZE, makeSample, makeSamples, SAMPLE_USERS } from "./sample-messages.ts";

const office = makeSamples(400, { seed: "test" });
const bytesOf = office.map((sample) => contentBytes(sample.content));

test("the same seed gives the same octets, another seed others, and any message can be made alone", () => {
  const again = makeSamples(3, { seed: "test", first: 7 });
  expect(again.map((each) => contentHash(each.content))).toEqual(
    office.slice(7, 10).map((each) => contentHash(each.content)),
  );
  expect(contentHash(makeSample(7, { seed: "other" }).content)).not.toBe(
    contentHash(makeSample(7, { seed: "test" }).content),
  );
});

test("messages are proper: CRLF only, final CRLF, no NUL, one empty line after the header, no equal ones", () => {
  for (const bytes of bytesOf) {
    const text = bytes.toString("latin1");
    expect(text.replace(/\r\n/g, "")).not.toMatch(/[\r\n\0]/);
    expect(text.endsWith("\r\n")).toBe(true);
    expect(text.split("\r\n\r\n")[0]).toMatch(/^(?:[\x21-\x39\x3b-\x7e]+:.*(?:\r\n[ \t].*)*(?:\r\n|$))+$/);
  }
  expect(new Set(bytesOf.map((bytes) => bytes.toString("latin1"))).size).toBe(400);
});

test("every kind and every way of addressing occurs, sizes are an office's", () => {
  const counted = (values: readonly string[]): string[] => [...new Set(values)].sort();
  expect(counted(office.map((each) => each.kind))).toEqual([
    "alternative",
    "blank-end",
    "dots",
    "empty",
    "html",
    "latin1-8bit",
    "long-lines",
    "mixed",
    "no-mime",
    "plain",
    "plain-8bit",
    "quoted-printable",
    "report",
  ]);
  expect(counted(office.map((each) => each.way))).toEqual([
    "blind-copy",
    "bounce",
    "forged",
    "list",
    "many",
    "received-for",
    "to-cc",
    "x-original-to",
    "x-rcpt-to",
  ]);
  const sizes = bytesOf.map((bytes) => bytes.length).sort((a, b) => a - b);
  expect(sizes[200]).toBeGreaterThan(15_000);
  expect(sizes[200]).toBeLessThan(45_000);
  expect(sizes[399]).toBeGreaterThan(1_000_000);
  expect(office.some((each) => each.messageId === null)).toBe(true);
  expect(office.filter((each) => each.sender === "").every((each) => each.way === "bounce")).toBe(true);
});

test("recipients are users of the domain and stand in the header", () => {
  for (const [index, { recipients, sender }] of office.entries()) {
    const header = String(bytesOf[index]?.toString("latin1").split("\r\n\r\n")[0]);
    expect(recipients.length).toBeGreaterThan(0);
    for (const address of recipients) {
      expect(SAMPLE_USERS).toContain(address.replace("@office.test", ""));
      expect(header).toContain(address);
    }
    expect(header).toContain(sender === "" ? "Return-Path: <>" : sender);
  }
});

test("small ones have about 4 KB, big ones exactly 25,000,000 octets without being in memory", () => {
  for (const each of makeSamples(50, { profile: "small" }))
    expect(contentSize(each.content)).toBeLessThan(9_500);
  const [big, other] = makeSamples(2, { profile: "big" });
  if (big === undefined || other === undefined || Buffer.isBuffer(big.content)) throw new Error("not lazy");
  const bytes = contentBytes(big.content);
  expect([big.content.size, bytes.length, bytes.subarray(-2).toString()]).toEqual([
    BIG_SIZE,
    BIG_SIZE,
    "\r\n",
  ]);
  expect(contentHash(big.content)).toBe(contentHash(makeSample(0, { profile: "big" }).content));
  expect(contentHash(big.content)).not.toBe(contentHash(other.content));
});

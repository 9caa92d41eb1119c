import { describe, expect, it } from "vitest";
import { resolveEnvelope } from "../../core/envelope/resolve.ts";
import { settingsSchema } from "../../core/model/settings.ts";
import { applyPolicy } from "../../core/policy/apply-policy.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { formatTraceHeader } from "../../core/wire/trace-header.ts";
import { type ContextChanges, envelopeContext } from "../support/envelope-context.ts";

const trace = (installationId: string) =>
  formatTraceHeader({
    from: "pop.isp.example",
    by: "gateway.office.example",
    installationId,
    queueId: "A1",
    recipient: "a@office.example",
    at: 0,
  }).toString("latin1");
const ID = "5b1c0e9a7d44";
const OURS = trace(ID);
const RECEIVED = "Received: from a by b; Fri, 20 Nov 2026 10:00:00 +0000\r\n";
const MAIL =
  "From: Eve <eve@spam.example>\r\nTo: a@office.example\r\nSubject: =?utf-8?q?Win_a_prize?= today\r\nReturn-Path: <bounce@bulk.example>\r\n";

interface Case extends ContextChanges {
  readonly size?: number;
  readonly blocked?: object;
}

function judge(text: string, { size = 1_000, blocked = {}, ...changes }: Case = {}) {
  const header = parseHeaderBlock(Buffer.from(text, "latin1"));
  const control = settingsSchema.shape.control.parse({ blocked });
  const verdict = applyPolicy({
    header,
    resolution: resolveEnvelope(header, envelopeContext(changes)),
    size,
    maxMessageBytes: 10_000,
    blocked: control.blocked,
    installationId: ID,
  });
  return verdict.kind === "pass" ? "pass" : `${verdict.kind}:${verdict.reason}`;
}

describe("loop protection", () => {
  it.each<[string, string, string]>([
    ["our own trace", OURS + MAIL, "junk:loop"],
    ["our own trace further down", RECEIVED.repeat(5) + OURS + MAIL, "junk:loop"],
    ["another gateway's trace", trace("0123456789ab") + MAIL, "pass"],
    ["50 Received lines", RECEIVED.repeat(50) + MAIL, "pass"],
    ["51 Received lines", RECEIVED.repeat(51) + MAIL, "junk:loop"],
    ["a report of ours that came back", `${OURS + OURS}X-EFS-Report: ${ID} 0123456789AB\r\n${MAIL}`, "pass"],
    ["another's report header", `${OURS}X-EFS-Report: 0123456789ab 0123456789AB\r\n${MAIL}`, "junk:loop"],
    [
      "a report that goes round",
      `${OURS + OURS + OURS}X-EFS-Report: ${ID} 0123456789AB\r\n${MAIL}`,
      "junk:loop",
    ],
    [
      "a report header and 51 Received lines",
      `X-EFS-Report: 1\r\n${RECEIVED.repeat(51)}${MAIL}`,
      "junk:loop",
    ],
    [
      "our name in the subject",
      `Subject: ${OURS.slice(10).replaceAll("\r\n", " ")}\r\nTo: a@office.example\r\n`,
      "pass",
    ],
  ])("%s", (_, text, expected) => {
    expect(judge(text)).toBe(expected);
  });
});

describe("size", () => {
  it.each<[number, string]>([
    [10_000, "pass"],
    [10_001, "junk:blocked"],
  ])("%i octets", (size, expected) => {
    expect(judge(MAIL, { size, blocked: { action: "discard" } })).toBe(expected);
  });
});

describe("block list", () => {
  it.each<[string, object, string]>([
    ["envelope sender", { senders: ["BOUNCE@bulk.example"] }, "junk:blocked"],
    ["From", { senders: ["eve@spam.example"] }, "junk:blocked"],
    ["@domain", { senders: ["@spam.example"] }, "junk:blocked"],
    ["domain alone", { senders: ["spam.example"] }, "junk:blocked"],
    ["wildcard", { senders: ["*@*.example"] }, "junk:blocked"],
    [
      "part of an address is no match",
      { senders: ["eve@spam.exampl", "ve@spam.example", "@pam.example", "example"] },
      "pass",
    ],
    ["part of a wildcard is no match", { senders: ["ve*", "*exampl"] }, "pass"],
    ["an empty pattern is none", { senders: ["", " "], recipients: [" "], subjects: [""] }, "pass"],
    ["recipient", { recipients: ["a@OFFICE.example"] }, "junk:blocked"],
    ["other recipient", { recipients: ["b@office.example"] }, "pass"],
    ["subject, decoded, without case, anywhere", { subjects: ["win A PRIZE"] }, "junk:blocked"],
    ["subject with wildcard covers it", { subjects: ["win*today"] }, "junk:blocked"],
    ["subject with wildcard in part", { subjects: ["prize*"] }, "pass"],
    [
      "regular expressions are text",
      { subjects: ["win.a.prize", "(", "[a-z]+"], senders: ["eve@spam.exampl."] },
      "pass",
    ],
    ["discard by setting", { subjects: ["prize"], action: "discard" }, "discard:blocked"],
  ])("%s", (_, blocked, expected) => {
    expect(judge(MAIL, { blocked })).toBe(expected);
  });

  it("knows a recipient before and after aliases and VdA, and not the copies", () => {
    const settings = {
      domains: { primary: "office.example", virtualAlias: "local.lan" },
      headers: { bccAll: "archive@office.example" },
    };
    const aliases = { "a@office.example": "b@office.example" };
    const results = ["a@office.example", "b@office.example", "b@local.lan", "archive@office.example"].map(
      (address) => judge(MAIL, { blocked: { recipients: [address] }, settings, aliases }),
    );
    expect(results).toEqual(["junk:blocked", "junk:blocked", "junk:blocked", "pass"]);
  });
});

describe("recipients", () => {
  it.each<[string, Case, string]>([
    ["to the postmaster", {}, "pass"],
    ["no recipient", { settings: { noRecipient: "junk" } }, "junk:no-recipient"],
  ])("%s", (_, changes, expected) => {
    expect(judge("To: x@else.example\r\n", changes)).toBe(expected);
  });
  it("unknown users, and IGNORE", () => {
    expect(judge(MAIL, { users: ["b@office.example"] })).toBe("junk:unknown-user");
    expect(judge(MAIL, { users: ["b@office.example"], settings: { users: { unknown: "postmaster" } } })).toBe(
      "pass",
    );
    expect(judge(MAIL, { aliases: { "a@office.example": "IGNORE" } })).toBe("pass");
  });
});

describe("order", () => {
  it("loop, block list, size, recipients", () => {
    const all: Case = { size: 20_000, blocked: { subjects: ["prize"], action: "discard" }, users: [] };
    expect(judge(OURS + MAIL, all)).toBe("junk:loop");
    expect(judge(MAIL, all)).toBe("discard:blocked");
    expect(judge(MAIL, { ...all, blocked: {} })).toBe("junk:blocked");
    expect(judge(MAIL, { users: [] })).toBe("junk:unknown-user");
  });
});

import { describe, expect, it } from "vitest";
import { resolveSender } from "../../core/envelope/sender.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { envelopeContext } from "../support/envelope-context.ts";

const DAEMON = "MAILER-DAEMON@office.example";
const sender = (header: string, allowMalformed = false) =>
  resolveSender(
    parseHeaderBlock(Buffer.from(header, "latin1")),
    envelopeContext({ settings: { allowMalformed } }).settings,
  );

describe("resolveSender", () => {
  it.each<[string, string, string]>([
    [
      "Return-Path first",
      "From: c@x.example\nSender: b@x.example\nReturn-Path: <a@x.example>\n",
      "a@x.example",
    ],
    ["the topmost Return-Path", "Return-Path: <a@x.example>\nReturn-Path: <b@x.example>\n", "a@x.example"],
    ["the null sender stays", "Return-Path: <>\nFrom: c@x.example\n", ""],
    ["with a blank in it", "Return-Path: < >\nFrom: c@x.example\n", ""],
    ["with a comment", "Return-Path: <> (bounce)\n", ""],
    ["without brackets", "Return-Path:\nFrom: c@x.example\n", ""],
    ["Return-Path without brackets", "Return-Path: a@x.example\n", "a@x.example"],
    ["then Sender", "From: c@x.example\nSender: B <b@x.example>\n", "b@x.example"],
    ["then From", "From: C <c@x.example>, d@x.example\n", "c@x.example"],
    ["an empty Sender is none", "Sender: \nFrom: c@x.example\n", "c@x.example"],
    ["nothing at all", "", DAEMON],
    ["unsalvageable", "Return-Path: <nobody>\nFrom: c@x.example\n", DAEMON],
    ["unsalvageable From", "From: Anna\n", DAEMON],
    ["salvaged", "Return-Path: <bob@invalid@.domain.com>\n", "bob@invalid.domain.com"],
    ["source route", "Return-Path: <@a.example,@b.example:c@x.example>\n", "c@x.example"],
    ["long VERP", `Return-Path: <${"b".repeat(150)}=c@x.example>\n`, `${"b".repeat(150)}=c@x.example`],
    ["injection", "Return-Path: <a@x.example>\r<b@x.example>\n", "a@x.example"],
  ])("%s", (_, header, expected) => {
    expect(sender(header)).toBe(expected);
  });

  it.each<[string, string, string]>([
    ["as it is", "Return-Path: <bob@invalid@.domain.com>\n", "bob@invalid@.domain.com"],
    ["from a name and brackets", "From: Bob <bob@invalid@.domain.com>\n", "bob@invalid@.domain.com"],
    ["without a domain", "Return-Path: <nobody>\n", "nobody"],
    ["a good one stays good", "From: C <c@x.example>\n", "c@x.example"],
    ["the null sender stays", "Return-Path: <>\n", ""],
    ["never a control character", "Return-Path: <bob\0x@@x.example>\n", "bobx@x.example"],
    ["never a bracket", "Return-Path: bob>x\n", "bob x"],
    ["never a C1 control", "Return-Path: <no\x85body>\n", "MAILER-DAEMON@office.example"],
    ["never over 320 octets", `Return-Path: <${"b".repeat(330)}>\n`, DAEMON],
    ["never nothing", "From: \n", DAEMON],
  ])("allow malformed: %s", (_, header, expected) => {
    const found = sender(header, true);
    expect(found).toBe(expected);
    expect(found).not.toMatch(/[\r\n\0<>]/);
  });
});

import { describe, expect, test } from "vitest";
import type { TrailStep } from "../../../core/model/envelope.ts";
import { markHeader, verdictsByAddress } from "../../../renderer/components/try-it/header-marks.ts";

const step = (
  address: string,
  headerIndex: number | null,
  verdict: TrailStep["verdict"],
  rule: TrailStep["rule"],
): TrailStep => ({ address, header: headerIndex === null ? null : "To", headerIndex, verdict, rule });

/** `kept:a@x` for a marked piece, else the text. */
const shown = (header: string, trail: readonly TrailStep[]) =>
  markHeader(header, trail).map(
    ({ index, verdict, pieces }) =>
      `${index} ${verdict}: ${pieces.map(({ text, verdict: mark }) => (mark === null ? text : `[${mark} ${text}]`)).join("")}`,
  );

describe("the header with what was found in it", () => {
  test("an address is marked in the field where it was found, whatever its case", () => {
    const header =
      "X-Original-To: Anna@Example.com\nTo: anna@example.com,\n bob@remote.test\nSubject: anna@example.com\n";
    expect(
      shown(header, [
        step("Anna@Example.com", 0, "kept", "envelope-header"),
        step("anna@example.com", 1, "dropped", "later-step-not-needed"),
        step("bob@remote.test", 1, "dropped", "later-step-not-needed"),
      ]),
    ).toEqual([
      "0 kept: X-Original-To: [kept Anna@Example.com]",
      "1 dropped: To: [dropped anna@example.com],\n [dropped bob@remote.test]",
      "2 null: Subject: anna@example.com",
    ]);
  });

  test("one address inside another one is not marked", () => {
    expect(
      shown("To: joanna@example.com, anna@example.com.test, <anna@example.com>\n", [
        step("anna@example.com", 0, "kept", "address-header"),
        step("joanna@example.com", 0, "dropped", "unknown-user"),
      ]),
    ).toEqual(["0 kept: To: [dropped joanna@example.com], anna@example.com.test, <[kept anna@example.com]>"]);
  });

  test("where it only stands inside a longer word, there", () => {
    expect(
      shown("X-To: rcpt:anna@example.com-\n", [step("anna@example.com", 0, "kept", "envelope-header")]),
    ).toEqual(["0 kept: X-To: rcpt:[kept anna@example.com]-"]);
  });

  test("a header's name is never marked, nor are lines that are no field counted", () => {
    expect(
      shown("From anna\n no field\nto: to\nTo: a@b.test\n", [
        step("to", 0, "dropped", "unreadable-address"),
        step("a@b.test", 1, "kept", "address-header"),
      ]),
    ).toEqual([
      "null null: From anna\n no field",
      "0 dropped: to: [dropped to]",
      "1 kept: To: [kept a@b.test]",
    ]);
  });

  test("an address that is not written like that marks its line only", () => {
    expect(
      shown("To: bob@invalid@.example.com\n", [step("bob@example.com", 0, "kept", "address-header")]),
    ).toEqual(["0 kept: To: bob@invalid@.example.com"]);
  });
});

test("what became of an address: dropped, else mapped, else kept; a repetition only where nothing else is said", () => {
  expect([
    ...verdictsByAddress([
      step("A@x.test", 0, "kept", "envelope-header"),
      step("a@x.test", 0, "mapped", "alias"),
      step("b@x.test", 0, "kept", "envelope-header"),
      step("b@x.test", 0, "dropped", "repeated-recipient"),
      step("c@x.test", 0, "kept", "envelope-header"),
      step("c@x.test", 0, "mapped", "virtual-domain"),
      step("c@x.test", 0, "dropped", "unknown-user"),
      step("d@x.test", 0, "dropped", "repeated-recipient"),
    ]),
  ]).toEqual([
    ["a@x.test", "mapped"],
    ["b@x.test", "kept"],
    ["c@x.test", "dropped"],
    ["d@x.test", "dropped"],
  ]);
});

import { expect, test } from "vitest";
import { ENVELOPE_HEADERS } from "../../../core/envelope/header-recipients.ts";
import { accountSchema } from "../../../core/model/settings.ts";
import { adoptedChanges } from "../../../renderer/tabs/addressing/adoption.ts";
import {
  BUILT_IN_HEADERS,
  headerNameFault,
  IGNORABLE,
  moved,
} from "../../../renderer/tabs/addressing/header-order.ts";
import { sampleSettings } from "../../support/sample-settings.ts";

test("the order on the page is the gateway's", () => {
  expect(BUILT_IN_HEADERS.map(({ name }) => name)).toEqual([...ENVELOPE_HEADERS]);
  expect(accountSchema.shape.headers.safeParse({ custom: null, ignore: [...IGNORABLE] }).success).toBe(true);
});

test.each([
  ["X-Mine", null],
  ["", "empty"],
  ["X Mine", "invalid"],
  ["X-Mine:", "invalid"],
  ["received", "received"],
  ["x-first", "twice"],
])("a custom header %j: %s", (name, fault) => {
  expect(headerNameFault(name, ["X-First"])).toBe(fault);
});

test("an entry is moved within the list, never out of it", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
});

test("adopting shows what changes, and only that", () => {
  const settings = sampleSettings({ headers: { custom: ["X-General"] } });
  const nothing = { custom: null, trustedReceivedLines: null, mailboxAddresses: null };
  expect(adoptedChanges(nothing, settings, "main")).toEqual([]);
  expect(
    adoptedChanges(
      { custom: ["X-New", "X-General"], trustedReceivedLines: 3, mailboxAddresses: ["box@isp.test"] },
      settings,
      "main",
    ),
  ).toEqual([
    { setting: "custom", before: ["X-General"], after: ["X-New", "X-General"] },
    { setting: "trustedReceivedLines", before: ["2"], after: ["3"] },
    { setting: "mailboxAddresses", before: [], after: ["box@isp.test"] },
  ]);
  expect(adoptedChanges({ ...nothing, trustedReceivedLines: 1 }, settings, "other")).toEqual([]);
});

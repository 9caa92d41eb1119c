import { expect, it } from "vitest";
import { originalAddress } from "../../core/gateway/original-address.ts";
import type { TrailStep } from "../../core/model/envelope.ts";

const step = (address: string, verdict: TrailStep["verdict"], to?: readonly string[]): TrailStep => ({
  address,
  header: null,
  headerIndex: null,
  verdict,
  rule: "alias",
  ...(to === undefined ? {} : { to }),
});

const trail = [
  step("plain@office.test", "kept"),
  step("Sales@office.test", "mapped", ["bob@office.test", "carol@other.test"]),
  step("bob@office.test", "mapped", ["bob@office.lan"]),
  step("round@office.test", "mapped", ["trip@office.test"]),
  step("trip@office.test", "mapped", ["round@office.test"]),
  step("same@office.test", "mapped", ["SAME@office.test"]),
  step("gone@office.test", "dropped"),
];

it.each([
  ["plain@office.test", null],
  ["carol@other.test", "Sales@office.test"],
  ["BOB@office.lan", "Sales@office.test"],
  ["same@office.test", null],
  ["stranger@office.test", null],
])("%s came from %s", (address, original) => {
  expect(originalAddress(trail, address)).toBe(original);
});

it("ends where mappings go round", () => {
  expect(["round@office.test", "trip@office.test", null]).toContain(
    originalAddress(trail, "trip@office.test"),
  );
});

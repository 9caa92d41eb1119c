import { expect, test } from "vitest";
import { mergeAliases } from "../../core/envelope/aliases.ts";

test("sources are merged, the last one winning, without case", () => {
  const table = mergeAliases(
    { "A@b.example": "x@b.example", "c@b.example": "NOTHING" },
    { "a@B.example": ["y@b.example"] },
  );
  expect([...table]).toEqual([
    ["a@b.example", ["y@b.example"]],
    ["c@b.example", []],
  ]);
});

test("international domains have the form that found addresses have", () => {
  const table = mergeAliases({ "info@bücher.example": ["Anna@Bücher.example", "x@else.example"] });
  expect([...table]).toEqual([
    ["info@xn--bcher-kva.example", ["Anna@xn--bcher-kva.example", "x@else.example"]],
  ]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { readJson } from "../../core/settings/json-text.ts";

test("whatever JSON.stringify writes is read as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat({ max: 3 }), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(readJson(text)).toEqual({ kind: "value", value: JSON.parse(text) });
    }),
    { numRuns: 1_000 },
  );
});

test("any text at all gives a value or a fault, the same as JSON.parse, save for twice given keys", () => {
  const characters = fc.constantFrom(...'{}[]",:0123456789.eE+-truefalsn \n\t\\u/*\u00e9\0');
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 30 }), (text) => {
      const result = readJson(text);
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      const twice = result.kind === "fault" && result.fault.message.includes("twice");
      expect(result.kind === "value" || twice).toBe(parses);
    }),
    { numRuns: 20_000 },
  );
});

test("a key that means something to the language is only a key", () => {
  const result = readJson('{"__proto__": {"x": 1}}');
  expect(result.kind === "value" && Object.keys(result.value as object)).toEqual(["__proto__"]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHeaderBlock } from "../../../core/wire/header-block.ts";
import {
  bytesOfBase64,
  fieldsOf,
  headerOf,
  looksLikeHeader,
  textOfBytes,
} from "../../../renderer/components/try-it/message-header.ts";

describe("the header of what was read or pasted", () => {
  test("ends at the first empty line", () => {
    expect(headerOf("\r\nTo: a@b.test\r\n c\r\n\r\nText\r\n\r\n")).toBe("To: a@b.test\n c\n");
    expect(headerOf("To: a@b.test")).toBe("To: a@b.test");
  });

  test("is none without a field", () => {
    expect(looksLikeHeader("just words\n")).toBe(false);
    expect(looksLikeHeader("From anna\nTo: a\n")).toBe(true);
    expect(looksLikeHeader("")).toBe(false);
  });

  test("octets are UTF-8, or else read one by one", () => {
    expect(textOfBytes(Buffer.from("Jörg"))).toBe("Jörg");
    expect(textOfBytes(Buffer.from("Jörg", "latin1"))).toBe("Jörg");
    expect(textOfBytes(bytesOfBase64(Buffer.from("a\u0000b").toString("base64")))).toBe("a\u0000b");
  });
});

test("its fields are counted as the gateway counts them", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "To: a@b.test",
      " folded",
      "\tfolded",
      "no field",
      "From x",
      "X-A : 1",
      ": 2",
      "Ä: 3",
      " ",
    ),
    fc.string({ unit: fc.constantFrom("a", ":", " ", "@", "é"), minLength: 1, maxLength: 8 }),
  );
  const end = fc.constantFrom("\r\n", "\n", "\r");
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end), { maxLength: 12 }), (lines) => {
      const text = lines.map(([words, ending]) => words + ending).join("");
      const ours = fieldsOf(headerOf(text)).filter(({ index }) => index !== null);
      const theirs = parseHeaderBlock(Buffer.from(text, "latin1")).fields;
      expect(ours.map(({ text: field, index, valueAt }) => [index, field.slice(valueAt)])).toEqual(
        theirs.map(({ value, index }) => [index, value.replace(/\r\r\n|\r\n|\r/g, "\n")]),
      );
    }),
  );
});

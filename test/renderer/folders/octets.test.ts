import { describe, expect, test } from "vitest";
import { type MessagePiece, PIECE_BYTES, type WireResult } from "../../../core/api/contract.ts";
import { ProblemError } from "../../../core/model/problem.ts";
import {
  fetchOctets,
  headerFields,
  joined,
  octetsOfBase64,
  readableText,
  sourceLines,
} from "../../../renderer/folders/octets.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

function file(content: Buffer) {
  const asked: [number, number][] = [];
  const fetchPiece = async (offset: number, length: number): Promise<WireResult<MessagePiece>> => {
    asked.push([offset, length]);
    const piece = content.subarray(offset, offset + length);
    return { ok: { size: content.length, offset, content: piece.toString("base64") } };
  };
  return { asked, fetchPiece };
}

describe("fetching a message", () => {
  const large = Buffer.alloc(PIECE_BYTES * 2 + 10, "x");

  test("piece by piece, each octet once", async () => {
    const { asked, fetchPiece } = file(large);
    const progress: [number, number][] = [];
    const pieces = await fetchOctets(fetchPiece, {
      onProgress: (octets, size) => progress.push([octets, size]),
    });
    expect(Buffer.compare(joined(pieces), large)).toBe(0);
    expect(asked).toEqual([
      [0, PIECE_BYTES],
      [PIECE_BYTES, PIECE_BYTES],
      [PIECE_BYTES * 2, PIECE_BYTES],
    ]);
    expect(progress.at(-1)).toEqual([large.length, large.length]);
  });

  test("no more than is wanted", async () => {
    const { asked, fetchPiece } = file(large);
    expect(joined(await fetchOctets(fetchPiece, { most: 1_000 })).length).toBe(1_000);
    expect(asked).toEqual([[0, 1_000]]);
  });

  test("an empty file has no octets", async () => {
    expect(joined(await fetchOctets(file(Buffer.alloc(0)).fetchPiece))).toEqual(new Uint8Array());
  });

  test("ended, it asks for nothing more", async () => {
    const { asked, fetchPiece } = file(large);
    const ended = new AbortController();
    const fetching = fetchOctets(fetchPiece, { signal: ended.signal, onProgress: () => ended.abort() });
    await expect(fetching).rejects.toMatchObject({ name: "AbortError" });
    expect(asked.length).toBe(1);
  });

  test("a problem is the caller's", async () => {
    const problem = { code: "message-gone", what: "Gone.", cure: "Look." };
    await expect(fetchOctets(async () => ({ error: problem }))).rejects.toEqual(new ProblemError(problem));
  });

  test("base64 gives each octet", () => {
    expect([...octetsOfBase64("AP+ADQo=")]).toEqual([0, 255, 128, 13, 10]);
  });
});

describe("reading", () => {
  test("UTF-8 where it is, else western Windows", () => {
    expect(readableText(Buffer.from("Grüße 日本"))).toBe("Grüße 日本");
    expect(readableText(bytes("Gr\xfc\xdfe \x80"))).toBe("Grüße €");
  });

  test("lines, whatever ends them; a broken one changes no other", () => {
    const source = Buffer.concat([bytes("a\r\nb\n\r\n"), Buffer.from("ü\r\n"), bytes("\xfc\r\nend")]);
    expect(sourceLines(source)).toEqual(["a", "b", "", "ü", "ü", "end"]);
  });

  test("very long lines are shown in parts", () => {
    expect(sourceLines(bytes("x".repeat(2_500))).map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
  });

  test("header fields in their order, unfolded, up to the empty line", () => {
    const header =
      "From x@y Mon Jan 5\r\nReceived: from a\r\n\tby b;\r\n Mon\r\nSubject : =?utf-8?Q?=C3=BC?=\r\nX-Empty:\r\nReceived: c\r\n\r\nNot: a header\r\n";
    expect(headerFields(bytes(header))).toEqual([
      { name: "Received", value: "from a by b; Mon" },
      { name: "Subject", value: "=?utf-8?Q?=C3=BC?=" },
      { name: "X-Empty", value: "" },
      { name: "Received", value: "c" },
    ]);
  });
});

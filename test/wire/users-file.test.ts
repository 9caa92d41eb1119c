import { describe, expect, it } from "vitest";
import { decodeTextFile } from "../../core/wire/text-file.ts";
import { formatUsersFile, parseUsersFile } from "../../core/wire/users-file.ts";

const read = (bytes: Buffer) => parseUsersFile(decodeTextFile(bytes));

describe("users file", () => {
  const lines =
    "Anna@Office.example\r\n\r\n# comment\r\nbob@office.example\r\nnonsense\r\na@x.example, b@x.example\r\nKim <kim@office.example>\r\n";
  const expected = {
    users: new Set(["anna@office.example", "bob@office.example", "kim@office.example"]),
    problems: [
      { line: 5, text: "nonsense", message: "is not an address, like name@example.com" },
      { line: 6, text: "a@x.example, b@x.example", message: "holds several addresses; write one a line" },
    ],
  };
  const utf16be = Buffer.from(lines, "utf16le").swap16();
  it.each<[string, Buffer]>([
    ["ASCII", Buffer.from(lines)],
    ["UTF-8 with mark", Buffer.from(`\ufeff${lines}`)],
    ["UTF-16", Buffer.from(lines, "utf16le")],
    ["UTF-16 with mark", Buffer.from(`\ufeff${lines}`, "utf16le")],
    ["UTF-16 BE", utf16be],
    ["UTF-16 BE with mark", Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be])],
    ["lines ended by CR alone", Buffer.from(lines.replaceAll("\r\n", "\r"))],
  ])("%s", (_, bytes) => {
    expect(read(bytes)).toEqual(expected);
  });
  it("ANSI and UTF-8 with other letters", () => {
    const users = new Set(["a@xn--bcher-kva.example"]);
    expect(read(Buffer.from("a@bücher.example", "latin1")).users).toEqual(users);
    expect(read(Buffer.from("a@bücher.example")).users).toEqual(users);
  });
  it("writes what it reads", () => {
    expect(formatUsersFile(expected.users)).toBe(
      "anna@office.example\r\nbob@office.example\r\nkim@office.example\r\n",
    );
    // What begins like a comment is none.
    const odd = new Set(["#1@office.example", '";x"@office.example']);
    expect(parseUsersFile(formatUsersFile(odd))).toEqual({ users: odd, problems: [] });
  });
});

import { describe, expect, test } from "vitest";
import { parseAliasFile } from "../../../core/wire/alias-file.ts";
import { decodeTextFile } from "../../../core/wire/text-file.ts";
import { parseUsersFile } from "../../../core/wire/users-file.ts";
import { previewList, textOfListFile } from "../../../renderer/tabs/addressing/list-text.ts";

const ALIASES = `# aliases
info@example.com = anna@example.com
; none
Sales <sales@example.com> = "Weber, Anna" <anna@example.com>, bob@example.com
bounce+anna=example.com@lists.test = anna@example.com
spam@example.com = ignore
info@example.com = bob@example.com

nobody
= anna@example.com
x@example.com =
y@example.com = anna
a@x.test, b@x.test = c@x.test`;

const USERS = "\ufeffAnna@example.com\r\n# x\r\n<bob@example.com>\rcarl\na@x.test, b@x.test\n";

describe("a list before it is imported", () => {
  test("aliases: the same entries and the same lines as in the gateway", () => {
    const preview = previewList("aliases", ALIASES);
    const theirs = parseAliasFile(ALIASES);
    expect(preview.aliases).toEqual(theirs.aliases);
    expect(preview.entries).toBe(4);
    expect(preview.faults.map(({ line, fault }) => [line, fault])).toEqual([
      [9, "no-equals"],
      [10, "no-from"],
      [11, "no-to"],
      [12, "no-address"],
      [13, "no-from"],
    ]);
    expect(theirs.problems.map(({ line }) => line)).toEqual(preview.faults.map(({ line }) => line));
  });

  test("users: the same number and the same lines as in the gateway", () => {
    const preview = previewList("users", USERS);
    const theirs = parseUsersFile(USERS);
    expect(preview).toEqual({
      entries: theirs.users.size,
      aliases: {},
      faults: [
        { line: 4, text: "carl", fault: "no-address" },
        { line: 5, text: "a@x.test, b@x.test", fault: "several" },
      ],
    });
    expect(theirs.problems.map(({ line }) => line)).toEqual([4, 5]);
  });

  test.each([
    ["UTF-8", Buffer.from("jörg@example.com")],
    ["UTF-8 with mark", Buffer.from("\ufeffjörg@example.com")],
    ["UTF-16 with mark", Buffer.from("\ufeffjörg@example.com", "utf16le")],
    ["UTF-16 without mark", Buffer.from("jörg@example.com", "utf16le")],
    ["UTF-16 the other way round", Buffer.from("\ufeffjörg@example.com", "utf16le").swap16()],
    ["ANSI", Buffer.from("jörg@example.com", "latin1")],
  ])("is read as the gateway reads the file: %s", (_, bytes) => {
    expect(textOfListFile(bytes)).toBe("jörg@example.com");
    expect(textOfListFile(bytes)).toBe(decodeTextFile(bytes));
  });
});

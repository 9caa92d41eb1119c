/**
 * Reads JSON as people write it and says where it is wrong. `JSON.parse` alone will not do: its messages
 * quote the text (which may hold a password), often without a position, and of a key given twice the first
 * one is silently lost.
 */
export interface JsonFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type JsonResult =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "fault"; readonly fault: JsonFault };

/** Groups inside groups; settings need 6. */
const DEEPEST = 64;

export function readJson(text: string): JsonResult {
  // Windows editors put a byte order mark in front.
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  const fault = findFault(body);
  if (fault !== null) return { kind: "fault", fault };
  return { kind: "value", value: JSON.parse(body) as unknown };
}

class Fault extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

function findFault(text: string): JsonFault | null {
  try {
    const end = skipBlank(text, readValue(text, skipBlank(text, 0), 0));
    if (end < text.length) throw new Fault(end, "there is more text after the end of the settings");
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, error.offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return {
      line: before.split("\n").length,
      column: error.offset - lineStart + 1,
      message: error.message,
    };
  }
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
  if (text.startsWith("//", at) || text.startsWith("/*", at)) {
    throw new Fault(at, "comments are not allowed here");
  }
  return at;
}

const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/** Gives the offset behind the value. */
function readValue(text: string, at: number, depth: number): number {
  if (depth > DEEPEST) throw new Fault(at, "there are too many groups inside each other");
  switch (text.charAt(at)) {
    case "":
      throw new Fault(at, text.trim() === "" ? "the file is empty" : "the text ends too early");
    case "{":
      return readObject(text, at, depth);
    case "[":
      return readArray(text, at, depth);
    case '"':
      return readString(text, at);
    default:
      LITERAL.lastIndex = at;
      if (!LITERAL.test(text)) {
        throw new Fault(
          at,
          "a value is expected here: text in double quotes, a number, true, false, null, { or [",
        );
      }
      return LITERAL.lastIndex;
  }
}

function readObject(text: string, start: number, depth: number): number {
  const keys = new Set<string>();
  let at = skipBlank(text, start + 1);
  if (text.charAt(at) === "}") return at + 1;
  for (;;) {
    if (text.charAt(at) !== '"') {
      const comma =
        text.charAt(at) === "}"
          ? "there is a comma too much before this }"
          : "a name in double quotes is expected here";
      throw new Fault(at, at >= text.length ? "the text ends too early" : comma);
    }
    const end = readString(text, at);
    const key = JSON.parse(text.slice(at, end)) as string;
    if (keys.has(key)) throw new Fault(at, `${JSON.stringify(key)} is given twice in the same group`);
    keys.add(key);
    at = skipBlank(text, end);
    if (text.charAt(at) !== ":") throw new Fault(at, `a colon is expected after ${JSON.stringify(key)}`);
    at = skipBlank(text, readValue(text, skipBlank(text, at + 1), depth + 1));
    const next = text.charAt(at);
    if (next === "}") return at + 1;
    if (next !== ",")
      throw new Fault(
        at,
        next === "" ? "the text ends too early: a } is missing" : "a comma or } is expected here",
      );
    at = skipBlank(text, at + 1);
  }
}

function readArray(text: string, start: number, depth: number): number {
  let at = skipBlank(text, start + 1);
  if (text.charAt(at) === "]") return at + 1;
  for (;;) {
    if (text.charAt(at) === "]") throw new Fault(at, "there is a comma too much before this ]");
    at = skipBlank(text, readValue(text, at, depth + 1));
    const next = text.charAt(at);
    if (next === "]") return at + 1;
    if (next !== ",")
      throw new Fault(
        at,
        next === "" ? "the text ends too early: a ] is missing" : "a comma or ] is expected here",
      );
    at = skipBlank(text, at + 1);
  }
}

const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

function readString(text: string, at: number): number {
  STRING.lastIndex = at;
  if (STRING.test(text)) return STRING.lastIndex;
  // Where it stops being a string is where the fault is.
  let offset = at + 1;
  while (offset < text.length) {
    const character = text.charAt(offset);
    if (character < " ") throw new Fault(offset, "the closing double quote is missing on this line");
    if (character === "\\") {
      if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(offset, offset + 6))) {
        throw new Fault(offset, "a backslash is written \\\\ here");
      }
      offset += 1;
    }
    offset += 1;
  }
  throw new Fault(text.length, "the text ends too early: a closing double quote is missing");
}

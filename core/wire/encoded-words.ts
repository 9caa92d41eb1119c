/**
 * Header text for people: encoded words (RFC 2047, with the language tag of RFC 2231 5) and raw 8-bit.
 * Never for sending. Nothing throws; what cannot be decoded is shown as it stands.
 */
import { decodeDisplayOctets, decodeWithFallback } from "./octets.ts";

/** A field longer than this is cut before decoding: a Subject of megabytes is no subject. */
const INPUT_LIMIT = 65_536;

/** charset, encoding, text. Blanks in the text are against the rule and common. */
const ENCODED_WORD = /=\?([^?*\s]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=/g;

interface Word {
  readonly charset: string;
  readonly octets: Buffer;
}

/** Decodes an unfolded header value (latin1); at most `maximum` characters come out. */
export function decodeEncodedWords(value: string, maximum = INPUT_LIMIT): string {
  const input = value.length > INPUT_LIMIT ? value.slice(0, INPUT_LIMIT) : value;
  if (!input.includes("=?")) return cutText(decodeDisplayOctets(input).toWellFormed(), maximum);
  let output = "";
  let last = 0;
  let pending: Word | null = null;
  for (const match of input.matchAll(ENCODED_WORD)) {
    const between = input.slice(last, match.index);
    const word = readWord(match[1] ?? "", match[2] ?? "", match[3] ?? "");
    last = match.index + match[0].length;
    // Blanks between two encoded words do not count (RFC 2047 6.2), and some writers cut a character in two.
    if (pending !== null && between.trim() === "") {
      if (pending.charset === word.charset) {
        pending = { charset: word.charset, octets: Buffer.concat([pending.octets, word.octets]) };
      } else {
        output += decodeCharset(pending);
        pending = word;
      }
    } else {
      if (pending !== null) output += decodeCharset(pending);
      output += decodeDisplayOctets(between);
      pending = word;
    }
  }
  if (pending !== null) output += decodeCharset(pending);
  output += decodeDisplayOctets(input.slice(last));
  return cutText(output.toWellFormed(), maximum);
}

/** Cuts to `maximum` UTF-16 units without leaving half a character. */
export function cutText(text: string, maximum: number): string {
  if (text.length <= maximum) return text;
  const cut = text.slice(0, maximum);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function readWord(charset: string, encoding: string, text: string): Word {
  const octets = encoding.toLowerCase() === "b" ? Buffer.from(text, "base64") : decodeQ(text);
  return { charset: charset.toLowerCase(), octets };
}

/** RFC 2047 4.2. */
function decodeQ(text: string): Buffer {
  const plain = text
    .replaceAll("_", " ")
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, "latin1");
}

function decodeCharset(word: Word): string {
  try {
    return new TextDecoder(word.charset).decode(word.octets);
  } catch {
    return decodeWithFallback(word.octets);
  }
}

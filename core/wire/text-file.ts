/** Text files as Windows and other editors save them: UTF-8, UTF-16 (with or without mark) or ANSI. */
import { isUtf8 } from "node:buffer";

export function decodeTextFile(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  // Addresses are ASCII for the most part, so every other octet of UTF-16 without a mark is 0.
  if (bytes.length >= 2 && bytes[1] === 0 && bytes[0] !== 0) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0) return new TextDecoder("utf-16be").decode(bytes);
  return isUtf8(bytes)
    ? new TextDecoder("utf-8").decode(bytes)
    : new TextDecoder("windows-1252").decode(bytes);
}

export interface TextLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The lines that say something: neither blank nor a comment (`#`, `;`). */
export function contentLines(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.replace(/^\ufeff/, "").trim();
    if (line !== "" && !line.startsWith("#") && !line.startsWith(";")) {
      lines.push({ line: index + 1, text: line });
    }
  }
  return lines;
}

/** A line as it is quoted to people. */
export function quotedLine(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** An address at the beginning of a line: in brackets where it would be read as a comment. */
export function lineBeginning(address: string): string {
  return address.startsWith("#") ? `<${address}>` : address;
}

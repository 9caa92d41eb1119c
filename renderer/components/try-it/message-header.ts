/** The header of a message, as text: cut out of what was read or pasted, and its fields by line. Pure. */

/** Octets of a message that are read for its header. */
export const HEADER_BYTES = 262_144;

/** Octets as text. What is not UTF-8 is read octet by octet, so that nothing is lost of an address. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The content of a message piece. */
export function bytesOfBase64(content: string): Uint8Array {
  return Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
}

/** Everything before the first empty line, in lines that end with \n. Blank lines in front are a paste's. */
export function headerOf(message: string): string {
  const text = message.replace(/\r\r\n|\r\n|\r/g, "\n").replace(/^\n+/, "");
  const end = text.indexOf("\n\n");
  return end < 0 ? text : text.slice(0, end + 1);
}

/** Whether there is a field in it at all. */
export function looksLikeHeader(header: string): boolean {
  return fieldsOf(header).some(({ index }) => index !== null);
}

/** One field of a header with its continuation lines; or lines that are none. */
export interface FieldText {
  /** Place among the fields, as the gateway counts; null: these lines are no field. */
  readonly index: number | null;
  /** Without the last line end. */
  readonly text: string;
  /** Where the value begins in `text`. */
  readonly valueAt: number;
}

const NAME = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/;

/** The same reading as the gateway's: a line that begins with a blank continues the one before it. */
export function fieldsOf(header: string): readonly FieldText[] {
  const blocks: string[] = [];
  for (const line of header.replace(/\n$/, "").split("\n")) {
    if (blocks.length > 0 && /^[ \t]/.test(line)) blocks[blocks.length - 1] += `\n${line}`;
    else blocks.push(line);
  }
  let index = 0;
  return blocks.flatMap((text): FieldText[] => {
    const name = NAME.exec(text)?.[0];
    if (name !== undefined) return [{ index: index++, text, valueAt: name.length }];
    return text === "" ? [] : [{ index: null, text, valueAt: 0 }];
  });
}

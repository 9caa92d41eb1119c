/** A complete SMTP reply (RFC 5321 4.2), all its lines. */
export interface SmtpReply {
  /** Three digits, 200..599. */
  readonly code: number;
  /** RFC 3463, e.g. `5.1.1`; only when its class agrees with the code's first digit (as Postfix does). */
  readonly enhanced: string | null;
  /** The whole text after the codes, lines joined by a blank, unprintable characters escaped. */
  readonly text: string;
}

/** As it is quoted to people: `550 5.1.1 No such user`. */
export function formatReply(reply: SmtpReply): string {
  return [String(reply.code), reply.enhanced, reply.text].filter((part) => part).join(" ");
}

const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?:[ \t]+|$)/;

/**
 * Reads a reply from its lines (`250-a`, `250 b`, with or without code). The enhanced code is taken from the
 * first line that has one, cut from every line, and dropped where its class contradicts the code.
 */
export function parseReply(code: number, lines: readonly string[]): SmtpReply {
  let enhanced: string | null = null;
  const texts: string[] = [];
  for (const line of lines) {
    let text = line.replace(/^\d{3}(?:[- ]|$)/, "");
    const found = ENHANCED.exec(text)?.[1];
    if (found !== undefined) {
      text = text.slice(found.length).trimStart();
      if (enhanced === null && found.startsWith(String(code).charAt(0))) enhanced = found;
    }
    text = escapeUnprintable(text.trim());
    if (text !== "") texts.push(text);
  }
  return { code, enhanced, text: texts.join(" ") };
}

const UNPRINTABLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const EACH_UNPRINTABLE = new RegExp(UNPRINTABLE, "g");

/** Control characters shown as `\x1b`: server text reaches terminals, logs and pages. */
export function escapeUnprintable(text: string): string {
  // Nearly all text has none.
  if (!UNPRINTABLE.test(text)) return text;
  return text.replace(
    EACH_UNPRINTABLE,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

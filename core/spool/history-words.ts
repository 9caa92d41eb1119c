/**
 * The words under which a message is found. The same rules for what is indexed and what is asked for, so the index
 * (SQLite FTS5) gets plain tokens from us and never text that could be syntax to it.
 *
 * 1. A word is a run of letters and digits, without case and accents; signs of scripts that put no blanks between
 *    words count one by one.
 * 2. An address, and a Message-ID, is a word as a whole too: `ann@office` finds it by its beginning, and only it.
 */

/** Of a token, in UTF-16 units; both sides are cut alike. */
const LONGEST = 80;
/** More words than anybody types; a subject of 1,000 characters has fewer than this. */
const MOST = 600;

const ASCII = /^[\x00-\x7f]*$/;
const IDEOGRAPH = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}";
const WORDS = new RegExp(`[${IDEOGRAPH}]|(?:(?![${IDEOGRAPH}])[\\p{L}\\p{N}])+`, "gu");
const ASCII_WORDS = /[a-z0-9]+/g;
const ADDRESSES = /[^\s<>"(),:;[\]\\]+@[^\s<>"(),:;[\]\\]+/g;
/** What may stand in a whole address or id; the index's tokenizer knows the same signs. */
const FOREIGN = /[^a-z0-9@._+=\u0080-\u{10ffff}-]/gu;

export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

/** Of a text; `folded` already. */
function plainWords(folded: string): readonly string[] {
  const found = folded.match(ASCII.test(folded) ? ASCII_WORDS : WORDS) ?? [];
  return (found.length > MOST ? found.slice(0, MOST) : found).map(cut);
}

/** Of a text that holds addresses: its words, and each address as a whole. */
export function addressWords(text: string): readonly string[] {
  const folded = fold(text);
  return [...(folded.match(ADDRESSES) ?? []).slice(0, MOST).map(whole), ...plainWords(folded)];
}

export function textWords(text: string): readonly string[] {
  return plainWords(fold(text));
}

/** A Message-ID or queue id as one word; "" for none. */
export function idWord(text: string): string {
  return whole(fold(text).replace(/^[\s<]+|[\s>]+$/g, ""));
}

/** Something that is asked for: each of `words` begins a word of the message, or `id` begins one of its ids. */
export interface Asked {
  readonly words: readonly string[];
  readonly id: string;
}

/** What holds no letter or digit asks for nothing. */
export function askedFor(text: string): readonly Asked[] {
  const asked = fold(text.slice(0, 2_000))
    .split(/[\s<>"(),:;[\]\\]+/)
    .map((part) => ({ words: part.indexOf("@") > 0 ? [whole(part)] : plainWords(part), id: whole(part) }))
    .filter(({ words }) => words.some((word) => /[\p{L}\p{N}]/u.test(word)));
  return asked.slice(0, 20);
}

function whole(folded: string): string {
  return cut(folded.replace(FOREIGN, "_"));
}

/** Never through the middle of a character: half of one is no text to a database. */
function cut(word: string): string {
  if (word.length <= LONGEST) return word;
  const end = word.slice(0, LONGEST);
  return /[\ud800-\udbff]$/.test(end) ? end.slice(0, -1) : end;
}

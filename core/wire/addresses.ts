/**
 * Address lists as headers hold them.
 *
 * 1. Three readers, each for what the one before could not read as a whole: a pattern for the plain forms, the
 *    library `email-addresses` for what RFC 5322 allows beyond them, and a scan that takes what can be saved.
 * 2. Whatever comes out is safe for an envelope (see address-spec.ts). Nothing throws.
 * 3. Linear time. The library is slow on long or hostile lists and recurses into comments, so it gets short
 *    ones only, and no more than a budget for one message.
 */
import emailAddresses from "email-addresses";
import { splitAddress } from "../model/address.ts";
import { scanAddressList } from "./address-scan.ts";
import { composeAddress, salvageAddrSpec } from "./address-spec.ts";
import { decodeEncodedWords } from "./encoded-words.ts";
import { decodeAddressOctets } from "./octets.ts";

export interface FoundAddress {
  /** Safe for an envelope. */
  readonly address: string;
  /** As it was written, without name and brackets; not necessarily safe. */
  readonly text: string;
  /** It was not well-formed; `address` is the best that could be made of it. */
  readonly salvaged: boolean;
}

export interface AddressReading {
  readonly found: readonly FoundAddress[];
  /** Texts in the place of an address that nothing could be made of. */
  readonly unreadable: readonly string[];
}

/** Characters that the library may still be given; share one between all headers of a message. */
export interface StrictBudget {
  characters: number;
}

export function newStrictBudget(): StrictBudget {
  return { characters: 8_192 };
}

/** For all lines of a list that people keep: more odd lines than anybody writes, and still no second of work. */
export function newFileBudget(): StrictBudget {
  return { characters: 16_384 };
}

/** The library takes a few microseconds a character. */
const STRICT_LIMIT = 512;

export function parseAddressList(value: string, budget?: StrictBudget): readonly FoundAddress[] {
  return readAddressList(value, budget).found;
}

/** The first address in a text, made safe; null where there is none. */
export function salvageAddress(text: string): string | null {
  return parseAddressList(text)[0]?.address ?? null;
}

export function readAddressList(folded: string, budget: StrictBudget = newStrictBudget()): AddressReading {
  const value = unfold(folded);
  const plain = readPlain(value);
  if (plain !== null) return { found: plain, unreadable: [] };
  if (value.length <= STRICT_LIMIT && value.length <= budget.characters) {
    budget.characters -= value.length;
    const strict = readStrict(value);
    if (strict !== null) return { found: strict, unreadable: [] };
  }
  return readTolerant(value, true);
}

/** Line ends before a blank are folds; any other one parts entries. */
function unfold(value: string): string {
  if (!/[\r\n]/.test(value)) return value;
  return value.replace(/[\r\n]+([ \t]?)/g, (_, blank: string) => blank || "\n");
}

/** One entry: `name <address>`, `"name" <address>` or `address`, perhaps a comment, up to its comma. */
const PLAIN_ENTRY = (() => {
  const address = "([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([A-Za-z0-9.-]+)";
  const name = `(?:"[^"\\\\\\x00-\\x1f]*"[ \\t]{0,99}|[^"(),:;<>@[\\]\\\\\\x00-\\x1f]*)`;
  const comment = "\\([^()\\\\\\x00-\\x1f]*\\)[ \\t]*";
  return new RegExp(`(?:${name}<${address}>|${address})[ \\t]*(?:${comment})?(?:,[ \\t]*|$)`, "y");
})();

function readPlain(value: string): FoundAddress[] | null {
  const text = value.trim();
  const found: FoundAddress[] = [];
  let at = 0;
  while (at < text.length) {
    PLAIN_ENTRY.lastIndex = at;
    const match = PLAIN_ENTRY.exec(text);
    if (match === null) return null;
    const [local, domain] = [match[1] ?? match[3] ?? "", match[2] ?? match[4] ?? ""];
    const address = composeAddress(local, domain);
    if (address === null) return null;
    found.push({ address, text: `${local}@${domain}`, salvaged: false });
    at += match[0].length;
  }
  return found;
}

function readStrict(value: string): FoundAddress[] | null {
  let list: ReturnType<typeof emailAddresses.parseAddressList>;
  try {
    list = emailAddresses.parseAddressList({ input: value, rfc6532: true });
  } catch {
    return null; // comments nested too deeply for its recursion
  }
  if (list === null) return null;
  const found: FoundAddress[] = [];
  for (const entry of list.flatMap((entry) => (entry.type === "group" ? entry.addresses : [entry]))) {
    if (entry.parts.local.tokens.includes('"')) return null; // it collapses blanks inside the quotes
    const address = composeAddress(
      // Without quotes, blanks can only stand around its dots, and mean nothing (RFC 5322 4.4, obs-local-part).
      decodeAddressOctets(entry.local.replace(/\s+/g, "")),
      decodeAddressOctets(entry.domain.trim()),
    );
    if (address === null) return null;
    found.push({ address, text: address, salvaged: false });
  }
  return found;
}

function readTolerant(value: string, decode: boolean): AddressReading {
  const found: FoundAddress[] = [];
  const unreadable: string[] = [];
  for (const piece of scanAddressList(value)) {
    const before = found.length;
    const save = (text: string): void => {
      const address = salvageAddrSpec(text);
      if (address === null) return;
      const written = decodeAddressOctets(text.trim());
      found.push({ address, text: written, salvaged: !isWellFormed(written, address) });
    };
    piece.angles.forEach(save);
    const words = joinWords(piece.words);
    if (found.length === before) words.filter((word) => word.includes("@")).forEach(save);
    const nobody = piece.angles.length > 0 && piece.angles.every((angle) => angle.trim() === "");
    if (found.length > before || (nobody && !words.some((word) => word.includes("@")))) continue;
    const text = [...words, ...piece.angles.map((angle) => `<${angle}>`)].join(" ").trim();
    // Some programs encode the whole entry, address included.
    const decoded = decode && text.includes("=?") ? decodeEncodedWords(text) : text;
    if (decoded !== text && decoded.includes("@")) {
      const inner = readTolerant(decoded, false);
      for (const address of inner.found) found.push(address);
      for (const other of inner.unreadable) unreadable.push(other);
    } else if (text !== "") {
      unreadable.push(decodeAddressOctets(text));
    }
  }
  return { found, unreadable };
}

function isWellFormed(written: string, address: string): boolean {
  const { local, domain } = splitAddress(written);
  return written === address || (!address.startsWith('"') && composeAddress(local, domain) === address);
}

/** Longer than any address: nothing is joined to it. */
const JOIN_LIMIT = 1_000;

/** Blanks and comments around the `@`, and around dots after it, do not part an address (RFC 5322 4.4). */
function joinWords(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const last = before !== undefined && before.length <= JOIN_LIMIT ? before : undefined;
    const atSign =
      last !== undefined && (last.endsWith("@") || (word.startsWith("@") && !last.includes("@")));
    const dot = last?.includes("@") && (last.endsWith(".") || word.startsWith(".")) && !word.includes("@");
    if (last !== undefined && (atSign || dot)) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

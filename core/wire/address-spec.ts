/**
 * One address, made safe for an SMTP command or refused.
 *
 * 1. What comes out has exactly one `@` outside quotes, no control character, blank or angle bracket outside
 *    quotes (and no angle bracket at all), and at most 320 octets: it cannot end or extend a command
 *    (RFC 5321 4.1.2, 4.5.3.1; longer local parts than 64 are everyday among bounce addresses).
 * 2. The domain is in ASCII form (RFC 5890), a name or an address literal, without a final dot.
 * 3. A local part is quoted only where it has to be (RFC 5321 4.1.2: prefer the unquoted form). Misplaced dots
 *    stay as they are: servers take `a..b@x` and refuse it quoted.
 */
import { domainToASCII } from "node:url";
import { splitAddress } from "../model/address.ts";
import { decodeAddressOctets } from "./octets.ts";

/** Octets of an address in UTF-8. */
export const ADDRESS_LIMIT = 320;
/** Text longer than this is no address; it is not even looked at. */
const TEXT_LIMIT = 1_000;

const LABELS =
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]$/i;
/** Controls, line and paragraph separators, direction overrides, half characters. */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd-\uffff]/;
/** RFC 5322 3.2.3 specials and blanks: only inside quotes. */
const NEEDS_QUOTES = /[\s()<>[\]:;@\\,"]/;

/** The domain in its ASCII form, or null where it is none. */
export function asciiDomain(text: string): string | null {
  let domain = text.endsWith(".") ? text.slice(0, -1) : text;
  if (domain.startsWith("[")) return LITERAL.test(domain) ? domain : null;
  if (/[^\x00-\x7f]/.test(domain)) domain = UNSAFE.test(domain) ? "" : domainToASCII(domain);
  return domain.length <= 253 && LABELS.test(domain) ? domain : null;
}

/** The address with its domain in ASCII form; as it is where that is none. */
export function asciiAddress(address: string): string {
  const { local, domain } = splitAddress(address);
  return domain === "" ? address : `${local}@${asciiDomain(domain) ?? domain}`;
}

/** Puts an address together from its meaning (no quotes, no escapes); null where it cannot be made safe. */
export function composeAddress(local: string, domain: string): string | null {
  const ascii = asciiDomain(domain);
  if (ascii === null || local === "" || UNSAFE.test(local) || !local.isWellFormed() || /[<>]/.test(local)) {
    return null;
  }
  const written = NEEDS_QUOTES.test(local) ? `"${local.replace(/["\\]/g, "\\$&")}"` : local;
  const address = `${written}@${ascii}`;
  return Buffer.byteLength(address) <= ADDRESS_LIMIT ? address : null;
}

/**
 * Whether text may go into `MAIL FROM:<...>` as it is, however odd (the setting "Allow incorrectly formatted
 * addresses"): it cannot leave its brackets or its line.
 */
export function isSafeInBrackets(text: string): boolean {
  return (
    text !== "" &&
    !UNSAFE.test(text) &&
    !/[<>]/.test(text) &&
    text.isWellFormed() &&
    Buffer.byteLength(text) <= ADDRESS_LIMIT
  );
}

/**
 * Makes an address out of what stood in the place of one (inside angle brackets, or a word with an `@`):
 * source routes, `mailto:`, comments, blanks, quotes around it, repeated or stray `@`, dots too many.
 */
export function salvageAddrSpec(found: string): string | null {
  if (found.length > TEXT_LIMIT) return null;
  let text = cleanText(decodeAddressOctets(found));
  if (text.startsWith("@")) text = text.slice(text.lastIndexOf(":") + 1);
  const split = splitLocal(text) ?? splitLocal(text.slice(1, -1));
  if (split === null) return null;
  const domain = salvageDomain(split.rest);
  return domain === null ? null : composeAddress(split.local, domain);
}

function cleanText(text: string): string {
  let clean = text.replace(/[\x00-\x08\x0a-\x1f\x7f]+/g, "").trim();
  if (/^mailto:/i.test(clean)) {
    clean = clean.slice("mailto:".length);
    const query = clean.indexOf("?");
    if (query >= 0) clean = clean.slice(0, query);
    try {
      clean = decodeURIComponent(clean);
    } catch {
      // A lone percent sign: it is part of the address.
    }
  }
  return clean;
}

/** The local part's meaning, and what stands after its `@`. */
function splitLocal(text: string): { readonly local: string; readonly rest: string } | null {
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*@/.exec(text);
  if (quoted !== null) {
    return { local: (quoted[1] ?? "").replace(/\\(.)/g, "$1"), rest: text.slice(quoted[0].length) };
  }
  const at = text.indexOf("@");
  if (at < 1) return null;
  let local = withoutComments(text.slice(0, at))
    .replaceAll('"', "")
    .replace(/\s+/g, " ")
    .replace(/ ?\. ?/g, ".")
    .trim();
  // 'bob@example.com' in single quotes: the other one goes with the domain's trimming.
  if (local.startsWith("'") && text.endsWith("'")) local = local.slice(1);
  return local === "" ? null : { local, rest: text.slice(at + 1) };
}

/** `invalid@.domain.com` -> `invalid.domain.com`; `domain.com@` -> `domain.com`; `a.com@b.com` -> `a.com`; `a@b.com` -> `b.com`. */
function salvageDomain(rest: string): string | null {
  const text = trimEnd(withoutComments(rest).replace(/\s+/g, ""), ">,;:'\"`)}!?@.");
  if (text.startsWith("[")) return text;
  const domains: string[] = [];
  for (const part of text.split("@").filter((part) => part !== "")) {
    const last = domains.at(-1);
    if (last !== undefined && (last.endsWith(".") || part.startsWith(".")))
      domains[domains.length - 1] = last + part;
    else domains.push(part);
  }
  const domain = domains.find((name) => name.includes(".")) ?? domains[0] ?? "";
  const dots = domain.replace(/\.{2,}/g, ".");
  const name = trimEnd(dots.startsWith(".") ? dots.slice(1) : dots, "]");
  return name === "" ? null : name;
}

function withoutComments(text: string): string {
  return text.includes("(") ? text.replace(/\([^()]*\)/g, "") : text;
}

function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/**
 * Text that was read octet by octet (latin1), turned into what it means. Header values are kept as latin1 so
 * that nothing is lost; whoever shows or sends one as text goes through here.
 */
import { isUtf8 } from "node:buffer";

/** Any character that latin1 cannot have come from: the text is Unicode already. */
const BEYOND_LATIN1 = /[^\x00-\xff]/;
const EIGHT_BIT = /[\x80-\xff]/;

/** For addresses: UTF-8 where it is valid (RFC 6532), else the octets as they are. */
export function decodeAddressOctets(latin1: string): string {
  if (!EIGHT_BIT.test(latin1) || BEYOND_LATIN1.test(latin1)) return latin1;
  const octets = Buffer.from(latin1, "latin1");
  return isUtf8(octets) ? octets.toString("utf8") : latin1;
}

/** For display: UTF-8 where it is valid, else windows-1252, which every octet string is. */
export function decodeDisplayOctets(latin1: string): string {
  if (!EIGHT_BIT.test(latin1) || BEYOND_LATIN1.test(latin1)) return latin1;
  return decodeWithFallback(Buffer.from(latin1, "latin1"));
}

/** UTF-8 where it is valid, else windows-1252. */
export function decodeWithFallback(octets: Buffer): string {
  return isUtf8(octets) ? octets.toString("utf8") : new TextDecoder("windows-1252").decode(octets);
}

/**
 * The envelope sender (PRODUCT section 4, Sender).
 *
 * 1. The topmost `Return-Path` (RFC 5321 4.4), and an empty one stays the null sender: it must not be answered.
 * 2. Without one, `Sender`, else `From`; an empty field counts as none.
 * 3. An odd address is salvaged; where nothing can be made of it, `MAILER-DAEMON@primary-domain`.
 * 4. "Allow incorrectly formatted addresses": handed over as written, unless it could leave its angle brackets
 *    or its line: safety beats the setting.
 */
import type { Settings } from "../model/settings.ts";
import { isSafeInBrackets } from "../wire/address-spec.ts";
import { readAddressList } from "../wire/addresses.ts";
import type { HeaderBlock } from "../wire/header-block.ts";
import { decodeAddressOctets } from "../wire/octets.ts";

export function resolveSender(
  header: HeaderBlock,
  settings: Pick<Settings, "domains" | "allowMalformed">,
): string {
  const path = header.get("Return-Path");
  if (path !== null && /^(?:<[ \t]*>)?$/.test(withoutComments(path.unfolded))) return "";
  const text =
    path?.unfolded ??
    [header.get("Sender"), header.get("From")].find((field) => field?.unfolded)?.unfolded ??
    "";
  const reading = readAddressList(text);
  const found = reading.found[0];
  if (found !== undefined && !found.salvaged) return found.address;
  if (settings.allowMalformed) {
    const written = found?.text ?? bracketed(reading.unreadable[0] ?? "");
    if (isSafeInBrackets(written)) return written;
  }
  return found?.address ?? `MAILER-DAEMON@${settings.domains.primary}`;
}

function withoutComments(text: string): string {
  return text.replace(/\([^()]*\)/g, "").trim();
}

function bracketed(text: string): string {
  return decodeAddressOctets(/<([^<>]*)>/.exec(text)?.[1] ?? text).trim();
}

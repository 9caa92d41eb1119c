/**
 * The classic text files as they are chosen or pasted, read before they are handed over: how many entries, which lines
 * will be refused. The gateway reads them again and has the last word. Pure.
 */
import { addressKey } from "../../../core/model/address.ts";
import type { AddressListName, AliasSource } from "../../../core/model/address-lists.ts";
import { addressSchema } from "../../../core/model/settings.ts";

export type LineFault = "no-equals" | "no-from" | "no-to" | "no-address" | "several";

export interface FaultyLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly fault: LineFault;
}

export interface ListPreview {
  readonly entries: number;
  /** Filled for a list of aliases. */
  readonly aliases: AliasSource;
  readonly faults: readonly FaultyLine[];
}

/** UTF-8, UTF-16 (with or without mark) or ANSI, as Windows editors save them. */
export function textOfListFile(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const as = (encoding: string): string => new TextDecoder(encoding).decode(bytes);
  if (first === 0xff && second === 0xfe) return as("utf-16le");
  if (first === 0xfe && second === 0xff) return as("utf-16be");
  if (bytes.length >= 2 && second === 0 && first !== 0) return as("utf-16le");
  if (bytes.length >= 2 && first === 0 && second !== 0) return as("utf-16be");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return as("windows-1252");
  }
}

export function previewList(list: AddressListName, text: string): ListPreview {
  const faults: FaultyLine[] = [];
  const users = new Set<string>();
  const aliases = new Map<string, { readonly from: string; to: readonly string[] }>();
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const content = raw.replace(/^\ufeff/, "").trim();
    if (content === "" || content.startsWith("#") || content.startsWith(";")) continue;
    const fault = list === "users" ? takeUser(content, users) : takeAlias(content, aliases);
    if (fault !== null) faults.push({ line: index + 1, text: content.slice(0, 100), fault });
  }
  return {
    entries: list === "users" ? users.size : aliases.size,
    aliases: Object.fromEntries(
      [...aliases.values()].map(({ from, to }) => [from, to.length === 0 ? "IGNORE" : to] as const),
    ),
    faults,
  };
}

function takeUser(content: string, users: Set<string>): LineFault | null {
  const addresses = addressesIn(content);
  if (addresses === null || addresses.length === 0) return "no-address";
  if (addresses.length > 1) return "several";
  users.add(addressKey(addresses[0] ?? ""));
  return null;
}

function takeAlias(
  content: string,
  aliases: Map<string, { readonly from: string; to: readonly string[] }>,
): LineFault | null {
  // A local part may hold one as well: `bounce+anna=example.com@lists.example = anna@example.com`.
  const equals = /^[^@]*@[^=]*=/.exec(content)?.[0].lastIndexOf("=") ?? content.indexOf("=");
  if (equals < 0) return "no-equals";
  const left = addressesIn(content.slice(0, equals));
  const from = left?.[0];
  if (from === undefined || left?.length !== 1) return "no-from";
  const target = content.slice(equals + 1).trim();
  if (target === "") return "no-to";
  const to = /^(?:ignore|nothing)$/i.test(target) ? [] : addressesIn(target);
  if (to === null) return "no-address";
  const before = aliases.get(addressKey(from));
  if (before === undefined) aliases.set(addressKey(from), { from, to });
  else before.to = [...new Set([...before.to, ...to])];
  return null;
}

/** With their names and brackets taken off; null: something in it is no address. */
function addressesIn(text: string): readonly string[] | null {
  const parts = text
    .split(/[,;](?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const addresses = parts.map((part) => /<([^<>]*)>\s*$/.exec(part)?.[1]?.trim() ?? part);
  return addresses.every((address) => addressSchema.safeParse(address).success) ? addresses : null;
}

/**
 * Who the headers say a message is for (PRODUCT section 4, Headers). The first step that yields an address of
 * our domains decides:
 *
 * 1. Envelope headers above the Nth `Received`: the first header *name* with such an address, all its trusted lines.
 * 2. `for` in the topmost N `Received` lines.
 * 3. To, Cc, Bcc, Resent-To, Resent-Cc, Resent-Bcc.
 *
 * Anything below the Nth `Received` can be forged by the sender (RFC 5321 7.1) and never decides steps 1 and 2.
 * The mailbox's own addresses (an ISP's `Delivered-To: catchall@...`) never decide there either.
 */
import { addressKey } from "../model/address.ts";
import type { TrailRule } from "../model/envelope.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { asciiAddress, isSafeInBrackets } from "../wire/address-spec.ts";
import { type FoundAddress, newStrictBudget, readAddressList, type StrictBudget } from "../wire/addresses.ts";
import type { HeaderBlock, HeaderField } from "../wire/header-block.ts";
import { receivedFor } from "../wire/received-header.ts";
import type { AliasTable } from "./aliases.ts";
import type { Candidate, Trail } from "./candidate.ts";
import type { OurDomains } from "./our-domains.ts";

/** In this order, after the user's custom headers. */
export const ENVELOPE_HEADERS = [
  "X-Original-To",
  "Envelope-To",
  "X-Envelope-To",
  "X-RCPT-TO",
  "X-Delivered-To",
  "Delivered-To",
] as const;

/** Which tick under Headers switches a header off. */
const ADDRESS_HEADERS = [
  ["To", "to"],
  ["Cc", "cc"],
  ["Bcc", "bcc"],
  ["Resent-To", "resent"],
  ["Resent-Cc", "resent"],
  ["Resent-Bcc", "resent"],
] as const;

export interface SearchContext {
  readonly account: Pick<
    AccountSettings,
    "trustedReceivedLines" | "mailboxAddresses" | "username" | "headers"
  >;
  readonly headers: Settings["headers"];
  readonly allowMalformed: boolean;
  readonly ours: OurDomains;
  readonly aliases: AliasTable;
}

/** The addresses of our domains (or of aliases) that the deciding step found; empty when no step found one. */
export function findRecipients(header: HeaderBlock, context: SearchContext, trail: Trail): Candidate[] {
  const { account } = context;
  // Providers differ: what an account says goes before what holds for all.
  const custom = account.headers.custom ?? context.headers.custom;
  const budget = newStrictBudget();
  /** What cannot count is read for the trail only, and takes nothing from what can. */
  const budgetOf = (refusal: TrailRule | null): StrictBudget =>
    refusal === null ? budget : { characters: 0 };
  const own = new Set([...account.mailboxAddresses, account.username].map(asciiAddress).map(addressKey));
  const received = header.all("Received");
  const boundary = trustBoundary(received, account.trustedReceivedLines);
  const ignored = new Set<string>(account.headers.ignore ?? context.headers.ignore);
  let decided: Candidate[] = [];

  /** Sorts the addresses of one header field; returns those that count. `refusal`: why none of them can. */
  const consider = (
    field: HeaderField,
    found: readonly FoundAddress[],
    rule: TrailRule,
    refusal: TrailRule | null,
  ): Candidate[] => {
    const kept: Candidate[] = [];
    const envelope = rule !== "address-header";
    for (const entry of found) {
      const address = recipientText(entry, context);
      const candidate: Candidate = {
        address,
        header: field.name,
        headerIndex: field.index,
        duplicatesChecked: !envelope,
      };
      const key = addressKey(address);
      if (refusal !== null) trail.add(candidate, "dropped", refusal);
      else if (envelope && own.has(key)) trail.add(candidate, "dropped", "mailbox-own-address");
      else if (!context.ours.has(address) && !context.aliases.has(key))
        trail.add(candidate, "dropped", "foreign-domain");
      else {
        trail.add(candidate, "kept", rule);
        kept.push(candidate);
      }
    }
    return kept;
  };

  const considerList = (field: HeaderField, rule: TrailRule, refusal: TrailRule | null): Candidate[] => {
    const reading = readAddressList(field.unfolded, budgetOf(refusal));
    for (const text of reading.unreadable) {
      const place = { header: field.name, headerIndex: field.index, duplicatesChecked: false };
      trail.add({ address: text.slice(0, 320), ...place }, "dropped", "unreadable-address");
    }
    return consider(field, reading.found, rule, refusal);
  };

  for (const name of envelopeHeaderNames(custom)) {
    const kept: Candidate[] = [];
    for (const field of header.all(name)) {
      const refusal =
        field.index >= boundary ? "untrusted-header" : decided.length > 0 ? "later-step-not-needed" : null;
      append(kept, considerList(field, "envelope-header", refusal));
    }
    if (kept.length > 0) decided = kept;
  }

  const viaFor: Candidate[] = [];
  for (const [place, field] of received.entries()) {
    const refusal =
      place >= account.trustedReceivedLines
        ? "untrusted-header"
        : ignored.has("received-for")
          ? "ignored-header"
          : decided.length > 0
            ? "later-step-not-needed"
            : null;
    const addresses = receivedFor(field.unfolded, budgetOf(refusal));
    append(viaFor, consider(field, addresses, "received-for", refusal));
  }
  if (viaFor.length > 0) decided = viaFor;

  const viaAddress: Candidate[] = [];
  for (const [name, tick] of ADDRESS_HEADERS) {
    for (const field of header.all(name)) {
      const refusal = ignored.has(tick)
        ? "ignored-header"
        : decided.length > 0
          ? "later-step-not-needed"
          : null;
      append(viaAddress, considerList(field, "address-header", refusal));
    }
  }
  return viaAddress.length > 0 ? viaAddress : decided;
}

/** Index of the Nth `Received` field: fields above it are the ISP's. With fewer than N the whole header counts. */
export function trustBoundary(received: readonly HeaderField[], lines: number): number {
  if (lines <= 0) return 0;
  return received[lines - 1]?.index ?? Number.POSITIVE_INFINITY;
}

/** By the custom ones: they change only with the settings. */
const namesOf = new WeakMap<readonly string[], readonly string[]>();

/** Custom ones first; each name once. `Received` is no address list: step 2 reads it. */
export function envelopeHeaderNames(custom: readonly string[]): readonly string[] {
  const known = namesOf.get(custom);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  for (const name of [...custom, ...ENVELOPE_HEADERS]) {
    const key = name.toLowerCase();
    if (key !== "received" && !names.has(key)) names.set(key, name);
  }
  const all = [...names.values()];
  namesOf.set(custom, all);
  return all;
}

/** "Allow incorrectly formatted addresses": as it was written, where that still is an address of ours. */
function recipientText(found: FoundAddress, context: SearchContext): string {
  const asWritten = context.allowMalformed && found.salvaged && isSafeInBrackets(found.text);
  return asWritten && context.ours.has(found.text) ? found.text : found.address;
}

function append(list: Candidate[], more: readonly Candidate[]): void {
  for (const candidate of more) list.push(candidate);
}

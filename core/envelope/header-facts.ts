/**
 * What the header finder keeps of one message: where its headers name addresses, and who wrote its `Received`
 * lines. Small and bounded, whatever the header is: hundreds of them are held at once.
 */
import { addressKey } from "../model/address.ts";
import { newStrictBudget, readAddressList, type StrictBudget } from "../wire/addresses.ts";
import { type HeaderField, parseHeaderBlock } from "../wire/header-block.ts";
import { parseReceivedHeader } from "../wire/received-header.ts";

export const RECEIVED_FOR = "Received (for)";

/** One header field with addresses in it. */
export interface Sighting {
  /** As spelt. */
  readonly header: string;
  readonly lowerName: string;
  /** Received lines above it; for a Received line: those above itself. */
  readonly receivedAbove: number;
  /** In the form of `addressKey`, each once. */
  readonly addresses: readonly string[];
}

/** A Received line: the organisations of the server that wrote it and of the one it had the message from. */
export interface Hop {
  readonly by: string;
  readonly from: string;
}

export interface HeaderFacts {
  readonly sightings: readonly Sighting[];
  readonly hops: readonly Hop[];
  /** The author's organisation. */
  readonly author: string;
}

const FIELDS = 400;
const HOPS = 50;
const ADDRESSES = 200;
const VALUE = 16_384;

/** Headers that hold the sender's, or something that only looks like an address. */
const NO_RECIPIENTS =
  /^(?:from|sender|reply-to|return-path|errors-to|resent-from|resent-sender|message-id|resent-message-id|in-reply-to|references|subject|date|comments|keywords|authentication-results|authentication-results-original|received-spf|dkim-.*|domainkey-.*|arc-.*|list-.*|content-.*|mime-version|disposition-notification-to|return-receipt-to|feedback-id|autocrypt|openpgp|x-google-.*|x-ms-exchange-.*|x-microsoft-.*|x-spam-.*|.*-(?:from|sender|author|id|signature|abuse|complaints-to))$/;

/** `header`: the bytes of one header block. Never throws. */
export function headerFacts(header: Buffer): HeaderFacts {
  const block = parseHeaderBlock(header);
  const budget = newStrictBudget();
  const sightings: Sighting[] = [];
  const hops: Hop[] = [];
  for (const field of block.fields.slice(0, FIELDS)) {
    const receivedAbove = hops.length;
    if (field.lowerName === "received") {
      if (hops.length >= HOPS) continue;
      const received = parseReceivedHeader(field.unfolded, budget);
      hops.push({ by: organisation(received.by), from: organisation(received.from) });
      const addresses = distinct(received.for.map(({ address }) => address));
      if (addresses.length > 0) {
        sightings.push({ header: RECEIVED_FOR, lowerName: "received", receivedAbove, addresses });
      }
    } else if (!NO_RECIPIENTS.test(field.lowerName)) {
      const addresses = addressesOf(field, budget);
      if (addresses.length > 0) {
        sightings.push({ header: field.name, lowerName: field.lowerName, receivedAbove, addresses });
      }
    }
  }
  const author = readAddressList((block.get("From")?.unfolded ?? "").slice(0, 1_000), budget).found[0];
  return {
    sightings,
    hops,
    author: organisation(
      author === undefined ? null : author.address.slice(author.address.lastIndexOf("@") + 1),
    ),
  };
}

function addressesOf(field: HeaderField, budget: StrictBudget): readonly string[] {
  if (!field.value.includes("@")) return [];
  return distinct(
    readAddressList(field.unfolded.slice(0, VALUE), budget).found.map(({ address }) => address),
  );
}

function distinct(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses.map(addressKey))].slice(0, ADDRESSES);
}

/** `mx3.mail.isp.co.uk` -> `isp.co.uk`; a name without a dot keeps its letters (`mx3` -> `mx#`); "" for none. */
export function organisation(host: string | null): string {
  if (host === null) return "";
  // Cut first: the pattern takes quadratic time, and whoever wrote the line chose its length.
  const name = host
    .slice(0, 255)
    .toLowerCase()
    .replace(/^[[(]+|[\])>,;.]+$/g, "");
  if (/^[\d.]+$|:/.test(name)) return name;
  const labels = name.split(".");
  const [top = "", second = ""] = labels.toReversed();
  const country = top.length === 2 && /^(?:com?|org?|net|ac|gov|edu|ne|gob|or|nom|asso)$/.test(second);
  const kept = labels.slice(country ? -3 : -2).join(".");
  return labels.length > 1 ? kept : kept.replace(/\d+/g, "#");
}

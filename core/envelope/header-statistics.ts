/**
 * "Find the right header": the headers of some messages in, a table and an advice out (PRODUCT section 4). Pure;
 * nothing throws, and what is held of a message is small (header-facts.ts).
 *
 * 1. Only the provider's part of a header is believed: above the Nth `Received` line, N learnt where it can be.
 * 2. An address that stands in nearly every message, while To and Cc are for others, is the mailbox's own: it is
 *    proposed for `mailboxAddresses` and counts for nothing.
 * 3. What the sender wrote (To, Cc) is advised only where no header of the provider's tells more.
 */
import { addressKey } from "../model/address.ts";
import type { HeaderReport, HeaderRow, ProposedAddress } from "../model/header-report.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { adoptionOf, recommend } from "./header-advice.ts";
import { type HeaderFacts, headerFacts, RECEIVED_FOR, type Sighting } from "./header-facts.ts";
import { envelopeHeaderNames } from "./header-recipients.ts";
import { type OurDomains, ourDomains } from "./our-domains.ts";
import { FEW, learnTrustedLines } from "./trusted-lines.ts";

export interface StatisticsContext {
  readonly account: Pick<
    AccountSettings,
    "id" | "host" | "username" | "trustedReceivedLines" | "mailboxAddresses" | "headers"
  >;
  readonly settings: Pick<Settings, "domains" | "headers">;
}

export interface HeaderStatistics {
  /** The bytes of one header block. */
  add(header: Buffer): void;
  report(fetched: Pick<HeaderReport, "listed" | "refused" | "problem">): HeaderReport;
}

const ADDRESS_HEADERS = new Set(["to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"]);
const ROWS = 40;
const EXAMPLES = 5;
const NEARLY_ALL = 0.9;

type Kind = HeaderRow["kind"];

export function headerStatistics(context: StatisticsContext): HeaderStatistics {
  const messages: HeaderFacts[] = [];
  return {
    add: (header) => void messages.push(headerFacts(header)),
    report: (fetched) => ({ accountId: context.account.id, ...fetched, ...summarise(messages, context) }),
  };
}

function summarise(
  messages: readonly HeaderFacts[],
  context: StatisticsContext,
): Omit<HeaderReport, "accountId" | "listed" | "refused" | "problem"> {
  const { account, settings } = context;
  const ours = ourDomains(settings.domains);
  const custom = account.headers.custom ?? settings.headers.custom;
  const kindOf = kindsOf(custom);
  const learnt = learnTrustedLines(messages, account.host);
  const trust = learnt.lines ?? account.trustedReceivedLines;

  const proposed = proposeAddresses(messages, trust, kindOf, ours, account);
  const own = new Set([
    ...account.mailboxAddresses.map(addressKey),
    ...(account.username.includes("@") ? [addressKey(account.username)] : []),
    ...proposed.map(({ address }) => address),
  ]);
  const isVisible = ({ lowerName, addresses }: Sighting): boolean =>
    kindOf(lowerName) === "address" && addresses.some((address) => ours.has(address));
  const rows = tabulate(messages, { trust, kindOf, ours, own });
  const current = account.trustedReceivedLines;
  const trustedReceivedLines = {
    value: learnt.lines,
    current,
    reason:
      learnt.lines === null
        ? `How many Received lines your provider adds could not be learnt: ${learnt.why}. The setting stays at ${current}.`
        : `Your provider${named(learnt.organisations)} writes the topmost ${lines(learnt.lines)} of nearly every message; what stands below can be forged by the sender.`,
  };
  const recommendation = recommend({
    rows,
    messages: messages.length,
    visible: messages.filter(({ sightings }) => sightings.some(isVisible)).length,
  });
  return {
    messages: messages.length,
    rows: rows.slice(0, ROWS),
    trustedReceivedLines,
    mailboxAddresses: proposed,
    recommendation,
    adopt: adoptionOf({ recommendation, rows, custom, learnt: learnt.lines, current, proposed, account }),
  };
}

function named(organisations: readonly string[]): string {
  return organisations.length === 0 ? "" : ` (${organisations.join(", ")})`;
}

function lines(count: number): string {
  return count === 1 ? "Received line" : `${count} Received lines`;
}

function kindsOf(custom: readonly string[]): (lowerName: string) => Kind {
  const customNames = new Set(custom.map((name) => name.toLowerCase()));
  const envelope = new Set(envelopeHeaderNames([]).map((name) => name.toLowerCase()));
  return (name) => {
    if (name === "received") return "received-for";
    if (customNames.has(name)) return "custom";
    if (envelope.has(name)) return "envelope";
    return ADDRESS_HEADERS.has(name) ? "address" : "other";
  };
}

// --- the mailbox's own addresses ---------------------------------------------------------------------------------

/** Rule 2. Not the addresses that the settings have already. */
function proposeAddresses(
  messages: readonly HeaderFacts[],
  trust: number,
  kindOf: (lowerName: string) => Kind,
  ours: OurDomains,
  account: StatisticsContext["account"],
): readonly ProposedAddress[] {
  const known = new Set([...account.mailboxAddresses, account.username].map(addressKey));
  const where = new Map<string, { header: string; count: number; visible: number }>();
  let otherwise = 0;
  const visibleOnes: ReadonlySet<string>[] = [];
  for (const { sightings } of messages) {
    const visible = new Set<string>();
    const hidden = new Map<string, string>();
    for (const sighting of sightings) {
      const kind = kindOf(sighting.lowerName);
      for (const address of sighting.addresses) {
        if (kind === "address") visible.add(address);
        else if (sighting.receivedAbove < trust && kind !== "other") hidden.set(address, sighting.header);
      }
    }
    visibleOnes.push(visible);
    for (const [address, header] of hidden) {
      const entry = where.get(address) ?? { header, count: 0, visible: 0 };
      entry.count += 1;
      if (visible.has(address)) entry.visible += 1;
      where.set(address, entry);
    }
    if ([...visible].some((address) => ours.has(address))) otherwise += 1;
  }
  const proposed: ProposedAddress[] = [];
  for (const [address, { header, count, visible }] of where) {
    if (known.has(address) || messages.length < FEW || count < messages.length * NEARLY_ALL) continue;
    // Where To and Cc mostly name it too, it is a person's address: this mailbox gets little else.
    const forOthers = visibleOnes.filter(
      (seen) => !seen.has(address) && [...seen].some((other) => ours.has(other)),
    ).length;
    const mailbox = ours.has(address)
      ? forOthers >= Math.max(2, otherwise * 0.3) && visible < count * 0.5
      : sameMailbox(address, account.username);
    if (!mailbox) continue;
    const reason = ours.has(address)
      ? `It stands in ${header} of ${count} of ${messages.length} messages, though ${forOthers} of them are addressed to others of your domains: it is the mailbox's own address.`
      : `It stands in ${header} of ${count} of ${messages.length} messages and is the user name at the provider: it is the mailbox's own address.`;
    proposed.push({ address, reason });
  }
  return proposed;
}

function sameMailbox(address: string, username: string): boolean {
  return address.split("@")[0] === username.toLowerCase().split("@")[0];
}

// --- the table -----------------------------------------------------------------------------------------------------

interface Tally {
  header: Map<string, number>;
  readonly kind: Kind;
  present: number;
  ours: number;
  trusted: number;
  own: number;
  readonly addresses: Map<string, number>;
  readonly above: Map<number, number>;
}

interface TableContext {
  readonly trust: number;
  readonly kindOf: (lowerName: string) => Kind;
  readonly ours: OurDomains;
  readonly own: ReadonlySet<string>;
}

function tabulate(messages: readonly HeaderFacts[], context: TableContext): readonly HeaderRow[] {
  const tallies = new Map<string, Tally>();
  for (const { sightings } of messages) {
    const byName = Map.groupBy(sightings, ({ lowerName }) => lowerName);
    for (const [name, same] of byName) {
      let tally = tallies.get(name);
      if (tally === undefined) {
        tally = {
          header: new Map(),
          kind: context.kindOf(name),
          present: 0,
          ours: 0,
          trusted: 0,
          own: 0,
          addresses: new Map(),
          above: new Map(),
        };
        tallies.set(name, tally);
      }
      count(tally, same, context);
    }
  }
  return [...tallies.values()]
    .filter((tally) => tally.ours > 0 || tally.own > 0)
    .map(toRow)
    .sort((a, b) => b.trusted - a.trusted || b.ours - a.ours || a.header.localeCompare(b.header, "en"));
}

/** One message's fields of one name. */
function count(tally: Tally, sightings: readonly Sighting[], { trust, ours, own }: TableContext): void {
  tally.present += 1;
  const found = new Set<string>();
  let trusted = false;
  let isOwn = false;
  for (const { header, receivedAbove, addresses } of sightings) {
    add(tally.header, header);
    const mailbox = tally.kind === "address" ? [] : addresses.filter((address) => own.has(address));
    const counting = addresses.filter((address) => ours.has(address) && !mailbox.includes(address));
    if (mailbox.length > 0) isOwn = true;
    if (counting.length === 0) continue;
    if (tally.kind === "address" || receivedAbove < trust) trusted = true;
    for (const address of counting) found.add(address);
    add(tally.above, receivedAbove);
  }
  if (isOwn) tally.own += 1;
  if (trusted) tally.trusted += 1;
  if (found.size > 0) tally.ours += 1;
  for (const address of found) add(tally.addresses, address);
}

function toRow(tally: Tally): HeaderRow {
  const { kind, present, ours, trusted, own } = tally;
  return {
    header: kind === "received-for" ? RECEIVED_FOR : (mostFrequent(tally.header)[0]?.[0] ?? ""),
    kind,
    present,
    ours,
    trusted,
    own,
    distinct: tally.addresses.size,
    examples: mostFrequent(tally.addresses)
      .slice(0, EXAMPLES)
      .map(([address]) => address),
    receivedAbove: mostFrequent(tally.above)
      .slice(0, EXAMPLES)
      .map(([above, messages]) => ({ lines: above, messages })),
  };
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostFrequent<Key>(counts: ReadonlyMap<Key, number>): (readonly [Key, number])[] {
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/**
 * How many `Received` lines the provider adds on top (PRODUCT section 4, the account's N). Pure.
 *
 * 1. A line is the provider's as long as the same organisation wrote it in nearly every message, while the
 *    authors differ.
 * 2. Below the first line that the provider took from changing servers there is none of its own any more.
 * 3. Another organisation's line (a spam filter in front) counts only where every single message came through
 *    it: that most correspondents have the same provider must not make that one ours.
 * 4. N is what nearly every message reaches: a smaller N than possible hides a header, a larger one would trust
 *    what the sender wrote.
 */
import { type HeaderFacts, type Hop, organisation } from "./header-facts.ts";

/** Of the messages. */
const NEARLY_ALL = 0.9;
const EXCEPTIONS = 0.05;
/** Fewer messages, or fewer authors, say nothing. */
export const FEW = 5;
const FEW_AUTHORS = 3;
const MOST_LINES = 20;

export interface TrustedLines {
  readonly lines: number | null;
  /** Whose lines they are, in the order from the top. */
  readonly organisations: readonly string[];
  /** Goes on after "could not be learnt: ". */
  readonly why: string;
}

/** `host`: the POP3 server's name. */
export function learnTrustedLines(messages: readonly HeaderFacts[], host: string): TrustedLines {
  const unknown = (why: string): TrustedLines => ({ lines: null, organisations: [], why });
  const chains = messages.map(({ hops }) => hops).filter((hops) => hops.length > 0);
  if (chains.length < FEW) return unknown(`only ${chains.length} messages with Received lines were there`);
  const authors = new Set(messages.map(({ author }) => author).filter((author) => author !== ""));
  const manyAuthors = authors.size >= FEW_AUTHORS;

  const writers: string[] = [];
  let cameFrom = 1;
  for (let place = 0; place < MOST_LINES; place += 1) {
    const long = chains.filter((hops) => hops.length > place);
    if (long.length < Math.max(FEW, chains.length * NEARLY_ALL)) break;
    const by = dominant(long, (hops) => hops[place]?.by ?? "");
    if (by.share < NEARLY_ALL) break;
    // With one correspondent only, everything is constant: what is not the provider's by name does not count.
    const known = writers.includes(by.value) || by.value === organisation(host);
    const throughAll = manyAuthors && by.share === 1 && cameFrom === 1 && long.length === chains.length;
    if (place > 0 && !known && !throughAll) break;
    writers.push(by.value);
    cameFrom = dominant(long, (hops) => hops[place]?.from ?? "").share;
    if (cameFrom < NEARLY_ALL) break;
  }
  if (writers.length === 0) return unknown("their topmost Received lines were written by different servers");
  const named = new Set([...writers, organisation(host)].filter((name) => name !== ""));
  const reached = chains.map((hops) => leading(hops, writers, named)).sort((a, b) => a - b);
  const lines = reached[Math.floor(reached.length * EXCEPTIONS)] ?? 0;
  if (lines === 0) return unknown("some of them came in another way than the others");
  return {
    lines,
    organisations: [...new Set(writers.slice(0, lines))].filter((name) => name !== ""),
    why: "",
  };
}

/** How many of a message's topmost lines the provider wrote. */
function leading(hops: readonly Hop[], writers: readonly string[], named: ReadonlySet<string>): number {
  let lines = 0;
  while (lines < writers.length) {
    const by = hops[lines]?.by;
    if (by === undefined || (by !== writers[lines] && !named.has(by))) break;
    lines += 1;
  }
  return lines;
}

function dominant(
  chains: readonly (readonly Hop[])[],
  of: (hops: readonly Hop[]) => string,
): { readonly value: string; readonly share: number } {
  const counts = new Map<string, number>();
  for (const hops of chains) counts.set(of(hops), (counts.get(of(hops)) ?? 0) + 1);
  let value = "";
  let most = 0;
  for (const [name, count] of counts) {
    if (count > most) [value, most] = [name, count];
  }
  return { value, share: most / chains.length };
}

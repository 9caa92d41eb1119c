/**
 * Blocks a message whose sender, recipient or subject is in a list (PRODUCT section 7), to Junk or discarded.
 * The sender is the envelope's or one in `From`; a recipient is one that the message was found to be for, before
 * or after aliases and VdA. One match is enough: a verdict is about the whole message.
 */
import type { Resolution } from "../model/envelope.ts";
import type { Verdict } from "../model/message.ts";
import type { Settings } from "../model/settings.ts";
import { parseAddressList } from "../wire/addresses.ts";
import { decodeEncodedWords } from "../wire/encoded-words.ts";
import type { HeaderBlock } from "../wire/header-block.ts";
import { addressPatterns, type PatternList, textPatterns } from "./text-pattern.ts";

type Blocked = Settings["control"]["blocked"];

/** Longer subjects are looked at as far as this. */
const SUBJECT_LIMIT = 4_000;

export function checkBlockList(
  header: HeaderBlock,
  resolution: Resolution,
  blocked: Blocked,
): Verdict | null {
  const lists = compile(blocked);
  const block = (what: string, pattern: string): Verdict => ({
    kind: blocked.action,
    reason: "blocked",
    detail: `The ${what} matches "${pattern}" in the list of blocked ${what}s.`,
  });

  if (blocked.senders.length > 0) {
    const fromFields = header.all("From").flatMap((field) => parseAddressList(field.unfolded));
    const senders = [resolution.sender, ...fromFields.map((found) => found.address)];
    const pattern = findFirst(senders, lists.senders);
    if (pattern !== null) return block("sender", pattern);
  }
  if (blocked.recipients.length > 0) {
    const pattern = findFirst(recipientsOf(resolution), lists.recipients);
    if (pattern !== null) return block("recipient", pattern);
  }
  if (blocked.subjects.length > 0) {
    const subject = decodeEncodedWords(header.get("Subject")?.unfolded ?? "", SUBJECT_LIMIT);
    const pattern = lists.subjects.find(subject.replace(/\s+/g, " "));
    if (pattern !== null) return block("subject", pattern);
  }
  return null;
}

function recipientsOf(resolution: Resolution): string[] {
  const addressed = resolution.recipients.filter((recipient) => recipient.role === "addressed");
  const found = resolution.trail.filter(
    (step) => step.verdict === "mapped" || (step.verdict === "kept" && step.header !== null),
  );
  return [...found, ...addressed].map(({ address }) => address);
}

function findFirst(addresses: readonly string[], list: PatternList): string | null {
  for (const address of addresses) {
    const pattern = address === "" ? null : list.find(address);
    if (pattern !== null) return pattern;
  }
  return null;
}

interface Lists {
  readonly senders: PatternList;
  readonly recipients: PatternList;
  readonly subjects: PatternList;
}

/** The lists can have thousands of entries and change only with the settings. */
const compiled = new WeakMap<Blocked, Lists>();

function compile(blocked: Blocked): Lists {
  const known = compiled.get(blocked);
  if (known !== undefined) return known;
  const lists = {
    senders: addressPatterns(blocked.senders),
    recipients: addressPatterns(blocked.recipients),
    subjects: textPatterns(blocked.subjects),
  };
  compiled.set(blocked, lists);
  return lists;
}

/**
 * `Received:` lines (RFC 5321 4.4), as Postfix, Exim, sendmail, qmail, Exchange, Dovecot and others write them.
 *
 * 1. Comments carry no clauses: an Exim `(envelope-from <a@b>)` names no recipient.
 * 2. The sender chooses the HELO name after `from`. `for` therefore counts only after the last `by`, which
 *    the receiving server wrote; in a line without `from` anywhere.
 * 3. The date stands after the last `;`. Nothing throws, and time is linear.
 */
import { closingParenthesis, closingQuote } from "./address-scan.ts";
import { type FoundAddress, parseAddressList, type StrictBudget } from "./addresses.ts";
import { parseMailDate } from "./date-time.ts";

export interface ReceivedHeader {
  /** The name the client gave. */
  readonly from: string | null;
  readonly by: string | null;
  readonly with: string | null;
  readonly id: string | null;
  /** Every address of every `for` clause. */
  readonly for: readonly FoundAddress[];
  /** ms since 1970 */
  readonly date: number | null;
}

/** Longer lines are cut: no server writes them. */
const LIMIT = 8_192;
const CLAUSES = new Set(["from", "by", "via", "with", "id", "for"]);

export function parseReceivedHeader(value: string, budget?: StrictBudget): ReceivedHeader {
  const tokens = tokenize(value.slice(0, LIMIT));
  const semicolon = tokens.lastIndexOf(";");
  const { first, recipients } = readClauses(tokens, semicolon, budget);
  return {
    from: first["from"] ?? null,
    by: first["by"] ?? null,
    with: first["with"] ?? null,
    id: first["id"] ?? null,
    for: recipients,
    date: semicolon < 0 ? null : parseMailDate(tokens.slice(semicolon + 1).join(" ")),
  };
}

/** `ReceivedHeader.for` alone. */
export function receivedFor(value: string, budget?: StrictBudget): readonly FoundAddress[] {
  const text = value.slice(0, LIMIT);
  if (!/for/i.test(text)) return [];
  const tokens = tokenize(text);
  return readClauses(tokens, tokens.lastIndexOf(";"), budget).recipients;
}

/** `semicolon`: the index of the last one, where the clauses end. */
function readClauses(
  tokens: readonly string[],
  semicolon: number,
  budget: StrictBudget | undefined,
): {
  /** The first of each kind, but of `by` the last. */
  readonly first: Readonly<Partial<Record<string, string>>>;
  readonly recipients: readonly FoundAddress[];
} {
  const clauses = semicolon < 0 ? tokens : tokens.slice(0, semicolon);
  const names = clauses.map((token) => token.toLowerCase());
  const lastBy = findLastBy(names);
  const first: Partial<Record<string, string>> = {};
  const recipients: FoundAddress[] = [];

  let at = 0;
  while (at < clauses.length) {
    const clause = names[at] ?? "";
    if (!CLAUSES.has(clause)) {
      at += 1;
      continue;
    }
    // The word after a clause's name is its value, even when it looks like another name: `from for by ...`.
    let end = Math.min(at + 2, clauses.length);
    while (end < clauses.length && !CLAUSES.has(names[end] ?? "")) end += 1;
    const text = clauses.slice(at + 1, end).join(" ");
    if (clause === "for") {
      if (at > lastBy) recipients.push(...parseAddressList(text, budget));
    } else if (clause === "by" ? at === lastBy : first[clause] === undefined) {
      first[clause] = clause === "with" ? text : (clauses[at + 1] ?? "");
    }
    at = end;
  }
  return { first, recipients };
}

/** Index of the last `by`; where a `from` has none after it nothing counts (Infinity), without `from` all does (-1). */
function findLastBy(names: readonly string[]): number {
  const by = names.lastIndexOf("by");
  const from = names.indexOf("from");
  if (from < 0) return by;
  return by > from ? by : Number.POSITIVE_INFINITY;
}

/** Words, bracketed addresses and `;`, without comments. */
function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let wordFrom = -1;
  const endWord = (): void => {
    if (wordFrom >= 0) tokens.push(text.slice(wordFrom, at));
    wordFrom = -1;
  };
  let comments = true;
  let quotes = true;
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    const close =
      character === "(" && comments
        ? closingParenthesis(text, at)
        : character === '"' && quotes
          ? closingQuote(text, at)
          : character === "<"
            ? text.indexOf(">", at)
            : at;
    if (
      character === "(" ||
      character === " " ||
      character === "\t" ||
      character === "\r" ||
      character === "\n"
    ) {
      endWord();
      if (close < 0) comments = false;
      at = Math.max(close, at) + 1;
    } else if (character === ";") {
      endWord();
      tokens.push(";");
      at += 1;
    } else {
      if (character === '"' && close < 0) quotes = false;
      if (wordFrom < 0) wordFrom = at;
      at = Math.max(close, at) + 1;
    }
  }
  endWord();
  return tokens;
}

/**
 * `efsalias.txt`: `from = to`, one a line; `#` and `;` begin comments.
 *
 * 1. `to` is an address, several with commas between them, or IGNORE or NOTHING: deliver to nobody.
 * 2. The same address on several lines: everybody named there. IGNORE beside an address is a mistake, and loses
 *    against the address.
 * 3. A line that is no alias, or only in part, is skipped whole, and told.
 */
import { addressKey } from "../model/address.ts";
import type { AliasSource, ListLineProblem } from "../model/address-lists.ts";
import { isSafeInBrackets } from "./address-spec.ts";
import { newFileBudget, readAddressList, type StrictBudget } from "./addresses.ts";
import { contentLines, lineBeginning, quotedLine } from "./text-file.ts";

export interface AliasFile {
  readonly aliases: AliasSource;
  readonly problems: readonly ListLineProblem[];
  /** From `addressKey` of an alias to the line it stands on first. */
  readonly lines: ReadonlyMap<string, number>;
}

/** "Deliver to nobody", however it is written. */
export function isNobody(target: string): boolean {
  return /^(?:ignore|nothing)$/i.test(target.trim());
}

export function parseAliasFile(text: string): AliasFile {
  const found = new Map<string, { readonly from: string; to: readonly string[] }>();
  const lines = new Map<string, number>();
  const problems: ListLineProblem[] = [];
  const budget = newFileBudget();
  for (const { line, text: content } of contentLines(text)) {
    const read = readLine(content, budget);
    const tell = (message: string): void => void problems.push({ line, text: quotedLine(content), message });
    if (typeof read === "string") {
      tell(read);
      continue;
    }
    const key = addressKey(read.from);
    const before = found.get(key);
    if (before === undefined) {
      found.set(key, read);
      lines.set(key, line);
    } else if (before.to.length === 0 && read.to.length === 0) {
      // Said twice.
    } else if (before.to.length === 0 || read.to.length === 0) {
      tell(`contradicts line ${lines.get(key)}: IGNORE and an address; the address counts`);
      if (before.to.length === 0) before.to = read.to;
    } else {
      before.to = [...new Set([...before.to, ...read.to])];
    }
  }
  const aliases = Object.fromEntries(
    [...found.values()].map(({ from, to }) => [from, to.length === 0 ? "IGNORE" : to] as const),
  );
  return { aliases, problems, lines };
}

/** The alias of a line, `to` empty for nobody; or what is wrong with it. */
function readLine(
  content: string,
  budget: StrictBudget,
): { readonly from: string; readonly to: readonly string[] } | string {
  // A local part may hold one as well: `bounce+anna=example.com@lists.example = anna@example.com`.
  const equals = /^[^@]*@[^=]*=/.exec(content)?.[0].lastIndexOf("=") ?? content.indexOf("=");
  if (equals < 0) return 'has no "="; write it as: name@example.com = other@example.com';
  const left = readAddressList(content.slice(0, equals), budget);
  const from = left.found[0]?.address;
  const sole = left.found.length === 1 && left.unreadable.length === 0;
  if (!sole || from === undefined || !isSafeInBrackets(from)) return 'has no single address before the "="';
  const target = content.slice(equals + 1).trim();
  if (target === "") return 'has nothing after the "="; to deliver to nobody write IGNORE';
  if (isNobody(target)) return { from, to: [] };
  const right = readAddressList(target, budget);
  const [odd] = right.unreadable;
  if (odd !== undefined) return `has something after the "=" that is no address: ${quotedLine(odd)}`;
  if (right.found.length === 0) return 'has no address after the "="';
  return { from, to: right.found.map(({ address }) => address) };
}

/** The classic form of a table, sorted. */
export function formatAliasFile(aliases: AliasSource): string {
  const lines = Object.entries(aliases)
    .map(
      ([from, to]) =>
        `${lineBeginning(from)} = ${typeof to === "string" ? to : to.length === 0 ? "IGNORE" : to.join(", ")}`,
    )
    .sort();
  return lines.map((line) => `${line}\r\n`).join("");
}

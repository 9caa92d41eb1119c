/** `efsusers.txt`: one address a line; `#` and `;` begin comments. */
import { addressKey } from "../model/address.ts";
import type { ListLineProblem } from "../model/address-lists.ts";
import { newFileBudget, readAddressList } from "./addresses.ts";
import { contentLines, lineBeginning, quotedLine } from "./text-file.ts";

export interface UsersFile {
  /** In the form of `addressKey`. */
  readonly users: ReadonlySet<string>;
  readonly problems: readonly ListLineProblem[];
}

/** A line that is no single address is skipped whole, and told. */
export function parseUsersFile(text: string): UsersFile {
  const users = new Set<string>();
  const problems: ListLineProblem[] = [];
  const budget = newFileBudget();
  for (const { line, text: content } of contentLines(text)) {
    const { found, unreadable } = readAddressList(content, budget);
    const [first] = found;
    if (first !== undefined && found.length === 1 && unreadable.length === 0)
      users.add(addressKey(first.address));
    else {
      const message =
        found.length > 1
          ? "holds several addresses; write one a line"
          : "is not an address, like name@example.com";
      problems.push({ line, text: quotedLine(content), message });
    }
  }
  return { users, problems };
}

/** The classic form of a list, sorted. */
export function formatUsersFile(users: Iterable<string>): string {
  return [...users]
    .sort()
    .map((user) => `${lineBeginning(user)}\r\n`)
    .join("");
}

/** The two classic text files of the data folder, `efsalias.txt` and `efsusers.txt` (PRODUCT section 4). */
import type { Problem } from "./problem.ts";

export type AddressListName = "aliases" | "users";

/** As in settings.aliases: from -> one or more addresses, or IGNORE / NOTHING. */
export type AliasSource = Readonly<Record<string, string | readonly string[]>>;

/** A line that was skipped, or that needs a look. */
export interface ListLineProblem {
  /** From 1. */
  readonly line: number;
  /** As it stands there, cut. */
  readonly text: string;
  /** Goes on after the line's number: `is not an address`. */
  readonly message: string;
}

export interface AddressListStatus {
  readonly list: AddressListName;
  readonly path: string;
  /**
   * `file`: as it is there. `last-good`: the file cannot be believed or read, the list before it goes on.
   * `none`: there is no list; for users that means that everybody is known.
   */
  readonly inForce: "file" | "last-good" | "none";
  /** How many addresses the list in force has. */
  readonly entries: number;
  /** Of the file as it is now; the first hundred of them. */
  readonly lineProblems: readonly ListLineProblem[];
  readonly lineProblemCount: number;
  /** Why the file is not in force; null: it is, or there is none. */
  readonly problem: Problem | null;
}

/** Both lists as the resolver takes them. */
export interface AddressListsInForce {
  readonly aliases: AliasSource;
  /** In the form of `addressKey`; null: there is no list. */
  readonly users: ReadonlySet<string> | null;
}

export function formatLineProblem({ line, text, message }: ListLineProblem): string {
  return `line ${line} ("${text}") ${message}`;
}

/**
 * The aliases of the settings as rows that are typed in, and back. Pure.
 *
 * 1. A row may be wrong while it is edited: it keeps what was typed, and says what is wrong with it.
 * 2. Nothing is saved half: a wrong row becomes an entry that the settings' schema refuses as well.
 * 3. A row that was never filled in is none.
 */
import { addressKey } from "../../../core/model/address.ts";
import type { AliasSource } from "../../../core/model/address-lists.ts";
import { findAliasLoops } from "../../../core/model/alias-loops.ts";
import { addressSchema, type Settings } from "../../../core/model/settings.ts";

export interface AliasRow {
  readonly id: number;
  readonly from: string;
  /** As typed: addresses with commas between them, or IGNORE. */
  readonly to: string;
}

export type AliasRowProblem =
  | { readonly kind: "from-empty" | "to-empty" }
  | { readonly kind: "from-invalid" | "to-invalid"; readonly text: string }
  /** IGNORE beside an address. */
  | { readonly kind: "ignore-mixed" }
  | { readonly kind: "twice"; readonly address: string }
  | { readonly kind: "loop"; readonly way: readonly string[] };

export type Aliases = Settings["aliases"];

const NOBODY = /^(?:ignore|nothing)$/i;

/** Sorted by what they are for, numbered from `firstId`. */
export function rowsOfAliases(aliases: AliasSource, firstId = 1): readonly AliasRow[] {
  return Object.entries(aliases)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([from, to], index) => ({
      id: firstId + index,
      from,
      to: typeof to === "string" ? to : to.join(", "),
    }));
}

/** The words of a row's right side. */
export function targetsOf(to: string): readonly string[] {
  return [...new Set(to.split(/[\s,;]+/).filter((word) => word !== ""))];
}

export function delivers(row: AliasRow): boolean {
  return !NOBODY.test(row.to.trim());
}

/** As the form holds them; see rules 2 and 3. */
export function aliasesOfRows(rows: readonly AliasRow[]): Aliases {
  const used = new Set<string>();
  const entries = rows.filter(isFilled).map((row) => {
    let key = row.from.trim();
    // A blank in it: no address, so the schema refuses it.
    for (let count = 2; used.has(addressKey(key)); count += 1) key = `${row.from.trim()} (${count})`;
    used.add(addressKey(key));
    const targets = targetsOf(row.to);
    const [only] = targets;
    if (targets.length !== 1 || only === undefined) return [key, [...targets]] as const;
    return [key, NOBODY.test(only) ? only.toUpperCase() : only] as const;
  });
  return Object.fromEntries(entries) as Aliases;
}

/** By the row's id; rows that are right are not in it. */
export function aliasRowProblems(rows: readonly AliasRow[]): ReadonlyMap<number, AliasRowProblem> {
  const problems = new Map<number, AliasRowProblem>();
  const firsts = new Map<string, AliasRow>();
  for (const row of rows) {
    if (!isFilled(row)) continue;
    const wrong = ownProblem(row);
    const key = addressKey(row.from.trim());
    if (wrong !== null) problems.set(row.id, wrong);
    else if (firsts.has(key)) problems.set(row.id, { kind: "twice", address: row.from.trim() });
    if (!firsts.has(key)) firsts.set(key, row);
  }
  const right = rows.filter((row) => isFilled(row) && !problems.has(row.id));
  for (const way of findAliasLoops(
    Object.fromEntries(right.map(({ from, to }) => [from.trim(), targetsOf(to)])),
  )) {
    const row = firsts.get(addressKey(way[0] ?? ""));
    if (row !== undefined) problems.set(row.id, { kind: "loop", way });
  }
  return problems;
}

/** Rows are values: a row that did not change is not judged again. */
const judged = new WeakMap<AliasRow, { readonly problem: AliasRowProblem | null }>();

function ownProblem(row: AliasRow): AliasRowProblem | null {
  const known = judged.get(row);
  if (known !== undefined) return known.problem;
  const problem = judge(row);
  judged.set(row, { problem });
  return problem;
}

function judge({ from, to }: AliasRow): AliasRowProblem | null {
  if (from.trim() === "") return { kind: "from-empty" };
  if (!isAddress(from)) return { kind: "from-invalid", text: from.trim() };
  const targets = targetsOf(to);
  if (targets.length === 0) return { kind: "to-empty" };
  if (targets.some((target) => NOBODY.test(target))) {
    return targets.length === 1 ? null : { kind: "ignore-mixed" };
  }
  const odd = targets.find((target) => !isAddress(target));
  return odd === undefined ? null : { kind: "to-invalid", text: odd };
}

function isAddress(text: string): boolean {
  return addressSchema.safeParse(text).success;
}

function isFilled({ from, to }: AliasRow): boolean {
  return from.trim() !== "" || to.trim() !== "";
}

/** All words of the search are somewhere in the row. */
export function filterRows(rows: readonly AliasRow[], search: string): readonly AliasRow[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return rows;
  return rows.filter(({ from, to }) => {
    const text = `${from} ${to}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Whether both say the same to the settings. */
export function sameAliases(one: AliasSource, other: AliasSource): boolean {
  const written = (aliases: AliasSource): string =>
    JSON.stringify(
      Object.entries(aliases)
        .map(([from, to]) => [from, typeof to === "string" ? [to] : to] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return written(one) === written(other);
}

export interface MergedRows {
  readonly rows: readonly AliasRow[];
  readonly added: number;
  /** Were there already, with other targets; the new ones count. */
  readonly replaced: number;
}

/** Takes aliases from elsewhere into the table. */
export function mergeIntoRows(rows: readonly AliasRow[], more: AliasSource): MergedRows {
  const incoming = new Map(
    rowsOfAliases(more, nextId(rows)).map((row) => [addressKey(row.from), row] as const),
  );
  let replaced = 0;
  const kept = rows.filter(isFilled).map((row) => {
    const other = incoming.get(addressKey(row.from.trim()));
    if (other === undefined) return row;
    incoming.delete(addressKey(row.from.trim()));
    if (targetsOf(other.to).join() === targetsOf(row.to).join()) return row;
    replaced += 1;
    return { ...row, to: other.to };
  });
  return { rows: [...incoming.values(), ...kept], added: incoming.size, replaced };
}

export function nextId(rows: readonly AliasRow[]): number {
  return rows.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
}

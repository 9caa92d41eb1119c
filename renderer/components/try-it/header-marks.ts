/**
 * Which lines and addresses of a header are marked, and how, from the reasons that the gateway gives ("Why these
 * recipients"). Pure.
 *
 * 1. What became of an address where it was found: dropped goes before mapped, mapped before kept. That it is among
 *    the recipients already (`repeated-recipient`) counts only where nothing else is said.
 * 2. An address that is not written like that (it was salvaged) marks its line only.
 * 3. Marks never overlap; where they would, the longer address is meant (`joanna@` holds `anna@`).
 */
import type { TrailStep } from "../../../core/model/envelope.ts";
import { type FieldText, fieldsOf } from "./message-header.ts";

export type Verdict = TrailStep["verdict"];

export interface TextPiece {
  readonly text: string;
  /** null: as it is. */
  readonly verdict: Verdict | null;
}

export interface MarkedField {
  /** As the gateway counts; null: no field. */
  readonly index: number | null;
  /** What happened in this field: the best for its addresses; null: nothing was looked for here. */
  readonly verdict: Verdict | null;
  readonly pieces: readonly TextPiece[];
}

export function markHeader(header: string, trail: readonly TrailStep[]): readonly MarkedField[] {
  const steps = new Map<number, TrailStep[]>();
  for (const step of trail) {
    if (step.headerIndex === null) continue;
    const same = steps.get(step.headerIndex);
    if (same === undefined) steps.set(step.headerIndex, [step]);
    else same.push(step);
  }
  return fieldsOf(header).map((field) =>
    markField(field, field.index === null ? [] : (steps.get(field.index) ?? [])),
  );
}

function markField(field: FieldText, steps: readonly TrailStep[]): MarkedField {
  const verdicts = verdictsByAddress(steps);
  const all = [...verdicts.values()];
  const verdict = (["kept", "mapped", "dropped"] as const).find((each) => all.includes(each)) ?? null;
  return { index: field.index, verdict, pieces: piecesOf(field, verdicts) };
}

const WEIGHT: Readonly<Record<Verdict, number>> = { kept: 1, mapped: 2, dropped: 3 };

/** By address in lower case. */
export function verdictsByAddress(steps: readonly TrailStep[]): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  const repeated = new Set<string>();
  for (const { address, verdict, rule } of steps) {
    const key = address.toLowerCase();
    if (rule === "repeated-recipient") {
      repeated.add(key);
      continue;
    }
    const before = verdicts.get(key);
    if (before === undefined || WEIGHT[verdict] > WEIGHT[before]) verdicts.set(key, verdict);
  }
  for (const key of repeated) if (!verdicts.has(key)) verdicts.set(key, "dropped");
  return verdicts;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly verdict: Verdict;
}

function piecesOf(
  { text, valueAt }: FieldText,
  verdicts: ReadonlyMap<string, Verdict>,
): readonly TextPiece[] {
  const lower = text.toLowerCase();
  const taken: Span[] = [];
  const longestFirst = [...verdicts].filter(([key]) => key !== "").sort(([a], [b]) => b.length - a.length);
  for (const [key, verdict] of longestFirst) {
    const found = placesOf(lower, key, valueAt).filter(
      (from) => !taken.some((span) => from < span.to && span.from < from + key.length),
    );
    // Where it only stands inside a longer word, the gateway has read that word so.
    const whole = found.filter((from) => isWhole(lower, from, from + key.length));
    for (const from of whole.length > 0 ? whole : found) taken.push({ from, to: from + key.length, verdict });
  }
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const { from, to, verdict } of taken.sort((a, b) => a.from - b.from)) {
    if (from > at) pieces.push({ text: text.slice(at, from), verdict: null });
    pieces.push({ text: text.slice(from, to), verdict });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), verdict: null });
  return pieces;
}

function placesOf(text: string, wanted: string, from: number): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted, from); at >= 0; at = text.indexOf(wanted, at + wanted.length))
    places.push(at);
  return places;
}

/** Not in the middle of a longer address. */
function isWhole(text: string, from: number, to: number): boolean {
  return (
    !/[a-z0-9.!#$%&'*+/?^_`{|}~-]/.test(text.charAt(from - 1)) &&
    !/^[a-z0-9-]|^\.[a-z0-9]/.test(text.slice(to, to + 2))
  );
}

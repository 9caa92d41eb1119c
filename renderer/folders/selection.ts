/**
 * Which messages are selected, and which row the keys are at. Pure.
 *
 * 1. Messages are selected by their queue ids, so that a list that changes below does not change what is selected.
 * 2. A range goes from the anchor to the cursor; made smaller again it lets go what it had taken, and keeps what was
 *    selected before (`base`).
 */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The row that the keys are at; null: none yet. */
  readonly cursor: number | null;
  /** Where a range begins. */
  readonly anchor: number | null;
  readonly base: ReadonlySet<string>;
}

const NOBODY: ReadonlySet<string> = new Set();

export const nothingSelected: Selection = { ids: NOBODY, cursor: null, anchor: null, base: NOBODY };

/** To another row; what is selected stays. */
export function cursorAt(selection: Selection, row: number): Selection {
  return { ...selection, cursor: row, anchor: row, base: selection.ids };
}

export function toggled(selection: Selection, row: number, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, cursor: row, anchor: row, base: ids };
}

/** Both ends belong to it; `first` is never behind `last`. */
export function rangeTo(
  selection: Selection,
  row: number,
): { readonly first: number; readonly last: number } {
  const anchor = selection.anchor ?? row;
  return { first: Math.min(anchor, row), last: Math.max(anchor, row) };
}

/** The end of a range moves at once; who is in it may have to be asked for. */
export function extending(selection: Selection, row: number): Selection {
  return { ...selection, cursor: row, anchor: selection.anchor ?? row };
}

/** `rangeIds`: of the rows of `rangeTo(selection, row)`. */
export function extended(selection: Selection, row: number, rangeIds: readonly string[]): Selection {
  return {
    ...selection,
    ids: new Set([...selection.base, ...rangeIds]),
    cursor: row,
    anchor: selection.anchor ?? row,
  };
}

export function allSelected(selection: Selection, ids: readonly string[]): Selection {
  const all = new Set(ids);
  return { ...selection, ids: all, base: all };
}

export function cleared(selection: Selection): Selection {
  return { ...selection, ids: NOBODY, base: NOBODY };
}

/** The next row for a key, inside the list; null: the key moves nothing. */
export function rowAfterKey(
  key: string,
  cursor: number | null,
  rows: number,
  pageRows: number,
): number | null {
  if (rows === 0) return null;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: pageRows,
    PageUp: -pageRows,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = steps[key];
  if (step === undefined) return null;
  if (cursor === null) return step === Number.POSITIVE_INFINITY ? rows - 1 : 0;
  return Math.min(rows - 1, Math.max(0, cursor + step));
}

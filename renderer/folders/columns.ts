/** Which columns a list of messages has room for. Pure. */
import type { FolderSort } from "../../core/model/folder-list.ts";

export type ColumnName = "state" | "sender" | "subject" | "recipients" | "answer" | "size" | "age";

export interface Column {
  readonly name: ColumnName;
  /** Pixels, or a share of what is left. */
  readonly width: number | { readonly share: number };
  readonly sort: FolderSort | null;
  /** From this width of the list on. */
  readonly from: number;
}

const COLUMNS: readonly Column[] = [
  { name: "state", width: 40, sort: "state", from: 0 },
  { name: "sender", width: { share: 3 }, sort: "sender", from: 0 },
  { name: "subject", width: { share: 6 }, sort: "subject", from: 0 },
  { name: "recipients", width: { share: 3 }, sort: null, from: 720 },
  { name: "answer", width: { share: 4 }, sort: null, from: 980 },
  { name: "size", width: 76, sort: "size", from: 600 },
  { name: "age", width: 116, sort: "received", from: 0 },
];

/** `width`: of the list in pixels; 0: not known yet. */
export function columnsFor(width: number): readonly Column[] {
  return COLUMNS.filter(({ from }) => width >= from);
}

/** Of the tick boxes in front. */
export const TICK_WIDTH = 34;

/** Pixels: the shares of what the fixed columns leave of `width`. */
export function columnWidth(column: Column, columns: readonly Column[], width: number): number {
  if (typeof column.width === "number") return column.width;
  let fixed = TICK_WIDTH;
  let shares = 0;
  for (const { width: each } of columns) {
    if (typeof each === "number") fixed += each;
    else shares += each.share;
  }
  return Math.max(60, Math.floor(((width - fixed) * column.width.share) / shares));
}

/** A click on the header: the same column turns round, another begins with what is looked for first. */
export function sortAfterClick(
  clicked: FolderSort,
  now: { readonly sort: FolderSort; readonly descending: boolean },
): { readonly sort: FolderSort; readonly descending: boolean } {
  if (clicked === now.sort) return { sort: clicked, descending: !now.descending };
  return { sort: clicked, descending: clicked === "received" || clicked === "size" };
}

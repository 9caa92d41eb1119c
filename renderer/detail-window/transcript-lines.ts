/**
 * The lines of the live conversation that the window holds: a bounded list, filtered as it grows. Plain data without
 * React, so that 500 lines a second cost no more than appending them.
 *
 * 1. At most `capacity` lines; the oldest go, in blocks, so that each costs little.
 * 2. The filtered view is continued by what comes; it is made anew only when the filter changes.
 * 3. A gap (the page was too slow, or the connection was lost) is a line of its own and passes every filter.
 */
import type { StreamItem } from "../../core/api/contract.ts";
import type { TranscriptEntry } from "../../core/model/transcript-entry.ts";

export type TranscriptRow =
  | { readonly kind: "entry"; readonly key: number; readonly entry: TranscriptEntry }
  | { readonly kind: "gap"; readonly key: number; readonly missed: number };

export interface TranscriptFilter {
  /** Anywhere in the line, without case. */
  readonly text: string;
  /** null: all. */
  readonly session: string | null;
  /** The account, or the server; null: all. */
  readonly peer: string | null;
}

export const NO_FILTER: TranscriptFilter = { text: "", session: null, peer: null };

const SESSIONS_LISTED = 200;

export class TranscriptLines {
  readonly #capacity: number;
  #all: TranscriptRow[] = [];
  #shown: TranscriptRow[] = [];
  #filter = NO_FILTER;
  #nextKey = 1;
  #version = 0;
  readonly #sessions = new Map<string, string>();
  readonly #peers = new Set<string>();

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** Rises with every change of what is shown. */
  get version(): number {
    return this.#version;
  }

  /** Not to be changed; the same array until the next change. */
  get shown(): readonly TranscriptRow[] {
    return this.#shown;
  }

  get held(): number {
    return this.#all.length;
  }

  /** Session -> peer, the newest first. */
  sessions(): readonly (readonly [session: string, peer: string])[] {
    return [...this.#sessions].reverse();
  }

  peers(): readonly string[] {
    return [...this.#peers].sort();
  }

  append(items: readonly StreamItem<"transcript">[]): void {
    if (items.length === 0) return;
    const rows = items.map((item) => this.#row(item));
    const passing = rows.filter((row) => passes(row, this.#filter));
    this.#all = trimmed(this.#all, rows, this.#capacity);
    this.#shown = trimmed(this.#shown, passing, this.#capacity);
    // What the window no longer holds is not shown either.
    const oldest = this.#all[0]?.key ?? 0;
    if ((this.#shown[0]?.key ?? oldest) < oldest)
      this.#shown = this.#shown.filter(({ key }) => key >= oldest);
    this.#version += 1;
  }

  filter(filter: TranscriptFilter): void {
    this.#filter = filter;
    this.#shown = this.#all.filter((row) => passes(row, filter));
    this.#version += 1;
  }

  clear(): void {
    this.#all = [];
    this.#shown = [];
    this.#version += 1;
  }

  #row(item: StreamItem<"transcript">): TranscriptRow {
    const key = this.#nextKey++;
    if ("gap" in item) return { kind: "gap", key, missed: item.gap.to - item.gap.from + 1 };
    const { entry } = item;
    if (!this.#sessions.has(entry.session)) {
      this.#sessions.set(entry.session, entry.peer);
      if (this.#sessions.size > SESSIONS_LISTED) {
        const [oldest] = this.#sessions.keys();
        if (oldest !== undefined) this.#sessions.delete(oldest);
      }
    }
    if (this.#peers.size < SESSIONS_LISTED) this.#peers.add(entry.peer);
    return { kind: "entry", key, entry };
  }
}

/** Where the row with this key is; keys rise. null: it is not (any more) among them. */
export function rowIndex(rows: readonly TranscriptRow[], key: number): number | null {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = rows[middle]?.key ?? 0;
    if (found === key) return middle;
    if (found < key) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}

/** A new array; a tenth is cut at once, so that not every append moves everything. */
function trimmed(rows: TranscriptRow[], more: readonly TranscriptRow[], capacity: number): TranscriptRow[] {
  const all = rows.concat(more);
  return all.length <= capacity ? all : all.slice(all.length - Math.floor(capacity * 0.9));
}

function passes(row: TranscriptRow, { text, session, peer }: TranscriptFilter): boolean {
  if (row.kind === "gap") return true;
  const { entry } = row;
  if (session !== null && entry.session !== session) return false;
  if (peer !== null && entry.peer !== peer) return false;
  return text === "" || entry.text.toLowerCase().includes(text.toLowerCase());
}

/**
 * Searching the history.
 *
 * 1. Newest first, page by page behind an id: the last page costs what the first one does.
 * 2. Block by block of ids (`history-index`); zones of times say which blocks a date range can be in. Nothing
 *    depends on the clock having been right: a row is in a range by its own time.
 * 3. SQLite answers in this process, so a search gives up its turn after a few milliseconds: the page is then short,
 *    and the next one goes on where it stopped.
 * 4. What is asked for is taken apart into words by us; no text of anybody's is syntax to SQLite.
 */
import type { HistoryPage, HistoryQuery, HistoryRow } from "../model/history.ts";
import { HISTORY_PAGE_ROWS } from "../model/history.ts";
import {
  accountFacet,
  BLOCK_BITS,
  blockOf,
  blockToken,
  kindFacet,
  outcomeFacet,
  queueFacet,
  type SearchWords,
  searchWords,
  ZONE_BITS,
} from "./history-index.ts";
import { historyRow } from "./history-row.ts";
import { type Asked, askedFor, idWord } from "./history-words.ts";
import type { Row } from "./journal.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull } from "./spool-context.ts";

/** Milliseconds after which no further stretch is begun. */
const PATIENCE = 5;
/** Ids that are gone through at once for their times alone. */
const DATED_IDS = 2 ** 12;
/** What is not in the index yet is looked through one by one: so many at once. */
const WAITING_ROWS = 150;
/** As many rows of a block are looked at one by one. */
const FEW = 100;
const FIRST = Number.MIN_SAFE_INTEGER;
const LAST = Number.MAX_SAFE_INTEGER;

type Column = keyof SearchWords;

const ANYWHERE: readonly Column[] = ["sender", "recipient", "subject", "ident"];

export interface Condition {
  readonly columns: readonly Column[];
  readonly asked: Asked;
  /** Equal or not; otherwise equal from the beginning. */
  readonly exact: boolean;
}

interface Search {
  readonly conditions: readonly Condition[];
  readonly from: number;
  readonly to: number;
  readonly dated: boolean;
}

/** Ids from `low` to below `high`. */
interface Stretch {
  readonly low: number;
  readonly high: number;
}

export function searchHistory(context: SpoolContext, query: HistoryQuery): HistoryPage {
  const { journal, clock } = context;
  const limit = Math.min(Math.max(query.limit ?? 50, 1), HISTORY_PAGE_ROWS);
  const search = searchOf(query);
  const bounds = journal.get(
    "SELECT (SELECT min(id) FROM message) AS low, (SELECT max(id) FROM message) AS high",
  );
  const oldest = numberOrNull(bounds?.["low"]);
  if (oldest === null || search === null) return { rows: [], next: null };
  const startedAt = clock.now();
  const rows: HistoryRow[] = [];
  let high = Math.min(query.after ?? LAST, number(bounds?.["high"]) + 1);
  while (high > oldest) {
    const low = Math.max(stretchBelow(context, search, high), oldest);
    const found = searchBlock(context, search, { low, high }, limit - rows.length);
    for (const row of found) rows.push(historyRow(context, row));
    if (rows.length >= limit) return { rows, next: rows.at(-1)?.id ?? null };
    high = low;
    if (high > oldest && clock.now() - startedAt > PATIENCE) return { rows, next: high };
  }
  return { rows, next: null };
}

/** Where the stretch below `high` begins: in the same block, and no more than a few milliseconds of work. */
function stretchBelow({ journal }: SpoolContext, { dated, conditions }: Search, high: number): number {
  const block = blockOf(high - 1) * 2 ** BLOCK_BITS;
  const low = dated && conditions.length === 0 ? Math.max(block, high - DATED_IDS) : block;
  const waiting = journal.all(
    `SELECT id FROM message INDEXED BY message_to_index WHERE indexed_for_search = 0 AND id >= ? AND id < ?
     ORDER BY id DESC LIMIT ${WAITING_ROWS}`,
    low,
    high,
  );
  return waiting.length < WAITING_ROWS ? low : number(waiting.at(-1)?.["id"]);
}

/** null: nothing can be it. */
function searchOf(query: HistoryQuery): Search | null {
  const words = (columns: readonly Column[], asked: string | undefined): readonly Condition[] =>
    askedFor(asked ?? "").map((each) => ({ columns, asked: each, exact: false }));
  const one = (column: Column, word: string | null, exact: boolean): readonly Condition[] =>
    word === null ? [] : [{ columns: [column], asked: { words: [word], id: "" }, exact }];
  const messageId = idWord(query.messageId ?? "");
  const queueId = idWord(query.queueId ?? "");
  const from = query.from ?? FIRST;
  const to = query.to ?? LAST;
  if (from >= to) return null;
  return {
    conditions: [
      ...wordConditions(query.words),
      ...words(["sender"], query.sender),
      ...words(["recipient"], query.recipient),
      ...words(["subject"], query.subject),
      ...one("ident", messageId === "" ? null : messageId, false),
      ...one("facet", queueId === "" ? null : queueFacet(queueId), false),
      ...one("facet", query.accountId === undefined ? null : accountFacet(query.accountId), true),
      ...one("facet", query.kind === undefined ? null : kindFacet(query.kind), true),
      ...one("facet", query.outcome === undefined ? null : outcomeFacet(query.outcome), true),
    ],
    from,
    to,
    dated: query.from !== undefined || query.to !== undefined,
  };
}

/** Rows of `message`, newest first. */
function searchBlock(context: SpoolContext, search: Search, stretch: Stretch, limit: number): readonly Row[] {
  const waiting = waitingRows(context, search, stretch, limit);
  const narrowed = search.dated ? narrow(context, search, stretch) : stretch;
  const indexed = narrowed === null ? [] : indexedRows(context, search, narrowed, limit);
  if (waiting.length === 0) return indexed;
  return [...waiting, ...indexed]
    .sort((one, other) => number(other["id"]) - number(one["id"]))
    .slice(0, limit);
}

/** The part of a block that can hold rows of these times; null: none. */
function narrow({ journal }: SpoolContext, { from, to }: Search, { low, high }: Stretch): Stretch | null {
  const row = journal.get(
    "SELECT min(zone) AS low, max(zone) AS high FROM history_zone WHERE zone BETWEEN ? AND ? AND last_at >= ? AND first_at < ?",
    Math.floor(low / 2 ** ZONE_BITS),
    Math.floor((high - 1) / 2 ** ZONE_BITS),
    from,
    to,
  );
  const first = numberOrNull(row?.["low"]);
  if (first === null) return null;
  const size = 2 ** ZONE_BITS;
  return { low: Math.max(low, first * size), high: Math.min(high, (number(row?.["high"]) + 1) * size) };
}

function indexedRows(
  context: SpoolContext,
  search: Search,
  { low, high }: Stretch,
  limit: number,
): readonly Row[] {
  const { journal } = context;
  const { conditions, from, to } = search;
  if (conditions.length === 0) {
    return journal.all(
      `SELECT * FROM message WHERE id >= ? AND id < ? AND indexed_for_search = 1
         AND received_at >= ? AND received_at < ? ORDER BY id DESC LIMIT ?`,
      low,
      high,
      from,
      to,
      limit,
    );
  }
  const matching = (some: readonly Condition[], most: number): readonly Row[] =>
    journal.all(
      `SELECT message.* FROM history CROSS JOIN message ON message.id = history.rowid
       WHERE history MATCH ? AND history.rowid >= ? AND history.rowid < ? AND indexed_for_search = 1
         AND received_at >= ? AND received_at < ?
       ORDER BY history.rowid DESC LIMIT ?`,
      matchExpression(some, blockOf(low)),
      low,
      high,
      from,
      to,
      most,
    );
  if (conditions.length > 1) {
    for (const some of selective(conditions)) {
      const rows = matching(some, FEW);
      if (rows.length < FEW) return rows.filter((row) => fits(context, row, search)).slice(0, limit);
    }
  }
  return matching(conditions, limit);
}

/**
 * Conditions that few messages of a block are likely to meet: what is equal to something (an outcome), the longest word.
 * Where they are few indeed, looking at each is less work than gathering all that begins with a common word.
 */
function selective(conditions: readonly Condition[]): readonly (readonly Condition[])[] {
  const exact = conditions.filter((each) => each.exact);
  const words = conditions.filter((each) => !each.exact);
  const length = ({ asked }: Condition): number => Math.max(...asked.words.map((word) => word.length));
  const longest = words.reduce<Condition | null>(
    (best, each) => (best === null || length(each) > length(best) ? each : best),
    null,
  );
  return [...(exact.length > 0 ? [exact] : []), ...(longest !== null ? [[longest]] : [])];
}

/** Words that may stand anywhere; none: nothing was asked for. */
export function wordConditions(words: string | undefined): readonly Condition[] {
  return askedFor(words ?? "").map((asked) => ({ columns: ANYWHERE, asked, exact: false }));
}

/** One of these facets, in a block. */
export function facetCondition(facets: readonly string[]): (block: number) => string {
  return (block) => `(facet : (${facets.map((facet) => `"${blockToken(block, facet)}"`).join(" OR ")}))`;
}

export function matchExpression(conditions: readonly Condition[], block: number): string {
  return conditions
    .map(({ columns, asked, exact }) => {
      const token = (word: string): string => `"${blockToken(block, word)}"${exact ? "" : " *"}`;
      const words = `({${columns.join(" ")}} : (${asked.words.map(token).join(" AND ")}))`;
      if (!columns.includes("ident") || asked.id === "") return words;
      const ids = asked.words.includes(asked.id) ? [] : [`(ident : ${token(asked.id)})`];
      return `(${[words, ...ids, `(facet : ${token(queueFacet(asked.id))})`].join(" OR ")})`;
    })
    .join(" AND ");
}

/** Those that are not in the index yet, newest first: looked through one by one, all of them for a rare word. */
function waitingRows(
  context: SpoolContext,
  search: Search,
  { low, high }: Stretch,
  limit: number,
): readonly Row[] {
  const rows = context.journal.all(
    `SELECT * FROM message INDEXED BY message_to_index
     WHERE indexed_for_search = 0 AND id >= ? AND id < ? AND received_at >= ? AND received_at < ?
     ORDER BY id DESC LIMIT ?`,
    low,
    high,
    search.from,
    search.to,
    // SQLite takes -1 for no limit.
    search.conditions.length === 0 ? limit : -1,
  );
  const found: Row[] = [];
  for (const row of rows) {
    if (found.length === limit) break;
    if (fits(context, row, search)) found.push(row);
  }
  return found;
}

/** `row`: of `message`. */
export function fits(context: SpoolContext, row: Row, { conditions }: Pick<Search, "conditions">): boolean {
  if (conditions.length === 0) return true;
  const found = searchWords(context, row);
  return conditions.every(({ columns, asked, exact }) => {
    const has = (word: string): boolean =>
      columns.some((column) => found[column].some((each) => (exact ? each === word : each.startsWith(word))));
    if (asked.words.every(has)) return true;
    if (!columns.includes("ident") || asked.id === "") return false;
    const queueId = queueFacet(asked.id);
    return (
      found.ident.some((each) => each.startsWith(asked.id)) ||
      found.facet.some((each) => each.startsWith(queueId))
    );
  });
}

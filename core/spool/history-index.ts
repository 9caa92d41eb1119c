/**
 * The full-text index of the history, kept in step with the rows.
 *
 * 1. A row enters it once, when its message is closed, in batches behind the mail: taking a message over does not
 *    wait for it. What is still pending at the end of a run is going to wait, and enters too: it costs twice, because
 *    its outcome has to replace it. What is not in it yet is looked through row by row by whoever searches.
 * 2. The journal's triggers mark a row whose outcome or recipients change, and take out one that is deleted,
 *    whoever does it, in the same transaction. FTS5's `secure-delete` leaves nothing of its words behind.
 * 3. Each token carries the number of its block of ids. A word that is in every message is so never more work than
 *    the block that is looked at, and the newest block is looked at first.
 */
import { setImmediate } from "node:timers/promises";
import { ProblemError } from "../model/problem.ts";
import { addressWords, idWord, textWords } from "./history-words.ts";
import type { Row } from "./journal.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, text } from "./spool-context.ts";

/** Ids of a block, and of a zone (when they were taken over), as powers of two. */
export const BLOCK_BITS = 14;
export const ZONE_BITS = 10;
/** Rows of a transaction, and milliseconds after which it takes no more: the commit needs as long again. */
const BATCH = 100;
const TURN = 4;
/**
 * Of them such as were in the index before. FTS5 takes each out word by word, at the commit, and for a word that every
 * message has it goes through all of the block: milliseconds a row.
 */
const AGAIN = 16;
/**
 * So many messages that were closed may wait while the mail goes by: entering them one by one would slow it down, and
 * looking through them takes some milliseconds. A run ends with none of them.
 */
const WAITING = 5_000;
/** Ids that a transaction looks through: very many may be pending. */
const STRETCH = 4_096;
/** At the end of a run, what is so many ids behind the newest enters the index although it is pending: there may be very many. */
const PENDING_BEHIND = 400;
/** Addresses of one message that enter the index. */
const RECIPIENTS = 500;

/** Token of a block: `3f_word`. */
export function blockToken(block: number, word: string): string {
  return `${block.toString(36)}_${word}`;
}

export function blockOf(id: number): number {
  return Math.floor(id / 2 ** BLOCK_BITS);
}

/** The columns of the index; `facet` is ours, the others are people's words. */
export interface SearchWords {
  readonly sender: readonly string[];
  readonly recipient: readonly string[];
  readonly subject: readonly string[];
  readonly ident: readonly string[];
  readonly facet: readonly string[];
}

export function accountFacet(accountId: string): string {
  return `a=${idWord(accountId)}`;
}

export function kindFacet(kind: string): string {
  return `k=${kind}`;
}

export function outcomeFacet(outcome: string | null): string {
  return `o=${outcome ?? "pending"}`;
}

/** Of a queue id, or of its beginning. */
export function queueFacet(queueId: string): string {
  return `q=${idWord(queueId)}`;
}

/** Of a message: what `searchWords` reads. */
const WORDS_OF = "id, queue_id, kind, account, sender, from_text, subject, message_id, outcome";
const ADDRESSES = `SELECT address FROM recipient WHERE message = ? ORDER BY id LIMIT ${RECIPIENTS}`;

/** `row`: of `message`. `wordsOf`: of an address, where many rows have the same. */
export function searchWords({ journal }: SpoolContext, row: Row, wordsOf = addressWords): SearchWords {
  const recipients = journal.all(ADDRESSES, number(row["id"]));
  const messageId = text(row["message_id"]);
  return {
    sender: [...new Set([...wordsOf(text(row["sender"])), ...addressWords(text(row["from_text"]))])],
    recipient: [...new Set(recipients.flatMap(({ address }) => wordsOf(text(address))))],
    subject: textWords(text(row["subject"])),
    ident:
      messageId === "" ? [idWord(text(row["queue_id"]))] : [idWord(text(row["queue_id"])), idWord(messageId)],
    facet: [
      accountFacet(text(row["account"])),
      kindFacet(text(row["kind"])),
      outcomeFacet(row["outcome"] === null ? null : text(row["outcome"])),
      queueFacet(text(row["queue_id"])),
    ],
  };
}

export class HistoryIndex {
  readonly #context: SpoolContext;
  #waiting: number;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(context: SpoolContext) {
    this.#context = context;
    const row = context.journal.get(
      "SELECT count(*) AS number FROM message INDEXED BY message_to_index WHERE indexed_for_search = 0",
    );
    this.#waiting = number(row?.["number"]);
  }

  /** A message has an outcome, or another one. Cheap; when many wait, what is closed is entered behind whatever is going on. */
  noticed(): void {
    this.#waiting += 1;
    if (this.#waiting < WAITING || this.#running !== null || this.#closed) return;
    // What cannot be written now is found by the scan, and tried again.
    this.#start("closed").catch(() => undefined);
  }

  /** A run is over: enters all but what came last and is pending. Rejects with ProblemError. */
  async catchUp(): Promise<void> {
    while (this.#running !== null) await this.#running.catch(() => undefined);
    await this.#start("pending too");
  }

  /** Nothing is begun afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.catch((error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
    });
  }

  #start(which: "closed" | "pending too"): Promise<void> {
    this.#waiting = 0;
    this.#running ??= this.#enterAll(which).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #enterAll(which: "closed" | "pending too"): Promise<void> {
    for (let after = 0; !this.#closed; ) {
      const last = await this.#context.journal.commit(() => this.#enterBatch(which, after));
      if (last === null) return;
      after = last;
      await setImmediate();
    }
  }

  /** Inside a work. The last id looked at; null: that was all. */
  #enterBatch(which: "closed" | "pending too", after: number): number | null {
    const { journal } = this.#context;
    const bounds = journal.get(
      `SELECT (SELECT min(id) FROM message INDEXED BY message_to_index
         WHERE indexed_for_search = 0 AND id > ?) AS first, (SELECT max(id) FROM message) AS newest`,
      after,
    );
    const first = numberOrNull(bounds?.["first"]);
    if (first === null) return null;
    const newest = number(bounds?.["newest"]);
    const rows = journal.all(
      `SELECT ${WORDS_OF}, received_at, EXISTS (SELECT 1 FROM history WHERE rowid = message.id) AS again
       FROM message INDEXED BY message_to_index
       WHERE indexed_for_search = 0 AND id >= ? AND id < ? AND (closed_at IS NOT NULL OR id < ?) ORDER BY id LIMIT ${BATCH}`,
      first,
      first + STRETCH,
      which === "closed" ? 0 : newest - PENDING_BEHIND,
    );
    const entered = this.#enter(rows);
    if (entered < rows.length) return number(rows[entered - 1]?.["id"]);
    if (rows.length === BATCH) return number(rows.at(-1)?.["id"]);
    return first + STRETCH > newest ? null : first + STRETCH - 1;
  }

  /** As many of them as there is time for, at least one; how many. */
  #enter(rows: readonly Row[]): number {
    const { journal } = this.#context;
    const until = performance.now() + TURN;
    const known = new Map<string, readonly string[]>();
    const wordsOf = (address: string): readonly string[] => {
      const words = known.get(address) ?? addressWords(address);
      known.set(address, words);
      return words;
    };
    const ids: number[] = [];
    const zones = new Map<number, { first: number; last: number }>();
    let again = 0;
    for (const row of rows) {
      const id = number(row["id"]);
      const at = number(row["received_at"]);
      this.#enterRow(id, searchWords(this.#context, row, wordsOf));
      ids.push(id);
      const zone = Math.floor(id / 2 ** ZONE_BITS);
      const { first, last } = zones.get(zone) ?? { first: at, last: at };
      zones.set(zone, { first: Math.min(first, at), last: Math.max(last, at) });
      again += number(row["again"]);
      if (again === AGAIN || performance.now() > until) break;
    }
    journal.run(
      "UPDATE message SET indexed_for_search = 1 WHERE id IN (SELECT value FROM json_each(?))",
      JSON.stringify(ids),
    );
    for (const [zone, { first, last }] of zones) {
      journal.run(
        `INSERT INTO history_zone (zone, first_at, last_at) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET first_at = min(first_at, ?2), last_at = max(last_at, ?3)`,
        zone,
        first,
        last,
      );
    }
    return ids.length;
  }

  #enterRow(id: number, words: SearchWords): void {
    const block = blockToken(blockOf(id), "");
    const of = (column: readonly string[]): string =>
      column.length === 0 ? "" : block + column.join(` ${block}`);
    // It may be in it already, under what it was before; FTS5 takes that out first.
    this.#context.journal.run(
      "INSERT OR REPLACE INTO history (rowid, sender, recipient, subject, ident, facet) VALUES (?, ?, ?, ?, ?, ?)",
      id,
      of(words.sender),
      of(words.recipient),
      of(words.subject),
      of(words.ident),
      of(words.facet),
    );
  }
}

/**
 * How many messages went through, counted from the history.
 *
 * Counted by quarters of an hour, since every time zone's hours and days are made of whole ones; which belong to "today"
 * is for the caller. Quarters that are over are kept: the second look counts the last hours only.
 */
import { Turns } from "../util/turns.ts";
import type { Row } from "./journal.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull } from "./spool-context.ts";

export const QUARTER = 900_000;
/** What is closed may still be entered, or opened again, a while later. */
const SETTLED = 8;

export interface QuarterCounts {
  readonly collected: number;
  readonly delivered: number;
  readonly errors: number;
  readonly junk: number;
}

type Counts = { -readonly [Key in keyof QuarterCounts]: number };

/** Entries of an index that are counted at once: about a millisecond. */
const SLICE = 5_000;

/** What is counted, and how: an index that begins with a time, and ends with the id. */
interface Counting {
  readonly index: string;
  readonly time: string;
  /** What is in the index. */
  readonly where: string;
  /** What of it is counted. */
  readonly counted: string;
  readonly counts: string;
}

const COLLECTED: Counting = {
  index: "message_received",
  time: "received_at",
  where: "kind = 'mail'",
  counted: "kind = 'mail'",
  counts: "count(*) AS collected",
};
const CLOSED: Counting = {
  index: "message_closed",
  time: "closed_at",
  where: "closed_at IS NOT NULL",
  counted: "kind = 'mail' AND outcome IN ('delivered', 'errors', 'junk')",
  counts:
    "sum(outcome = 'delivered') AS delivered, sum(outcome = 'errors') AS errors, sum(outcome = 'junk') AS junk",
};

export class ActivityCounts {
  readonly #context: SpoolContext;
  #kept = new Map<number, QuarterCounts>();
  /** From which quarter on `#kept` is complete, and up to which (not included). */
  #from = 0;
  #to = 0;
  /** One after the other: the second finds what the first has counted. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: SpoolContext) {
    this.#context = context;
  }

  /** By the number of the quarter (since 1970); those with nothing are left out. `since`: ms since 1970. */
  since(since: number): Promise<ReadonlyMap<number, QuarterCounts>> {
    const next = this.#last.then(() => this.#since(since));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #since(since: number): Promise<ReadonlyMap<number, QuarterCounts>> {
    const first = Math.floor(since / QUARTER);
    const settled = Math.floor(this.#context.clock.now() / QUARTER) - SETTLED;
    // A clock that was put back makes the future of what was counted.
    const reusable = this.#from <= first && this.#to <= settled;
    const counted = reusable ? new Map([...this.#kept].filter(([quarter]) => quarter >= first)) : new Map();
    const counts = new Map<number, QuarterCounts>(counted);
    for (const [quarter, each] of await this.#count(Math.max(first, reusable ? this.#to : first))) {
      counts.set(quarter, each);
    }
    this.#kept = new Map([...counts].filter(([quarter]) => quarter < settled));
    this.#from = first;
    this.#to = settled;
    return counts;
  }

  async #count(first: number): Promise<ReadonlyMap<number, QuarterCounts>> {
    const turns = new Turns();
    const counts = new Map<number, Counts>();
    for (const counting of [COLLECTED, CLOSED]) await this.#add(counting, first, counts, turns);
    return counts;
  }

  async #add(counting: Counting, first: number, counts: Map<number, Counts>, turns: Turns): Promise<void> {
    let from = first * QUARTER;
    for (;;) {
      const end = this.#sliceEnd(counting, from);
      for (const row of this.#slice(counting, from, end)) {
        const quarter = number(row["quarter"]);
        const known = counts.get(quarter) ?? { collected: 0, delivered: 0, errors: 0, junk: 0 };
        for (const name of ["collected", "delivered", "errors", "junk"] as const) {
          known[name] += number(row[name]);
        }
        counts.set(quarter, known);
      }
      if (end === null) return;
      from = end;
      await turns.rest();
    }
  }

  /**
   * The time at which the next slice begins; null: there is none. All of one millisecond are in the same slice, so
   * that nothing is left out or counted twice whatever comes meanwhile.
   */
  #sliceEnd({ index, time, where }: Counting, from: number): number | null {
    const row = this.#context.journal.get(
      `SELECT ${time} AS at FROM message INDEXED BY ${index} WHERE ${where} AND ${time} >= ?
       ORDER BY ${time} LIMIT 1 OFFSET ${SLICE}`,
      from,
    );
    const at = numberOrNull(row?.["at"]);
    return at === null ? null : Math.max(at, from + 1);
  }

  /** Quarters from the time `from` up to `end` (not included). */
  #slice({ index, time, counted, counts }: Counting, from: number, end: number | null): readonly Row[] {
    return this.#context.journal.all(
      `SELECT ${time} / ${QUARTER} AS quarter, ${counts} FROM message INDEXED BY ${index}
       WHERE ${counted} AND ${time} >= ? AND ${time} < ? GROUP BY quarter`,
      from,
      end ?? Number.MAX_SAFE_INTEGER,
    );
  }
}

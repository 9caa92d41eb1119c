/**
 * How many messages went through, counted from the history.
 *
 * Counted by quarters of an hour, since every time zone's hours and days are made of whole ones; which belong to "today"
 * is for the caller. Quarters that are over are kept: the second look counts the last hours only.
 */
import type { SpoolContext } from "./spool-context.ts";
import { number } from "./spool-context.ts";

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

export class ActivityCounts {
  readonly #context: SpoolContext;
  #kept = new Map<number, QuarterCounts>();
  /** From which quarter on `#kept` is complete, and up to which (not included). */
  #from = 0;
  #to = 0;

  constructor(context: SpoolContext) {
    this.#context = context;
  }

  /** By the number of the quarter (since 1970); those with nothing are left out. `since`: ms since 1970. */
  since(since: number): ReadonlyMap<number, QuarterCounts> {
    const first = Math.floor(since / QUARTER);
    const settled = Math.floor(this.#context.clock.now() / QUARTER) - SETTLED;
    // A clock that was put back makes the future of what was counted.
    const reusable = this.#from <= first && this.#to <= settled;
    const counted = reusable ? new Map([...this.#kept].filter(([quarter]) => quarter >= first)) : new Map();
    const counts = new Map<number, QuarterCounts>(counted);
    for (const [quarter, each] of this.#count(Math.max(first, reusable ? this.#to : first))) {
      counts.set(quarter, each);
    }
    this.#kept = new Map([...counts].filter(([quarter]) => quarter < settled));
    this.#from = first;
    this.#to = settled;
    return counts;
  }

  #count(first: number): ReadonlyMap<number, QuarterCounts> {
    const { journal } = this.#context;
    const counts = new Map<number, Counts>();
    const of = (quarter: number): Counts => {
      const known = counts.get(quarter) ?? { collected: 0, delivered: 0, errors: 0, junk: 0 };
      counts.set(quarter, known);
      return known;
    };
    const collected = journal.all(
      `SELECT received_at / ${QUARTER} AS quarter, count(*) AS number FROM message INDEXED BY message_received
       WHERE kind = 'mail' AND received_at >= ? GROUP BY quarter`,
      first * QUARTER,
    );
    for (const row of collected) of(number(row["quarter"])).collected = number(row["number"]);
    const closed = journal.all(
      `SELECT closed_at / ${QUARTER} AS quarter, sum(outcome = 'delivered') AS delivered,
         sum(outcome = 'errors') AS errors, sum(outcome = 'junk') AS junk
       FROM message INDEXED BY message_closed
       WHERE closed_at >= ? AND kind = 'mail' AND outcome IN ('delivered', 'errors', 'junk') GROUP BY quarter`,
      first * QUARTER,
    );
    for (const row of closed) {
      Object.assign(of(number(row["quarter"])), {
        delivered: number(row["delivered"]),
        errors: number(row["errors"]),
        junk: number(row["junk"]),
      });
    }
    return counts;
  }
}

/**
 * What the runs of this local day came to, also those before a restart. A note that cannot be read or written costs
 * figures, never mail.
 */
import * as z from "zod";
import type { RunTotals } from "../model/event.ts";
import type { Clock } from "../model/ports.ts";
import { addTotals, noTotals } from "./run-totals.ts";

/** The name of its note in the spool. */
export const DAY_TOTALS_NOTE = "day-totals";

const count = z.number().min(0);
const noteSchema = z.object({
  day: z.string(),
  totals: z.object({
    collected: count,
    collectedBytes: count,
    toCollect: count,
    delivered: count,
    deliveredBytes: count,
    deferred: count,
    errors: count,
    junk: count,
    discarded: count,
    reports: count,
  }) satisfies z.ZodType<RunTotals>,
});

export interface DayTotalsParts {
  readonly clock: Clock;
  readonly read: () => unknown;
  readonly write: (note: unknown) => Promise<void>;
}

export class DayTotals {
  readonly #parts: DayTotalsParts;
  #known: { readonly day: string; readonly totals: RunTotals };

  constructor(parts: DayTotalsParts) {
    this.#parts = parts;
    const note = noteSchema.safeParse(parts.read());
    this.#known = note.success ? note.data : { day: this.#day(), totals: noTotals };
  }

  totals(): RunTotals {
    return this.#known.day === this.#day() ? this.#known.totals : noTotals;
  }

  /** A run has ended. What waits is counted as it is now, not added up. Never rejects. */
  async add(run: RunTotals): Promise<void> {
    const totals = { ...addTotals(this.totals(), run), deferred: run.deferred };
    this.#known = { day: this.#day(), totals };
    await this.#parts.write(this.#known).catch(() => undefined);
  }

  #day(): string {
    return new Date(this.#parts.clock.now()).toDateString();
  }
}

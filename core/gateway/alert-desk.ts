/**
 * Which alerts become mail to the postmaster, and when (PRODUCT section 6).
 *
 * 1. At most one an hour for one cause, also over restarts; repeats are counted and told in the next.
 * 2. What a run raises goes in one mail, at its end. What cannot be sent yet (server down, forwarding off) waits,
 *    grouped by cause; so the trouble of the route itself is told once, when it is over.
 * 3. Nothing is lost by a restart: what waits is kept in the journal.
 * 4. Raising one never fails and never waits.
 */
import * as z from "zod";
import type { LogLine } from "../model/event.ts";
import type { Clock, RaiseAlert } from "../model/ports.ts";
import type { MailedAlert } from "../outcome/alert-mail.ts";

const HOUR = 3_600_000;
const MOST_CAUSES = 1_000;
/** Of one mail. More are only in the log, and can be raised again later: a flood drives nothing else out. */
const MOST_WAITING = 200;
const NOTE = "alerts";
/** Trouble of the way by which the mail itself would go. */
const ROUTE_CAUSE = "route-down";
/** They are a mail of their own already. */
const ALREADY_MAILED = /^pop3-headers-sent:/;

const lineSchema = z.object({
  at: z.number(),
  source: z.string(),
  level: z.enum(["info", "warning", "error"]),
  text: z.string(),
});
const keptSchema = z.object({
  causes: z.array(z.tuple([z.string(), z.object({ at: z.number(), repeats: z.number() })])),
  waiting: z.array(
    z.object({
      cause: z.string(),
      problem: z.object({
        code: z.string(),
        what: z.string(),
        cure: z.string(),
        quote: z.string().optional(),
      }),
      firstAt: z.number(),
      lastAt: z.number(),
      times: z.number(),
      lines: z.array(lineSchema),
    }),
  ),
});

type Waiting = Omit<MailedAlert, "over">;

export interface AlertNotes {
  read(name: string): unknown;
  write(name: string, value: unknown): Promise<void>;
}

export interface AlertDeskParts {
  readonly clock: Clock;
  /** The log's last lines about a cause. */
  readonly linesAbout: (cause: string) => readonly LogLine[];
}

export class AlertDesk {
  readonly #parts: AlertDeskParts;
  readonly #causes = new Map<string, { readonly at: number; readonly repeats: number }>();
  #waiting = new Map<string, Waiting>();
  #notes: AlertNotes | null = null;
  #unsaved = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(parts: AlertDeskParts) {
    this.#parts = parts;
  }

  /** What was kept, beside what was raised since the start. */
  keepIn(notes: AlertNotes): void {
    this.#notes = notes;
    const kept = keptSchema.safeParse(notes.read(NOTE));
    if (kept.success) {
      const raised = [...this.#waiting.values()];
      this.#waiting.clear();
      this.#causes.clear();
      for (const [cause, memory] of kept.data.causes) this.#causes.set(cause, memory);
      for (const { problem, ...rest } of kept.data.waiting) {
        const { quote, ...known } = problem;
        this.#waiting.set(rest.cause, {
          ...rest,
          problem: quote === undefined ? known : { ...known, quote },
        });
      }
      for (const alert of raised) this.#take(alert, alert.lastAt);
    }
    this.#save();
  }

  readonly raise: RaiseAlert = ({ cause, problem }) => {
    if (ALREADY_MAILED.test(cause)) return;
    const now = this.#parts.clock.now();
    const lines = this.#parts.linesAbout(cause);
    this.#take({ cause, problem, firstAt: now, lastAt: now, times: 1, lines }, now);
    this.#save();
  };

  /** When the oldest of those that wait was raised; null: none waits. */
  waitingSince(): number | null {
    let since: number | null = null;
    for (const { firstAt } of this.#waiting.values()) since = Math.min(since ?? firstAt, firstAt);
    return since;
  }

  /** For one mail, in the order in which they were raised; the server can be used when it is asked for. */
  waiting(): readonly MailedAlert[] {
    return [...this.#waiting.values()].map((alert) => ({ ...alert, over: alert.cause === ROUTE_CAUSE }));
  }

  /** They are in the spool now, or shall not be mailed. What was raised meanwhile goes on waiting. */
  done(mailed: readonly MailedAlert[]): void {
    for (const { cause, lastAt, times } of mailed) {
      const now = this.#waiting.get(cause);
      if (now?.lastAt === lastAt && now.times === times) this.#waiting.delete(cause);
    }
    this.#save();
  }

  /** All that was raised is in the journal. Never rejects. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  #take(alert: Waiting, now: number): void {
    const { cause } = alert;
    const waits = this.#waiting.get(cause);
    if (waits !== undefined) {
      this.#waiting.set(cause, { ...alert, firstAt: waits.firstAt, times: waits.times + 1 });
      return;
    }
    const before = this.#causes.get(cause);
    // A clock that was set back must not silence a cause for longer than its hour.
    if (before !== undefined && before.at <= now && now - before.at < HOUR) {
      this.#causes.set(cause, { ...before, repeats: before.repeats + 1 });
      return;
    }
    if (this.#waiting.size >= MOST_WAITING) return;
    this.#causes.delete(cause);
    this.#causes.set(cause, { at: now, repeats: 0 });
    const repeats = before?.repeats ?? 0;
    this.#waiting.set(cause, {
      ...alert,
      firstAt: repeats > 0 && before !== undefined ? Math.min(before.at, alert.firstAt) : alert.firstAt,
      times: 1 + repeats,
    });
    if (this.#causes.size > MOST_CAUSES) {
      const [oldest] = this.#causes.keys();
      if (oldest !== undefined) this.#causes.delete(oldest);
    }
  }

  /** At most one at a time is on its way; it is followed by another one where something has changed since. */
  #save(): void {
    const notes = this.#notes;
    if (notes === null || this.#unsaved) return;
    this.#unsaved = true;
    this.#saving = this.#saving.then(async () => {
      this.#unsaved = false;
      const kept = { causes: [...this.#causes], waiting: [...this.#waiting.values()] };
      // A journal that cannot be written tells so elsewhere; here it costs a repeated alert at the worst.
      await notes.write(NOTE, kept).catch(() => undefined);
    });
  }
}

/**
 * May the clock be believed? (PRODUCT section 5: after a step of over a day, expiry and retention wait.)
 *
 * 1. While the process runs, the clock is compared with the time that has really passed (`Clock.elapsed`, which goes on
 *    while the computer sleeps): a difference of more than a day, in either direction, is a step.
 * 2. At a start nobody can tell a computer that was off from a clock that was set ahead: up to 30 days are taken for
 *    "off" (holidays), more have to be confirmed. A clock that goes back by more than a day is always in doubt.
 * 3. While in doubt nothing is deleted because of its age: neither files and history here nor mail at the provider,
 *    and no equal message counts as an old one. Mail goes on. Expiry counts usable time and needs no clock.
 * 4. The doubt outlives a restart. It ends when somebody confirms the clock, or when the clock is put right.
 */
import * as z from "zod";
import type { ClockDoubt } from "../model/clock-doubt.ts";
import type { Clock, RaiseAlert } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";

const DAY = 86_400_000;
const LONGEST_OFF = 30 * DAY;
/** The last time is written down this often. */
const NOTE_EVERY = 60_000;

/** The name of its note in the spool. */
export const CLOCK_NOTE = "clock";

/** What the clock showed, and how much time had passed since some moment (null: not known). */
export interface Sighting {
  readonly now: number;
  readonly elapsed: number | null;
}

const doubtSchema = z.object({
  kind: z.enum(["forwards", "backwards"]),
  before: z.number(),
  after: z.number(),
}) satisfies z.ZodType<ClockDoubt>;

const noteSchema = z.object({ seenAt: z.number(), doubt: doubtSchema.nullable() });
type ClockNote = Readonly<z.infer<typeof noteSchema>>;

/** At a start. `seenAt`: the last time before it that was not in doubt; null: there was none. Pure. */
export function judgeStart(seenAt: number | null, now: number): ClockDoubt | null {
  if (seenAt === null) return null;
  if (now < seenAt - DAY) return { kind: "backwards", before: seenAt, after: now };
  if (now > seenAt + LONGEST_OFF) return { kind: "forwards", before: seenAt, after: now };
  return null;
}

/** While the process runs; `base`: a sighting that is not in doubt. Pure. */
export function judgeStep(base: Sighting, sighting: Sighting): ClockDoubt | null {
  if (base.elapsed === null || sighting.elapsed === null) return null;
  const expected = base.now + (sighting.elapsed - base.elapsed);
  if (Math.abs(sighting.now - expected) <= DAY) return null;
  const kind = sighting.now > expected ? "forwards" : "backwards";
  return { kind, before: expected, after: sighting.now };
}

/** Has a clock that was in doubt been put right, as far as it can tell itself? Pure. */
export function isPutRight({ kind, before, after }: ClockDoubt, now: number): boolean {
  const half = Math.abs(after - before) / 2;
  // One that runs on only leaves the place where it was found in the direction of time.
  return kind === "forwards"
    ? now >= before - DAY && now < after - half
    : now >= after + half && now <= before + LONGEST_OFF;
}

export interface ClockWatchParts {
  readonly clock: Clock;
  readonly read: () => unknown;
  readonly write: (note: unknown) => Promise<void>;
  readonly raiseAlert: RaiseAlert;
}

export class ClockWatch {
  readonly #parts: ClockWatchParts;
  #base: Sighting;
  #doubt: ClockDoubt | null;
  /** It happened while this process ran. */
  #seenHere = false;
  #note: ClockNote | null;
  /** The doubt that was last told, also by an earlier process. */
  #told: string;

  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
    const parsed = noteSchema.safeParse(parts.read());
    this.#note = parsed.success ? parsed.data : null;
    this.#told = tag(this.#note?.doubt ?? null);
    this.#base = this.#sighting();
    const before = this.#note?.doubt ?? null;
    this.#doubt =
      before !== null && !isPutRight(before, this.#base.now)
        ? before
        : judgeStart(this.#note?.seenAt ?? null, this.#base.now);
  }

  /** null: the clock is believed. */
  doubt(): ClockDoubt | null {
    const sighting = this.#sighting();
    const stepped = judgeStep(this.#base, sighting);
    if (this.#doubt === null) {
      this.#doubt = stepped;
      this.#seenHere = stepped !== null;
    } else if (this.#seenHere) {
      // Who looked on knows the right time.
      if (stepped === null) this.#doubt = null;
    } else if (isPutRight(this.#doubt, sighting.now)) {
      this.#believe(sighting);
    }
    return this.#doubt;
  }

  /** Before anything that goes by dates, and now and then. Rejects with ProblemError. */
  async look(): Promise<void> {
    const doubt = this.doubt();
    const now = this.#parts.clock.now();
    if (doubt !== null && this.#told !== tag(doubt)) {
      this.#told = tag(doubt);
      this.#parts.raiseAlert({ cause: "clock-step", problem: clockProblem(doubt) });
    }
    if (doubt === null) this.#told = "";
    const seenAt = doubt === null ? now : (this.#note?.seenAt ?? doubt.before);
    const same = this.#note !== null && tag(this.#note.doubt) === tag(doubt);
    if (same && Math.abs((this.#note?.seenAt ?? 0) - seenAt) < NOTE_EVERY) return;
    this.#note = { seenAt, doubt };
    await this.#parts.write(this.#note);
  }

  /** Somebody says that the clock is right as it is. */
  async confirm(): Promise<void> {
    this.#believe(this.#sighting());
    await this.look();
  }

  #believe(sighting: Sighting): void {
    this.#base = sighting;
    this.#doubt = null;
  }

  #sighting(): Sighting {
    const { clock } = this.#parts;
    return { now: clock.now(), elapsed: clock.elapsed?.() ?? null };
  }
}

function tag(doubt: ClockDoubt | null): string {
  return doubt === null ? "" : `${doubt.kind} ${doubt.before} ${doubt.after}`;
}

export function clockProblem({ kind, before, after }: ClockDoubt): Problem {
  const day = (at: number): string => new Date(at).toString().replace(/ \(.*$/, "");
  return {
    code: "clock-step",
    what:
      kind === "forwards"
        ? `This computer's clock went from ${day(before)} to ${day(after)}; it may have been set, or the computer was off for long.`
        : `This computer's clock went back, from ${day(before)} to ${day(after)}.`,
    cure: "Nothing is deleted because of its age until you confirm that the clock is right (efs confirm-clock); or set it right. Mail goes on.",
  };
}

import type { Clock } from "../../core/model/ports.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  /** Elapsed time, what timers count; the wall clock is `#offset` ahead of it. */
  #elapsed = 0;
  #offset: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = Date.UTC(2026, 10, 20, 12)) {
    this.#offset = now;
  }

  now(): number {
    return this.#elapsed + this.#offset;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer: Timer = { at: this.#elapsed + Math.max(0, milliseconds), order: this.#order++, run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Timers that are armed: a test can see that none is left. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, null when none is armed. */
  nextAt(): number | null {
    const timer = this.#next();
    return timer === undefined ? null : timer.at + this.#offset;
  }

  /**
   * Goes on by so many milliseconds and runs what becomes due, in order, also what those timers arm.
   * Between two timers promises and immediates get their turn.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    // What was called just before may be about to arm its timer.
    await turn();
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#elapsed = Math.max(this.#elapsed, timer.at);
      timer.run();
      await turn();
    }
    this.#elapsed = end;
    await turn();
  }

  /** The computer sleeps: what becomes due meanwhile runs once, when it wakes. */
  async sleep(milliseconds: number): Promise<void> {
    this.#elapsed += milliseconds;
    await this.advance(0);
  }

  /** The wall clock is set (no timer runs: they count real elapsed time). */
  step(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

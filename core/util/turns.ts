import { setImmediate } from "node:timers/promises";

/** Milliseconds: well below what anybody notices, and mail is not held up. */
const TURN = 5;

/** Who rests comes to work again one after the other, each in a turn of its own of the event loop. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Long work that shares its thread: it takes a few milliseconds at a time, and lets everything else have its turn,
 * however much of such work there is at once.
 */
export class Turns {
  readonly #begun = performance.now();
  #since = this.#begun;

  /** Milliseconds since it was begun, with what others did meanwhile. */
  get elapsed(): number {
    return performance.now() - this.#begun;
  }

  /** This turn has been long enough. */
  get over(): boolean {
    return performance.now() - this.#since >= TURN;
  }

  /** Goes on at once while the turn is not over. */
  async rest(): Promise<void> {
    if (!this.over) return;
    last = last.then(() => setImmediate());
    await last;
    this.#since = performance.now();
  }
}

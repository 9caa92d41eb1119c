/**
 * A line of places: each waits until all that were taken before it have been left, however early its own work is done.
 * A place that is never left keeps those behind it waiting.
 */
export class InOrder {
  #last: Place | null = null;

  enter(): Place {
    this.#last = new Place(this.#last);
    return this.#last;
  }
}

export class Place {
  #next: Place | null = null;
  #isFirst: boolean;
  #left = false;
  #come: (() => void) | null = null;

  constructor(before: Place | null) {
    this.#isFirst = before === null || (before.#isFirst && before.#left);
    if (before !== null) before.#next = this;
  }

  /** undefined: it has come already. */
  turn(): Promise<void> | undefined {
    if (this.#isFirst) return undefined;
    return new Promise((resolve) => {
      this.#come = resolve;
    });
  }

  /** Also before its turn: nobody waits for it then. Once more does nothing. */
  leave(): void {
    this.#left = true;
    let place: Place = this;
    while (place.#isFirst && place.#left && place.#next !== null) {
      const next = place.#next;
      place.#next = null;
      next.#isFirst = true;
      next.#come?.();
      place = next;
    }
  }
}

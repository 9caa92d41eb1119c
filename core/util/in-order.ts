export interface Place {
  /** Resolves when all places that were taken before it have been left. */
  readonly turn: Promise<void>;
  /** Also before its turn: nobody waits for it then. Once more does nothing. */
  leave(): void;
}

/**
 * A line of places, so that what ends in any order is told in the order in which it began. A place that is never left
 * keeps those behind it waiting.
 */
export class InOrder {
  #last: Promise<void> = Promise.resolve();

  enter(): Place {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const turn = this.#last;
    this.#last = turn.then(() => left);
    return { turn, leave };
  }
}

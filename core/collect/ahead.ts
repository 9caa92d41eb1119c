/** Messages that are asked for ahead of their answers: how far, and what is under way. */

const AHEAD_OCTETS = 8 * 1_048_576;

/** What was asked for and is not received yet. One message may always be. */
export class Ahead {
  readonly #most: number;
  #messages = 0;
  #octets = 0;
  /** It was full; more is asked for when half of it has come. */
  #full = false;
  #wake = (): void => {};

  constructor(most: number) {
    this.#most = most;
  }

  fits(octets: number): boolean {
    const room = this.#messages < this.#most && this.#octets + octets <= AHEAD_OCTETS;
    if (!room) this.#full = true;
    else if (this.#messages <= this.#most / 2) this.#full = false;
    return this.#messages === 0 || (room && !this.#full);
  }

  /** The returned function takes it off again. */
  add(octets: number): () => void {
    this.#messages += 1;
    this.#octets += octets;
    return () => {
      this.#messages -= 1;
      this.#octets -= octets;
      this.wake();
    };
  }

  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }
}

/** What is under way; nothing of what is over is kept. */
export class Tasks {
  readonly #open = new Set<Promise<void>>();
  #fault: { readonly error: unknown } | null = null;

  add(task: Promise<void>): void {
    const over: Promise<void> = task.then(
      () => void this.#open.delete(over),
      (error: unknown) => {
        this.#fault ??= { error };
        this.#open.delete(over);
      },
    );
    this.#open.add(over);
  }

  /** Rejects with the first fault, when all are over. */
  async done(): Promise<void> {
    await Promise.all(this.#open);
    if (this.#fault !== null) throw this.#fault.error;
  }
}

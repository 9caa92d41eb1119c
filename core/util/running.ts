/** What has begun and not ended yet, for whoever has to wait for it before the end. */
export class Running {
  readonly #works = new Set<Promise<unknown>>();

  /** Gives back the same promise. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    const forget = (): void => {
      this.#works.delete(work);
    };
    this.#works.add(work);
    work.then(forget, forget);
    return work;
  }

  /** When all of it has ended, one way or the other, and what began meanwhile too. */
  async ended(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
  }
}

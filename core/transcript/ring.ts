/** The newest entries of a numbered stream, oldest first. Holds no more than `capacity` of them. */
export interface Numbered {
  /** Rises by one for each entry. */
  readonly sequence: number;
}

export class Ring<Entry extends Numbered> {
  readonly #slots: (Entry | undefined)[];
  #oldest = 1;
  #next = 1;

  constructor(capacity: number) {
    this.#slots = new Array<Entry | undefined>(Math.max(1, capacity));
  }

  /** The entry's number has to be the one after the last one's. */
  push(entry: Entry): void {
    if (this.#next === this.#oldest) this.#oldest = entry.sequence;
    this.#next = entry.sequence + 1;
    this.#slots[entry.sequence % this.#slots.length] = entry;
    this.#oldest = Math.max(this.#oldest, this.#next - this.#slots.length);
  }

  /** Number of the oldest entry that is still held (of the next one while there is none). */
  get oldest(): number {
    return this.#oldest;
  }

  /** Number that the next entry will have. */
  get next(): number {
    return this.#next;
  }

  /** Up to `limit` entries from number `from` on; those that are gone are left out. */
  slice(from: number, limit: number): readonly Entry[] {
    const entries: Entry[] = [];
    const start = Math.max(from, this.#oldest);
    for (let sequence = start; sequence < this.#next && entries.length < limit; sequence += 1) {
      const entry = this.#slots[sequence % this.#slots.length];
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }
}

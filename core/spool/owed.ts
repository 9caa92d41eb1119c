import { ProblemError } from "../model/problem.ts";

type Record = () => Promise<void>;

/**
 * What the journal could not take when it happened (disk full, I/O error): how an attempt ended, what was given
 * back untried. It is recorded before anything else is claimed; otherwise those messages would count as under way
 * until the next start, and what was delivered would then be sent again.
 */
export class Owed {
  #records: Record[] = [];

  get any(): boolean {
    return this.#records.length > 0;
  }

  /** Records it. A trouble of storage is passed on, and it is owed from then on. */
  async record(record: Record): Promise<void> {
    try {
      await record();
    } catch (error) {
      if (error instanceof ProblemError) this.#records.push(record);
      throw error;
    }
  }

  /** Records what is owed, in its order. Rejects with ProblemError: the rest stays owed. */
  async settle(): Promise<void> {
    while (this.#records.length > 0) {
      const records = this.#records;
      this.#records = [];
      for (const [index, record] of records.entries()) {
        try {
          await record();
        } catch (error) {
          // A fault would be one the next time too, and must not stop the others for ever.
          const left = records.slice(error instanceof ProblemError ? index : index + 1);
          this.#records = [...left, ...this.#records];
          throw error;
        }
      }
    }
  }
}

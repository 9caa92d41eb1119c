import { ProblemError } from "../model/problem.ts";

type Record = () => Promise<void>;

interface Debt {
  readonly record: Record;
  /** Called once, when it is recorded. */
  readonly recorded: Record | undefined;
}

/**
 * What the journal could not take when it happened (disk full, I/O error): how an attempt ended, what was given
 * back untried. It is recorded before anything else is claimed; otherwise those messages would count as under way
 * until the next start, and what was delivered would then be sent again.
 */
export class Owed {
  #debts: Debt[] = [];
  #settling: Promise<void> | null = null;

  get any(): boolean {
    return this.#debts.length > 0;
  }

  /** Records it. A trouble of storage is passed on, and it is owed from then on. */
  async record(record: Record, recorded?: Record): Promise<void> {
    try {
      await record();
    } catch (error) {
      if (error instanceof ProblemError) this.#debts.push({ record, recorded });
      throw error;
    }
    await recorded?.();
  }

  /** Records what is owed, in its order. Rejects with ProblemError: the rest stays owed. */
  settle(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  async #settleAll(): Promise<void> {
    for (let debt = this.#debts[0]; debt !== undefined; debt = this.#debts[0]) {
      try {
        await debt.record();
      } catch (error) {
        // A fault would be one the next time too, and must not stop the others for ever.
        if (!(error instanceof ProblemError)) this.#paid(debt);
        throw error;
      }
      this.#paid(debt);
      await debt.recorded?.();
    }
  }

  #paid(debt: Debt): void {
    this.#debts = this.#debts.filter((other) => other !== debt);
  }
}

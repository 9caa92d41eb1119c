/**
 * Deleting with 30 seconds to think again: the rows vanish at once, the deletion is sent later.
 *
 * 1. Until it is sent nothing has happened; undo only forgets it.
 * 2. A page that is left sends everything at once (`leave`).
 * 3. What is being sent stays hidden until `send` has ended; then the list itself knows.
 */
export const UNDO_MILLISECONDS = 30_000;

export interface PendingDelete {
  readonly number: number;
  readonly ids: readonly string[];
  /** null: being sent. */
  readonly sendAt: number | null;
}

export interface PendingDeletesPorts {
  readonly now: () => number;
  /** The returned function calls it off. */
  readonly after: (milliseconds: number, what: () => void) => () => void;
  /**
   * Resolves when the list has been read anew; never rejects. `leaving`: nothing runs any more when this returns, so
   * all of it has to be on its way by then.
   */
  readonly send: (ids: readonly string[], leaving: boolean) => Promise<void>;
}

export interface PendingDeletes {
  add(ids: readonly string[]): PendingDelete;
  /** False: it was sent already. */
  undo(number: number): boolean;
  /** The newest that can still be undone; null: there is none. */
  newest(): PendingDelete | null;
  leave(): void;
  /** Ids that are not shown; the same object until it changes. */
  hidden(): ReadonlySet<string>;
  subscribe(listener: () => void): () => void;
}

export function createPendingDeletes({ now, after, send }: PendingDeletesPorts): PendingDeletes {
  const batches = new Map<number, PendingDelete>();
  const callOff = new Map<number, () => void>();
  const listeners = new Set<() => void>();
  let hidden: ReadonlySet<string> = new Set();
  let nextNumber = 1;

  const changed = (): void => {
    hidden = new Set([...batches.values()].flatMap(({ ids }) => ids));
    for (const listener of listeners) listener();
  };

  const sendBatch = (number: number, leaving: boolean): void => {
    const batch = batches.get(number);
    if (batch === undefined || batch.sendAt === null) return;
    callOff.get(number)?.();
    callOff.delete(number);
    batches.set(number, { ...batch, sendAt: null });
    void send(batch.ids, leaving).then(() => {
      batches.delete(number);
      changed();
    });
  };

  return {
    add(ids) {
      const batch: PendingDelete = { number: nextNumber++, ids, sendAt: now() + UNDO_MILLISECONDS };
      batches.set(batch.number, batch);
      callOff.set(
        batch.number,
        after(UNDO_MILLISECONDS, () => sendBatch(batch.number, false)),
      );
      changed();
      return batch;
    },
    undo(number) {
      if ((batches.get(number)?.sendAt ?? null) === null) return false;
      callOff.get(number)?.();
      callOff.delete(number);
      batches.delete(number);
      changed();
      return true;
    },
    newest: () => [...batches.values()].findLast(({ sendAt }) => sendAt !== null) ?? null,
    leave() {
      for (const number of batches.keys()) sendBatch(number, true);
    },
    hidden: () => hidden,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

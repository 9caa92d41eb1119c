/**
 * What is to be sent next.
 *
 * 1. A message is claimed once: the attempt and the time of the next one are on the disk before the caller
 *    gets it, so that a crash never hammers the server (ARCHITECTURE, decisions).
 * 2. A message that is given back untried is due when its recipients are. One that is due already is so behind
 *    the others: the next probe of a route that is down uses another message.
 * 3. Before anything is claimed, what the journal could not take earlier is recorded (`Owed`).
 * 4. The indexes hold only what is pending, so that the cost is that of the batch.
 */
import type { QueuedMessage } from "../model/message.ts";
import type { ClaimOrder, DeliveryQueue } from "../model/ports.ts";
import { pendingDue } from "./due.ts";
import { type Row, UncertainCommitError } from "./journal.ts";
import type { Meta } from "./meta.ts";
import type { Owed } from "./owed.ts";
import { QUEUED_COLUMNS, queuedMessage, recipientsOfAll } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull } from "./spool-context.ts";

const FOREVER = Number.MAX_SAFE_INTEGER;
/**
 * With its index named, and `? + 0`: where a bound value could decide on the plan (the kind, as there is an index of one
 * kind alone; a limit), SQLite prepares the statement again at each call, which takes far longer than running it.
 */
const DUE = "FROM message INDEXED BY message_due WHERE kind = ? AND due_at IS NOT NULL AND claimed = 0";
const NEXT_DUE = `SELECT min(due_at) AS due ${DUE}`;
const DUE_UNTIL = `SELECT ${QUEUED_COLUMNS} ${DUE} AND due_at <= ? ORDER BY due_at, id LIMIT ? + 0`;

export class JournalQueue implements DeliveryQueue {
  readonly #context: SpoolContext;
  readonly #meta: Meta;
  readonly #owed: Owed;

  constructor(context: SpoolContext, meta: Meta, owed: Owed) {
    this.#context = context;
    this.#meta = meta;
    this.#owed = owed;
  }

  async claim(order: ClaimOrder): Promise<readonly QueuedMessage[]> {
    const { journal, directory, policy } = this.#context;
    await this.#owed.settle();
    let claimed: readonly Row[] = [];
    const claiming = journal.commit(() => {
      const rows = this.#due(order);
      claimed = rows;
      if (rows.length === 0) return [];
      const ids = rows.map((row) => number(row["id"]));
      journal.run(
        "UPDATE message SET claimed = 1, claimed_at = ?, due_at = ? WHERE id IN (SELECT value FROM json_each(?))",
        order.now,
        order.nextAt,
        JSON.stringify(ids),
      );
      const recipients = recipientsOfAll(journal, ids);
      // While the clock is in doubt nothing is old enough to expire.
      const believed = policy().clockBelieved !== false;
      return rows.map((row) => {
        const message = queuedMessage(
          row,
          recipients.get(number(row["id"])) ?? [],
          directory.folder("Inbox"),
          order.now,
          this.#meta.usableTime,
        );
        return believed ? message : { ...message, usableAge: 0 };
      });
    });
    return claiming.catch(async (error: unknown) => {
      // They are claimed where that can be read, and nobody has them.
      if (error instanceof UncertainCommitError) {
        await this.#release(claimed.map((row) => number(row["id"]))).catch(() => undefined);
      }
      throw error;
    });
  }

  release(messages: readonly QueuedMessage[]): Promise<void> {
    return this.#release(messages.map(({ id }) => id));
  }

  #release(ids: readonly number[]): Promise<void> {
    const { journal, clock } = this.#context;
    return this.#owed.record(() =>
      journal.commit(() => {
        const now = clock.now();
        for (const id of ids) {
          const due = pendingDue(journal, id, now)?.dueAt ?? null;
          const dueAt = due === null ? null : Math.max(due, now);
          journal.run("UPDATE message SET claimed = 0, due_at = ? WHERE id = ? AND claimed = 1", dueAt, id);
        }
      }),
    );
  }

  nextDueAt(kinds: ClaimOrder["kinds"]): number | null {
    if (this.#owed.any) return 0;
    let next: number | null = null;
    for (const kind of kinds) {
      const row = this.#context.journal.get(NEXT_DUE, kind);
      const due = numberOrNull(row?.["due"]);
      if (due !== null && (next === null || due < next)) next = due;
    }
    return next;
  }

  /** Oldest due first, over all the kinds. */
  #due(order: ClaimOrder): readonly Row[] {
    const rows = order.kinds.flatMap((kind) =>
      this.#context.journal.all(DUE_UNTIL, kind, order.ignoreBackoff ? FOREVER : order.now, order.limit),
    );
    if (order.kinds.length > 1) {
      rows.sort(
        (one, other) =>
          number(one["due_at"]) - number(other["due_at"]) || number(one["id"]) - number(other["id"]),
      );
    }
    return rows.slice(0, order.limit);
  }
}

/**
 * Times of next tries that no back-off could have set: the clock was ahead when they were written, and has been put
 * back since. Mail would wait for that day to come; it is due now.
 */
import type { RecipientState } from "../model/message.ts";
import { PENDING } from "./due.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, text } from "./spool-context.ts";
import { readState } from "./stored-values.ts";

/** Longer than the longest back-off (an hour). */
const LONGEST = 2 * 3_600_000;
const KINDS = ["mail", "report", "alert"];

/** Messages of one transaction. */
const SLICE = 50;

/** The number of messages. Rejects with ProblemError. */
export async function bringForward(context: SpoolContext): Promise<number> {
  const { journal, clock } = context;
  const now = clock.now();
  let messages = 0;
  for (const kind of KINDS) {
    let after: Place = { at: now + LONGEST, id: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const slice = lateMessages(context, kind, after);
      const last = slice.at(-1);
      if (last === undefined) break;
      after = last;
      const late = slice.filter(({ at, size }) => at > now + LONGEST + context.policy().sendingDelay(size));
      if (late.length > 0) {
        await journal.commit(() => {
          for (const { id } of late) messageDueNow(context, id, now);
        });
      }
      messages += late.length;
    }
  }
  const reports = journal.all(
    "SELECT id FROM message WHERE report_state = 'waiting' AND report_due_at > ?",
    now + LONGEST,
  );
  for (let start = 0; start < reports.length; start += SLICE) {
    await journal.commit(() => {
      for (const { id } of reports.slice(start, start + SLICE)) {
        const sql = "UPDATE message SET report_due_at = ? WHERE id = ? AND report_state = 'waiting'";
        journal.run(sql, now, number(id));
      }
    });
  }
  return messages + reports.length;
}

/** In the order in which they are due. */
interface Place {
  readonly at: number;
  readonly id: number;
}

function lateMessages(
  { journal }: SpoolContext,
  kind: string,
  after: Place,
): readonly (Place & { readonly size: number })[] {
  return journal
    .all(
      `SELECT id, size, due_at FROM message
       WHERE kind = ? AND due_at IS NOT NULL AND claimed = 0 AND (due_at, id) > (?, ?) ORDER BY due_at, id LIMIT ${SLICE}`,
      kind,
      after.at,
      after.id,
    )
    .map((row) => ({ at: number(row["due_at"]), id: number(row["id"]), size: number(row["size"]) }));
}

function messageDueNow(context: SpoolContext, id: number, now: number): void {
  const sql = "UPDATE message SET due_at = ? WHERE id = ? AND due_at IS NOT NULL AND claimed = 0";
  context.journal.run(sql, now, id);
  dueNow(context, id, now);
}

function dueNow({ journal }: SpoolContext, id: number, now: number): void {
  const sql = `SELECT id, state, detail FROM recipient WHERE message = ? AND state IN ${PENDING}`;
  for (const row of journal.all(sql, id)) {
    const state = readState(text(row["state"]), text(row["detail"]));
    if (state.kind !== "deferred" || state.nextAt <= now + LONGEST) continue;
    const next: RecipientState = { ...state, nextAt: now };
    journal.run("UPDATE recipient SET detail = ? WHERE id = ?", JSON.stringify(next), number(row["id"]));
  }
}

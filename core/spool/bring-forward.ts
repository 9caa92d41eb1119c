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

/** The number of messages. Rejects with ProblemError. */
export async function bringForward(context: SpoolContext): Promise<number> {
  const { journal, clock } = context;
  const now = clock.now();
  const late = KINDS.flatMap((kind) => lateMessages(context, kind, now));
  const reports = journal.all(
    "SELECT id FROM message WHERE report_state = 'waiting' AND report_due_at > ?",
    now + LONGEST,
  );
  if (late.length === 0 && reports.length === 0) return 0;
  return journal.commit(() => {
    for (const id of late) {
      journal.run(
        "UPDATE message SET due_at = ? WHERE id = ? AND due_at IS NOT NULL AND claimed = 0",
        now,
        id,
      );
      dueNow(context, id, now);
    }
    for (const { id } of reports) {
      const sql = "UPDATE message SET report_due_at = ? WHERE id = ? AND report_state = 'waiting'";
      journal.run(sql, now, number(id));
    }
    return late.length + reports.length;
  });
}

function lateMessages({ journal, policy }: SpoolContext, kind: string, now: number): readonly number[] {
  return journal
    .all(
      `SELECT id, size, due_at FROM message
       WHERE kind = ? AND due_at IS NOT NULL AND claimed = 0 AND due_at > ?`,
      kind,
      now + LONGEST,
    )
    .filter((row) => number(row["due_at"]) > now + LONGEST + policy().sendingDelay(number(row["size"])))
    .map((row) => number(row["id"]));
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

import type { RecipientState } from "../model/message.ts";
import type { Journal } from "./journal.ts";
import { text } from "./spool-context.ts";
import { readState } from "./stored-values.ts";

/** SQL: the states of a recipient that is not settled. */
export const PENDING = "('queued', 'deferred', 'held')";

/** When a message is due by its pending recipients; `dueAt` null: all of them are held. null: nothing is pending. */
export function pendingDue(
  journal: Journal,
  id: number,
  now: number,
): { readonly dueAt: number | null } | null {
  const rows = journal.all(
    `SELECT state, detail FROM recipient WHERE message = ? AND state IN ${PENDING}`,
    id,
  );
  if (rows.length === 0) return null;
  let dueAt: number | null = null;
  for (const row of rows) {
    const due = dueTime(readState(text(row["state"]), text(row["detail"])), now);
    if (due !== null && (dueAt === null || due < dueAt)) dueAt = due;
  }
  return { dueAt };
}

function dueTime(state: RecipientState, now: number): number | null {
  if (state.kind === "deferred") return state.nextAt;
  return state.kind === "held" ? null : now;
}

/** What people did to messages, as rows (model/action). The pair of message and action id is there once. */
import type { ActionRecord, FolderAction } from "../model/action.ts";
import type { ActionEntry } from "../model/message.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, oneOf, text } from "./spool-context.ts";

const KINDS = [
  "resend-to-original",
  "resend-to-postmaster",
  "resend-to-address",
  "hold",
  "release",
  "send-anyway",
  "delete",
] as const satisfies readonly FolderAction[];

/** Inside a work. `made`: the message that it made. */
export function enterAction(
  { journal }: SpoolContext,
  { message, actionId, actor, kind, detail }: ActionEntry,
  made: number | null,
  now: number,
): void {
  journal.run(
    "INSERT INTO action (message, action_id, at, actor, kind, detail, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
    message,
    actionId,
    now,
    actor,
    kind,
    detail,
    made,
  );
}

export function findAction(
  { journal }: SpoolContext,
  message: number,
  actionId: string,
): ActionRecord | null {
  const row = journal.get("SELECT * FROM action WHERE message = ? AND action_id = ?", message, actionId);
  return row === undefined ? null : actionRecord(row);
}

/** Oldest first. */
export function actionsOf({ journal }: SpoolContext, message: number): readonly ActionRecord[] {
  return journal.all("SELECT * FROM action WHERE message = ? ORDER BY id", message).map(actionRecord);
}

function actionRecord(row: Readonly<Record<string, unknown>>): ActionRecord {
  return {
    at: number(row["at"]),
    actor: text(row["actor"]),
    kind: oneOf(row["kind"], KINDS),
    detail: text(row["detail"]),
    made: numberOrNull(row["made"]),
  };
}

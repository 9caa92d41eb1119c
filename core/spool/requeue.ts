/**
 * Rows of messages that are held, or sent once more. All of this runs inside a transaction; what it gives are the
 * files to be moved after it.
 */
import { addressKey } from "../model/address.ts";
import type { RecipientState } from "../model/message.ts";
import { isPending } from "../model/message.ts";
import { PENDING, pendingDue } from "./due.ts";
import type { FileTask } from "./file-tasks.ts";
import { recipientsOf } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, text } from "./spool-context.ts";

export function setState({ journal }: SpoolContext, recipient: number, state: RecipientState): void {
  journal.run(
    "UPDATE recipient SET state = ?, detail = ? WHERE id = ?",
    state.kind,
    JSON.stringify(state),
    recipient,
  );
}

/** A new message, of which these recipients are held from the start. */
export function holdNew(
  context: SpoolContext,
  id: number,
  addresses: readonly string[],
  usableTime: number,
): void {
  const { journal, clock } = context;
  const keys = new Set(addresses.map(addressKey));
  const recipients = recipientsOf(journal, id);
  const held = recipients.filter(({ address }) => keys.has(addressKey(address)));
  for (const { id: recipient } of held) {
    setState(context, recipient, { kind: "held", since: clock.now(), reason: "guard", failure: null });
  }
  // Otherwise it is due when its delay for the antivirus is over.
  if (held.length === recipients.length) placeInQueue(context, id, usableTime);
}

/** When the message is due, after its recipients' states were changed. Its clock stands while all are held. */
export function placeInQueue({ journal, clock }: SpoolContext, id: number, usableTime: number): void {
  const due = pendingDue(journal, id, clock.now());
  journal.run(
    due?.dueAt == null
      ? `UPDATE message SET due_at = NULL, usable_stopped = coalesce(usable_stopped, ?) WHERE id = ?`
      : `UPDATE message SET usable_from = usable_from + coalesce(? - usable_stopped, 0), usable_stopped = NULL WHERE id = ?`,
    usableTime,
    id,
  );
  if (due?.dueAt != null) journal.run("UPDATE message SET due_at = ? WHERE id = ?", due.dueAt, id);
}

/**
 * A closed message with pending recipients goes back into Inbox; a report about it that is not on its
 * way yet is called off.
 */
export function reopen(context: SpoolContext, id: number, usableTime: number): readonly FileTask[] {
  const { journal } = context;
  const row = journal.get("SELECT folder, file, duplicate_key FROM message WHERE id = ?", id);
  const from = folderOrNull(row?.["folder"]);
  if (row === undefined || from === null) return [];
  journal.run(
    `UPDATE message SET folder = 'Inbox', file_task = 1, closed_at = NULL, outcome = NULL, outcome_detail = NULL,
       junk_reason = NULL, acknowledged_at = NULL, report_state = NULL, report_due_at = NULL, reported_at = NULL,
       usable_from = ?, usable_stopped = NULL, interrupted = 0 WHERE id = ?`,
    usableTime,
    id,
  );
  const key = text(row["duplicate_key"]);
  for (const { address, state } of recipientsOf(journal, id)) {
    if (isPending(state)) enterDuplicate(context, id, key, address);
  }
  placeInQueue(context, id, usableTime);
  return [{ id, file: text(row["file"]), from, to: "Inbox" }, ...callOffReports(context, id)];
}

/** Reports about a message that nobody has begun to send. */
export function callOffReports({ journal, clock }: SpoolContext, original: number): readonly FileTask[] {
  const now = clock.now();
  const removed: RecipientState = { kind: "removed", at: now, reason: "by-policy" };
  return journal
    .all("SELECT id, file FROM message WHERE report_of = ? AND folder = 'Inbox' AND claimed = 0", original)
    .map((row): FileTask => {
      const id = number(row["id"]);
      journal.run(
        `UPDATE recipient SET state = 'removed', detail = ? WHERE message = ? AND state IN ${PENDING}`,
        JSON.stringify(removed),
        id,
      );
      journal.run(
        `UPDATE message SET folder = NULL, file_task = 1, closed_at = ?, due_at = NULL, outcome = 'removed',
           outcome_detail = 'what it reports is no longer so' WHERE id = ?`,
        now,
        id,
      );
      return { id, file: text(row["file"]), from: "Inbox", to: null };
    });
}

/** An equal message for this recipient is a duplicate of this one. */
export function enterDuplicate(
  { journal, clock }: SpoolContext,
  id: number,
  key: string,
  address: string,
): void {
  if (key === "") return;
  journal.run(
    "INSERT INTO duplicate (key, recipient, message, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    key,
    addressKey(address),
    id,
    clock.now(),
  );
}

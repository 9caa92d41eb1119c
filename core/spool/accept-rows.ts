/** The rows of a message that is taken over. All of this runs inside the one transaction of `accept`. */
import { addressKey } from "../model/address.ts";
import type { ResolvedRecipient, TrailStep } from "../model/envelope.ts";
import type { AcceptOrder, Folder, RecipientState } from "../model/message.ts";
import { type Destination, detailOf, folderOf, outcomeOf } from "./destination.ts";
import type { SpoolContext } from "./spool-context.ts";

/**
 * Blanks behind a recipient's first state are the room for its last one, the server's answer: a row that grows does not
 * fit into its page any more, and that page is divided.
 */
const ROOM = 140;

/** What is settled before the transaction. */
export interface AcceptPlan {
  readonly order: AcceptOrder;
  readonly destination: Destination;
  readonly folder: Folder | null;
  readonly file: string;
  readonly queueId: string;
  /** null: not from a mailbox, no identity to remember. */
  readonly uidHash: string | null;
  readonly uid: string | null;
  readonly now: number;
}

/** The message and its trail; its id. */
export function insertMessage(
  { journal, policy }: SpoolContext,
  plan: AcceptPlan,
  destination: Destination,
  trail: readonly TrailStep[],
  usableTime: number,
): number {
  const { order, now } = plan;
  const { source, body, summary } = order;
  const queued = destination.kind === "queue";
  const id = journal.insert(
    `INSERT INTO message (queue_id, kind, account, uid, server, announced_size, folder, file, file_task,
       sender, from_text, subject, message_id, date, size, wire_size, eight_bit_header, eight_bit_body,
       whole_hash, duplicate_key, never_reported, received_at, closed_at, outcome, outcome_detail, due_at,
       usable_from, junk_reason, report_of, report_form, report_state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    plan.queueId,
    order.kind,
    source.accountId,
    plan.uid,
    source.server,
    source.announcedSize,
    folderOf(destination),
    plan.file,
    destination.kind === "close" && plan.folder !== null ? 1 : 0,
    order.resolution.sender,
    summary.from,
    summary.subject,
    summary.messageId,
    summary.date,
    body.size,
    body.wireSize,
    body.eightBitHeader ? 1 : 0,
    body.eightBitBody ? 1 : 0,
    body.wholeHash,
    order.duplicateKey,
    order.neverReported === true ? 1 : 0,
    now,
    queued ? null : now,
    outcomeOf(destination),
    detailOf(destination),
    queued ? now + Math.max(0, policy().sendingDelay(body.size)) : null,
    usableTime,
    destination.kind === "junk" ? destination.reason : null,
    order.reportOf,
    order.reportForm,
    destination.kind === "list-again" && destination.folder === "Errors" ? "off" : null,
  );
  journal.run(
    "INSERT INTO trail (message, kind, steps) VALUES (?, ?, ?)",
    id,
    order.resolution.kind,
    JSON.stringify(trail),
  );
  return id;
}

/** The recipients, and that they have this message: what an equal one is measured by. */
export function insertRecipients(
  { journal }: SpoolContext,
  { order, now }: AcceptPlan,
  destination: Destination,
  message: number,
  recipients: readonly ResolvedRecipient[],
): void {
  const state: RecipientState =
    destination.kind === "queue" ? { kind: "queued" } : { kind: "removed", at: now, reason: "by-policy" };
  const detail = JSON.stringify(state).padEnd(ROOM);
  for (const { address, role } of recipients) {
    journal.run(
      "INSERT INTO recipient (message, address, role, state, detail) VALUES (?, ?, ?, ?, ?)",
      message,
      address,
      role,
      state.kind,
      detail,
    );
    if (order.duplicateKey === null || destination.kind !== "queue") continue;
    journal.run(
      `INSERT INTO duplicate (key, recipient, message, at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET message = excluded.message, at = excluded.at`,
      order.duplicateKey,
      addressKey(address),
      message,
      now,
    );
  }
}

/** The identity counts as collected from now on. */
export function recordCollected(
  { journal }: SpoolContext,
  record: {
    readonly accountId: string;
    readonly uid: string | null;
    readonly uidHash: string;
    readonly wholeHash: string;
    readonly message: number | null;
    readonly now: number;
  },
): void {
  journal.run(
    `INSERT INTO seen (account, uid_hash, uid, state, tries, collected_at, whole_hash, message, listed_at)
     VALUES (?, ?, ?, 'collected', 0, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET state = 'collected', uid = coalesce(excluded.uid, uid), tries = 0,
       collected_at = excluded.collected_at, whole_hash = excluded.whole_hash, message = excluded.message,
       listed_at = excluded.listed_at`,
    record.accountId,
    record.uidHash,
    record.uid,
    record.now,
    record.wholeHash,
    record.message,
    record.now,
  );
}

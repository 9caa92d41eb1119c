/**
 * What people do to messages in the folders (PRODUCT section 8).
 *
 * 1. One transaction an action and message: the change and its record. The same action id once more gives the answer
 *    of the first time and changes nothing.
 * 2. A message that is just being sent is left alone (`busy`): what comes of it decides its place.
 * 3. A recipient that accepted the message is not sent to again by a retry; a copy is a new message.
 * 4. A user's own resend passes the duplicates rule (PRODUCT section 4).
 * 5. Nothing rejects for one message: each has its answer, and the others go on. Trouble of the disk is `failed`.
 */
import { join } from "node:path";
import type { ActionResult, ActionResultCode, FolderAction } from "../model/action.ts";
import { addressKey } from "../model/address.ts";
import type { Folder, JunkReason, MessageKind, QueuedRecipient, RecipientState } from "../model/message.ts";
import { isPending } from "../model/message.ts";
import { ProblemError } from "../model/problem.ts";
import { assertNever } from "../util/assert-never.ts";
import { enterAction, findAction } from "./action-rows.ts";
import { PENDING } from "./due.ts";
import type { FileTask, FileTasks } from "./file-tasks.ts";
import type { Holds } from "./holds.ts";
import type { Row } from "./journal.ts";
import type { Meta } from "./meta.ts";
import { callOffReports, placeInQueue, reopen, setState } from "./requeue.ts";
import { recipientsOf } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, numberOrNull, text } from "./spool-context.ts";

/** The actions that need no new message and no resolver. */
export type PlainAction =
  | "retry"
  | "report-again"
  | "hold"
  /** Held reports and alerts go on. */
  | "let-go"
  /** Held mail was resolved and queued by `Holds.release`: only the record. */
  | "note"
  | "delete";

export interface PlainActionOrder {
  readonly queueId: string;
  readonly action: PlainAction;
  readonly kind: FolderAction;
  readonly actionId: string;
  readonly actor: string;
  /** For `note`: what was done. */
  readonly detail?: string;
}

/** A message that somebody wants to do something to. */
export interface ActionTarget {
  readonly id: number;
  readonly queueId: string;
  readonly kind: MessageKind;
  readonly folder: Folder | null;
  /** null: it has no file any more. */
  readonly path: string | null;
  readonly size: number;
  readonly junkReason: JunkReason | null;
  readonly neverReported: boolean;
  readonly duplicateKey: string | null;
  readonly busy: boolean;
  readonly recipients: readonly QueuedRecipient[];
}

interface Answer {
  readonly code: ActionResultCode;
  readonly what: string;
  readonly tasks?: readonly FileTask[];
}

export class Actions {
  readonly #context: SpoolContext;
  readonly #tasks: FileTasks;
  readonly #meta: Meta;
  readonly #holds: Holds;

  constructor(context: SpoolContext, tasks: FileTasks, meta: Meta, holds: Holds) {
    this.#context = context;
    this.#tasks = tasks;
    this.#meta = meta;
    this.#holds = holds;
  }

  find(queueId: string): ActionTarget | null {
    const { journal, directory } = this.#context;
    const row = journal.get("SELECT * FROM message WHERE queue_id = ?", queueId.toUpperCase());
    if (row === undefined) return null;
    const id = number(row["id"]);
    const folder = folderOrNull(row["folder"]);
    return {
      id,
      queueId: text(row["queue_id"]),
      kind: row["kind"] === "report" ? "report" : row["kind"] === "alert" ? "alert" : "mail",
      folder,
      path: folder === null ? null : join(directory.folder(folder), text(row["file"])),
      size: number(row["size"]),
      junkReason: row["junk_reason"] as JunkReason | null,
      neverReported: row["never_reported"] === 1,
      duplicateKey: row["duplicate_key"] as string | null,
      busy: row["claimed"] === 1,
      recipients: recipientsOf(journal, id),
    };
  }

  /** What this action came to before; null: it is new. */
  before(target: Pick<ActionTarget, "id" | "queueId">, actionId: string): ActionResult | null {
    const record = findAction(this.#context, target.id, actionId);
    if (record === null) return null;
    const made = this.#queueIdOf(record.made);
    return {
      queueId: target.queueId,
      code: "repeated",
      what: `${record.detail} (as asked for before)`,
      ...(made === null ? {} : { made }),
    };
  }

  async act(order: PlainActionOrder): Promise<ActionResult> {
    const { journal } = this.#context;
    const queueId = order.queueId.toUpperCase();
    try {
      const answer = await journal.commit(() => this.#act({ ...order, queueId }));
      for (const task of answer.tasks ?? []) await this.#tasks.run(task);
      return { queueId, code: answer.code, what: answer.what };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return { queueId, code: "failed", what: error.problem.what };
    }
  }

  /** Inside a work. */
  #act(order: PlainActionOrder): Answer {
    const { journal, clock } = this.#context;
    const row = journal.get("SELECT * FROM message WHERE queue_id = ?", order.queueId);
    if (row === undefined) return unknownMessage;
    const message = number(row["id"]);
    const before = this.before({ id: message, queueId: order.queueId }, order.actionId);
    if (before !== null) return before;
    const answer = this.#carryOut(order, row);
    if (answer.code === "done") {
      const { actionId, actor, kind } = order;
      enterAction(this.#context, { message, actionId, actor, kind, detail: answer.what }, null, clock.now());
    }
    return answer;
  }

  #carryOut(order: PlainActionOrder, row: Row): Answer {
    const folder = folderOrNull(row["folder"]);
    if (order.action === "note") return { code: "done", what: order.detail ?? "" };
    if (folder === null) {
      return order.action === "delete"
        ? { code: "already", what: "It has no file any more." }
        : { code: "gone", what: "The message itself is not kept any more; only its history is." };
    }
    if (row["claimed"] === 1) return { code: "busy", what: "It is just being sent; try again in a moment." };
    switch (order.action) {
      case "retry":
        return folder === "Inbox" ? this.#tryNow(row) : this.#retry(row, folder);
      case "report-again":
        return this.#reportAgain(row, folder);
      case "hold":
        return this.#hold(row, folder);
      case "let-go":
        this.#holds.letGo(number(row["id"]));
        return { code: "done", what: "It was released and is on its way." };
      case "delete":
        return this.#delete(row, folder);
      default:
        return assertNever(order.action);
    }
  }

  /** Inbox: who waits for a later try is tried at once; but not who may have it already. */
  #tryNow(row: Row): Answer {
    const id = number(row["id"]);
    const waiting = recipientsOf(this.#context.journal, id).filter(
      ({ state }) => state.kind === "deferred" && state.failure.scope !== "unknown-outcome",
    );
    if (waiting.length === 0) {
      const held = recipientsOf(this.#context.journal, id).some(({ state }) => state.kind === "held");
      return held
        ? { code: "not-possible", what: "It is held: release it." }
        : { code: "already", what: "It is on its way." };
    }
    for (const { id: recipient } of waiting) setState(this.#context, recipient, { kind: "queued" });
    placeInQueue(this.#context, id, this.#meta.usableTime);
    return { code: "done", what: `It is tried again at once for ${names(waiting)}.` };
  }

  /** Errors, Junk: back into Inbox for those who did not get it. */
  #retry(row: Row, folder: Folder): Answer {
    const id = number(row["id"]);
    const left = recipientsOf(this.#context.journal, id).filter(
      ({ state, role }) =>
        role !== "bcc-all" &&
        (state.kind === "failed" ||
          state.kind === "expired" ||
          (state.kind === "removed" && state.reason === "by-policy" && folder !== "Backup")),
    );
    if (left.length === 0) {
      return {
        code: "not-possible",
        what:
          folder === "Backup"
            ? "Everybody it was for has it; send it to an address instead."
            : "It has no recipient of its own; send it to an address instead.",
      };
    }
    for (const { id: recipient } of left) setState(this.#context, recipient, { kind: "queued" });
    const tasks = reopen(this.#context, id, this.#meta.usableTime);
    return { code: "done", what: `It is sent again to ${names(left)}.`, tasks };
  }

  /** Errors, and Junk after a refused report: a report is made again. */
  #reportAgain(row: Row, folder: Folder): Answer {
    const { journal, clock } = this.#context;
    const id = number(row["id"]);
    if (row["report_state"] === "waiting" || row["report_state"] === "sending") {
      journal.run(
        "UPDATE message SET report_due_at = ? WHERE id = ? AND report_state = 'waiting'",
        clock.now(),
        id,
      );
      return { code: "already", what: "A report about it is on its way to the postmaster." };
    }
    journal.run(
      `UPDATE message SET folder = 'Errors', file_task = CASE WHEN folder = 'Errors' THEN file_task ELSE 1 END,
         outcome = 'errors', junk_reason = NULL, acknowledged_at = NULL, report_state = 'waiting',
         report_due_at = ?, report_next_form = 'with-content' WHERE id = ?`,
      clock.now(),
      id,
    );
    const tasks: FileTask[] =
      folder === "Errors" ? [] : [{ id, file: text(row["file"]), from: folder, to: "Errors" }];
    return { code: "done", what: "It is reported to the postmaster again.", tasks };
  }

  #hold(row: Row, folder: Folder): Answer {
    if (folder !== "Inbox") {
      return { code: "not-possible", what: `It is in ${folder}: only what waits in Inbox can be held.` };
    }
    return this.#holds.holdByHand(number(row["id"]))
      ? { code: "done", what: "It is held until it is released." }
      : { code: "already", what: "It is held already." };
  }

  /** The file goes, the history stays. What is about it is not sent any more. */
  #delete(row: Row, folder: Folder): Answer {
    const { journal, clock } = this.#context;
    const id = number(row["id"]);
    const now = clock.now();
    const removed: RecipientState = { kind: "removed", at: now, reason: "by-hand" };
    const key = text(row["duplicate_key"]);
    for (const { address, state } of recipientsOf(journal, id)) {
      if (!isPending(state) || key === "") continue;
      journal.run(
        "DELETE FROM duplicate WHERE key = ? AND recipient = ? AND message = ?",
        key,
        addressKey(address),
        id,
      );
    }
    journal.run(
      `UPDATE recipient SET state = 'removed', detail = ? WHERE message = ? AND state IN ${PENDING}`,
      JSON.stringify(removed),
      id,
    );
    const pending = row["closed_at"] === null;
    journal.run(
      `UPDATE message SET folder = NULL, file_task = 1, due_at = NULL, closed_at = coalesce(closed_at, ?),
         outcome = CASE WHEN ? THEN 'removed' ELSE outcome END,
         outcome_detail = CASE WHEN ? THEN 'deleted by hand' ELSE outcome_detail END,
         report_state = CASE WHEN report_state IN ('waiting', 'sending') THEN 'off' ELSE report_state END,
         report_due_at = NULL WHERE id = ?`,
      now,
      pending ? 1 : 0,
      pending ? 1 : 0,
      id,
    );
    const original = numberOrNull(row["report_of"]);
    if (original !== null) {
      journal.run(
        "UPDATE message SET report_state = 'off' WHERE id = ? AND report_state = 'sending'",
        original,
      );
    }
    const tasks: FileTask[] = [{ id, file: text(row["file"]), from: folder, to: null }];
    return {
      code: "done",
      what: "It is deleted; its history stays.",
      tasks: [...tasks, ...callOffReports(this.#context, id)],
    };
  }

  #queueIdOf(id: number | null): string | null {
    if (id === null) return null;
    const row = this.#context.journal.get("SELECT queue_id FROM message WHERE id = ?", id);
    return row === undefined ? null : text(row["queue_id"]);
  }
}

const unknownMessage: Answer = { code: "unknown", what: "There is no message with this id." };
const NAMED = 3;

function names(recipients: readonly QueuedRecipient[]): string {
  const shown = recipients.slice(0, NAMED).map(({ address }) => address);
  const more = recipients.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/**
 * What an attempt came to, for good.
 *
 * 1. States, attempt, the message's new place and what it means for the message that a report is about are
 *    one transaction; the file moves afterwards, and the record wins (PRODUCT section 2, rule 6).
 * 2. A recipient that is settled stays as it is, whatever comes later.
 * 3. The file stays in Inbox while any recipient is pending, whatever was asked for.
 * 4. A recipient that was not delivered to is no reason to drop an equal message as a duplicate.
 * 5. A file that is gone from a readable folder was removed by other software: the message is closed and the
 *    rest goes on. A folder that cannot be read closes nothing (PRODUCT section 2, antivirus). Either way the
 *    attempt is over: no message stays claimed.
 * 6. What the journal could not take is owed (`Owed`), and recorded before anything else goes out.
 */
import { join } from "node:path";
import { addressKey } from "../model/address.ts";
import type {
  AttemptResult,
  Disposition,
  Folder,
  RecipientState,
  ReportEffect,
  ReportOrder,
  Settlement,
} from "../model/message.ts";
import { isPending } from "../model/message.ts";
import type { OutcomeStore } from "../model/ports.ts";
import { ProblemError } from "../model/problem.ts";
import { assertNever } from "../util/assert-never.ts";
import { PENDING, pendingDue } from "./due.ts";
import type { FileTask, FileTasks } from "./file-tasks.ts";
import type { Meta } from "./meta.ts";
import type { Owed } from "./owed.ts";
import { recipientsOf, reportForm, summaryOf } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, numberOrNull, text } from "./spool-context.ts";
import { storageProblem } from "./spool-problem.ts";

const HOUR = 3_600_000;
const STANDING = `SELECT file, claimed, closed_at, usable_stopped,
    EXISTS (SELECT 1 FROM recipient WHERE message = ?1 AND state IN ${PENDING}) AS pending,
    EXISTS (SELECT 1 FROM recipient WHERE message = ?1 AND state = 'delivered') AS delivered
  FROM message WHERE id = ?1`;
const ATTEMPT = `INSERT INTO attempt (message, state, started_at, ended_at, relay, session, delays, results)
  VALUES (?, 'finished', ?, ?, ?, ?, ?, ?)`;
const BODY_MISSING = `INSERT INTO attempt (message, state, started_at, ended_at)
  SELECT id, 'body-missing', claimed_at, ? FROM message WHERE id = ? AND claimed = 1`;
const SETTLE = `UPDATE recipient SET state = ?, detail = ?, tries = ?, unknown_tries = ?
  WHERE id = ? AND message = ? AND state IN ${PENDING}`;
const OUTCOMES = { done: "delivered", errors: "errors", junk: "junk" } as const;

export class OutcomeJournal implements OutcomeStore {
  readonly #context: SpoolContext;
  readonly #tasks: FileTasks;
  readonly #meta: Meta;
  readonly #owed: Owed;
  readonly #noticed: () => void;

  /** `noticed`: a message has another outcome. */
  constructor(context: SpoolContext, tasks: FileTasks, meta: Meta, owed: Owed, noticed: () => void) {
    this.#context = context;
    this.#tasks = tasks;
    this.#meta = meta;
    this.#owed = owed;
    this.#noticed = noticed;
  }

  apply(settlement: Settlement, recorded?: () => Promise<void>): Promise<void> {
    return this.#owed.record(() => this.#apply(settlement), recorded);
  }

  async #apply(settlement: Settlement): Promise<void> {
    const moves = await this.#context.journal.commit(() => this.#enter(settlement));
    this.#noticed();
    for (const move of moves) {
      if (move.to === null) this.#tasks.runLater(move);
      else if ((await this.#tasks.run(move)) === "missing") await this.#fileGone(move.id);
    }
  }

  reportsDue(limit: number, now: number): readonly ReportOrder[] {
    const { journal, directory } = this.#context;
    return journal
      .all(
        `SELECT * FROM message WHERE report_state = 'waiting' AND report_due_at <= ?
         ORDER BY report_due_at, id LIMIT ?`,
        now,
        limit,
      )
      .map((row) => {
        const id = number(row["id"]);
        const recipients = recipientsOf(journal, id);
        const folder = folderOrNull(row["folder"]);
        return {
          id,
          queueId: text(row["queue_id"]),
          path: join(directory.folder(folder ?? "Errors"), text(row["file"])),
          sender: text(row["sender"]),
          summary: summaryOf(row),
          receivedAt: number(row["received_at"]),
          accountId: text(row["account"]),
          size: number(row["size"]),
          // What is no longer there cannot be quoted.
          form: folder === null ? "without-content" : (reportForm(row["report_next_form"]) ?? "with-content"),
          unreadable: folder === null,
          failed: recipients
            .filter(({ state }) => state.kind === "failed" || state.kind === "expired")
            .map(({ address, state }) => ({ address, state })),
          delivered: recipients
            .filter(({ state }) => state.kind === "delivered")
            .map(({ address }) => address),
        };
      });
  }

  nextReportAt(): number | null {
    const row = this.#context.journal.get(
      "SELECT min(report_due_at) AS due FROM message WHERE report_state = 'waiting'",
    );
    return numberOrNull(row?.["due"]);
  }

  /** For delivery, when it finds no file at the message's path. Rejects when the folder cannot be read. */
  async bodyMissing(id: number): Promise<"removed" | "present"> {
    const { journal, directory, fileSystem, log, clock } = this.#context;
    const row = journal.get("SELECT * FROM message WHERE id = ?", id);
    const folder = folderOrNull(row?.["folder"]);
    if (row === undefined || folder === null) return "removed";
    const place = directory.folder(folder);
    const file = text(row["file"]);
    const onItsWay = row["file_task"] === 1;
    if (onItsWay) await this.#tasks.makeUp();
    let present: boolean;
    try {
      const names = await fileSystem.readFolder(place);
      present = names.includes(file) || (await fileSystem.status(join(place, file))) !== null;
      // By our own hand, and held up.
      if (!present && onItsWay) present = (await this.#tasks.find(file, folder)) !== null;
    } catch (error) {
      const problem = storageProblem(error, `The folder ${place}`, "could not be read");
      this.#context.raiseAlert({ cause: `spool-folder:${folder}`, problem });
      await this.#giveUpAttempt(id);
      throw new ProblemError(problem, { cause: error });
    }
    if (present) {
      await this.#giveUpAttempt(id);
      return "present";
    }
    await this.#owed.record(() => journal.commit(() => closeAsRemoved(this.#context, id, clock.now())));
    const queueId = text(row["queue_id"]);
    log({ source: "spool", level: "warning", queueId, text: `${file} was removed by other software` });
    return "removed";
  }

  /** The file was not there when it was to be sent, and may be there the next time: at the time that was claimed. */
  #giveUpAttempt(id: number): Promise<void> {
    const { journal, clock } = this.#context;
    return this.#owed.record(() =>
      journal.commit(() => {
        journal.run(BODY_MISSING, clock.now(), id);
        journal.run("UPDATE message SET claimed = 0, interrupted = 0 WHERE id = ? AND claimed = 1", id);
      }),
    );
  }

  /** Inside the transaction. The files to be moved after it. */
  #enter({ result, disposition, report }: Settlement): readonly FileTask[] {
    const { journal } = this.#context;
    const { id } = result.message;
    this.#settleRecipients(result);
    const row = journal.get(STANDING, id);
    if (row === undefined) return [];
    if (row["claimed"] === 1) {
      journal.run(
        ATTEMPT,
        id,
        result.startedAt,
        result.endedAt,
        result.relay,
        result.session,
        JSON.stringify(result.delays),
        JSON.stringify(
          result.recipients.map(({ recipient, outcome }) => ({ address: recipient.address, outcome })),
        ),
      );
    }
    const moves: FileTask[] = [];
    // Closed meanwhile (by hand, by other software): its place is decided.
    if (row["closed_at"] === null) {
      const pending = row["pending"] === 1 ? pendingDue(journal, id, result.endedAt) : null;
      if (pending !== null) this.#stay(id, pending, numberOrNull(row["usable_stopped"]));
      else
        moves.push(
          this.#close(result, this.#closing(id, disposition), text(row["file"]), row["delivered"] === 1),
        );
    }
    if (report !== null && result.message.reportOf !== null) {
      moves.push(...this.#applyReport(result.message.reportOf, report, result.endedAt));
    }
    return moves;
  }

  #settleRecipients(result: AttemptResult): void {
    const { journal } = this.#context;
    for (const { recipient, next, tries, unknownTries } of result.recipients) {
      journal.run(
        SETTLE,
        next.kind,
        JSON.stringify(next),
        tries,
        unknownTries,
        recipient.id,
        result.message.id,
      );
      if (next.kind === "delivered") {
        // The days of the duplicates rule begin when it arrives; for what arrives at once they have begun.
        if (next.at < result.message.receivedAt + HOUR) continue;
        journal.run(
          `UPDATE duplicate SET at = ?1 WHERE message = ?2 AND recipient = ?3 AND at < ?1 - ${HOUR}
             AND key = (SELECT duplicate_key FROM message WHERE id = ?2)`,
          next.at,
          result.message.id,
          addressKey(recipient.address),
        );
      } else if (next.kind === "failed" || next.kind === "expired" || next.kind === "removed") {
        journal.run(
          `DELETE FROM duplicate WHERE message = ? AND recipient = ?
             AND key = (SELECT duplicate_key FROM message WHERE id = ?)`,
          result.message.id,
          addressKey(recipient.address),
          result.message.id,
        );
      }
    }
  }

  #stay(id: number, { dueAt }: { readonly dueAt: number | null }, stopped: number | null): void {
    const { journal } = this.#context;
    const total = this.#meta.usableTime;
    journal.run("UPDATE message SET claimed = 0, interrupted = 0, due_at = ? WHERE id = ?", dueAt, id);
    if (dueAt === null) {
      journal.run("UPDATE message SET usable_stopped = coalesce(usable_stopped, ?) WHERE id = ?", total, id);
    } else if (stopped !== null) {
      journal.run(
        "UPDATE message SET usable_from = usable_from + ?, usable_stopped = NULL WHERE id = ?",
        total - stopped,
        id,
      );
    }
  }

  /** A settled message that was asked to stay would wait for ever: its recipients say where it belongs. */
  #closing(id: number, asked: Disposition): Exclude<Disposition, { readonly kind: "stay" }> {
    if (asked.kind !== "stay") return asked;
    this.#context.log({
      source: "spool",
      level: "error",
      text: `message ${id}: settled, yet it was to stay`,
    });
    const failed = this.#context.journal.get(
      "SELECT 1 FROM recipient WHERE message = ? AND state IN ('failed', 'expired') LIMIT 1",
      id,
    );
    return failed === undefined ? { kind: "done", backup: false } : { kind: "errors", report: "waiting" };
  }

  #close(
    result: AttemptResult,
    disposition: Exclude<Disposition, { readonly kind: "stay" }>,
    file: string,
    delivered: boolean,
  ): FileTask {
    const { journal } = this.#context;
    const { id } = result.message;
    const { endedAt } = result;
    const to = folderAfter(disposition);
    journal.run(
      `UPDATE message SET claimed = 0, interrupted = 0, due_at = NULL, closed_at = ?, folder = ?, file_task = 1,
         outcome = ? WHERE id = ?`,
      endedAt,
      to,
      disposition.kind === "done" && !delivered ? "removed" : OUTCOMES[disposition.kind],
      id,
    );
    if (disposition.kind === "errors") {
      journal.run(
        "UPDATE message SET report_state = ?, report_due_at = ?, report_next_form = 'with-content' WHERE id = ?",
        disposition.report,
        disposition.report === "waiting" ? endedAt : null,
        id,
      );
    }
    if (disposition.kind === "junk") {
      journal.run("UPDATE message SET junk_reason = ? WHERE id = ?", disposition.reason, id);
    }
    return { id, file, from: "Inbox", to };
  }

  #applyReport(original: number, effect: ReportEffect, now: number): readonly FileTask[] {
    const { journal } = this.#context;
    switch (effect.kind) {
      case "reported":
        journal.run(
          // Back in Inbox, because somebody has it tried again: this report was about the time before.
          `UPDATE message SET report_state = 'reported', report_due_at = NULL, reported_at = ?
           WHERE id = ? AND folder IS NOT 'Inbox'`,
          now,
          original,
        );
        return [];
      case "again":
        journal.run(
          `UPDATE message SET report_state = 'waiting', report_due_at = ?, report_next_form = ?
           WHERE id = ? AND report_state = 'sending'`,
          effect.nextAt,
          effect.form,
          original,
        );
        return [];
      case "refused": {
        const row = journal.get("SELECT folder, file FROM message WHERE id = ?", original);
        if (row?.["folder"] === "Inbox") return [];
        journal.run(
          `UPDATE message SET report_state = 'refused', report_due_at = NULL, outcome = 'junk',
             junk_reason = 'report-refused' WHERE id = ?`,
          original,
        );
        const from = folderOrNull(row?.["folder"]);
        if (row === undefined || from === null || from === "Junk") return [];
        journal.run("UPDATE message SET folder = 'Junk', file_task = 1 WHERE id = ?", original);
        return [{ id: original, file: text(row["file"]), from, to: "Junk" }];
      }
      default:
        return assertNever(effect);
    }
  }

  /** The message is settled; only its file is no longer there to be moved. */
  async #fileGone(id: number): Promise<void> {
    try {
      await this.#context.journal.commit(() =>
        this.#context.journal.run("UPDATE message SET folder = NULL, file_task = 0 WHERE id = ?", id),
      );
    } catch {
      // The next start finds it missing and says the same.
    }
  }
}

function folderAfter(disposition: Exclude<Disposition, { readonly kind: "stay" }>): Folder | null {
  switch (disposition.kind) {
    case "done":
      return disposition.backup ? "Backup" : null;
    case "errors":
      return "Errors";
    case "junk":
      return "Junk";
    default:
      return assertNever(disposition);
  }
}

/**
 * Inside a work: the file is gone. Pending recipients become `removed`, the message is closed; a message in
 * Errors, Junk or Backup only loses its file. A report that was taken away is made anew without the content,
 * which is what a scanner takes offence at.
 */
export function closeAsRemoved({ journal }: SpoolContext, id: number, now: number): void {
  const row = journal.get("SELECT closed_at, report_of, duplicate_key FROM message WHERE id = ?", id);
  if (row === undefined) return;
  const state: RecipientState = { kind: "removed", at: now, reason: "by-other-software" };
  const key = row["duplicate_key"];
  for (const { address, state: before } of typeof key === "string" ? recipientsOf(journal, id) : []) {
    if (!isPending(before)) continue;
    journal.run(
      "DELETE FROM duplicate WHERE key = ? AND recipient = ? AND message = ?",
      text(key),
      addressKey(address),
      id,
    );
  }
  journal.run(
    `UPDATE recipient SET state = 'removed', detail = ? WHERE message = ? AND state IN ${PENDING}`,
    JSON.stringify(state),
    id,
  );
  journal.run(BODY_MISSING, now, id);
  journal.run("UPDATE message SET folder = NULL, file_task = 0, claimed = 0, due_at = NULL WHERE id = ?", id);
  if (row["closed_at"] !== null) return;
  journal.run(
    `UPDATE message SET closed_at = ?, outcome = 'removed', outcome_detail = 'removed by other software'
     WHERE id = ?`,
    now,
    id,
  );
  const original = numberOrNull(row["report_of"]);
  if (original === null) return;
  journal.run(
    `UPDATE message SET report_state = 'waiting', report_due_at = ?, report_next_form = 'without-content'
     WHERE id = ? AND report_state = 'sending'`,
    now + HOUR,
    original,
  );
}

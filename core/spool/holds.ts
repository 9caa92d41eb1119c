/**
 * What is held in Inbox: by the guard against a wrong configuration, or by hand.
 *
 * 1. Held recipients keep the message's file in Inbox; its clock of expiry stands still while nobody in it is queued
 *    (PRODUCT section 5).
 * 2. A message that comes back from Errors or Junk is as if it had not been there: its report is called off, what
 *    failed is held, and equal messages are duplicates of it again. One whose report is just being sent keeps it.
 * 3. What is held is resolved anew (by the caller, from the file) before it goes on. Who accepted it is left out, also
 *    under the address that another VdA makes of the same person; who was refused is not asked again by itself.
 * 4. A message that is just being sent is left alone.
 * 5. Files move after the transaction, and the record wins.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { addressKey } from "../model/address.ts";
import type { Resolution, TrailStep } from "../model/envelope.ts";
import type { HoldReason, MessageKind, QueuedRecipient, RecipientState } from "../model/message.ts";
import { isPending } from "../model/message.ts";
import type { FileTask, FileTasks } from "./file-tasks.ts";
import type { Meta } from "./meta.ts";
import { enterDuplicate, placeInQueue, reopen, setState } from "./requeue.ts";
import { messageKind, recipientsOf, trailOf } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, numberOrNull, text, textOrNull } from "./spool-context.ts";

const SLICE = 200;
/** Messages of a page of those that are held, held or not. */
const LOOKED_AT = 100;

export interface HeldPage {
  readonly messages: readonly HeldMessage[];
  /** Behind which the next page is; null: that was all. */
  readonly next: number | null;
}

/** A message with held recipients. */
export interface HeldMessage {
  readonly id: number;
  readonly queueId: string;
  readonly kind: MessageKind;
  readonly accountId: string;
  readonly path: string;
  readonly size: number;
  readonly recipients: readonly QueuedRecipient[];
  /** What the resolver found when it was resolved last. */
  readonly found: Resolution["kind"];
}

export interface Held {
  /** Messages that waited in Inbox. */
  readonly held: number;
  /** Those that came back from Errors or Junk. */
  readonly back: readonly number[];
}

/** A held message, resolved anew. */
export interface ReleaseOrder {
  readonly id: number;
  readonly resolution: Pick<Resolution, "kind" | "sender" | "recipients" | "trail">;
  /** Addresses of the resolution that the guard holds. */
  readonly guarded: readonly string[];
  /** Holds that end here. One for an unknown outcome ends only by hand. */
  readonly ends: readonly HoldReason[];
  /** What becomes of it when nobody is left. */
  readonly backup: boolean;
  readonly sendErrors: boolean;
}

export class Holds {
  readonly #context: SpoolContext;
  readonly #tasks: FileTasks;
  readonly #meta: Meta;

  constructor(context: SpoolContext, tasks: FileTasks, meta: Meta) {
    this.#context = context;
    this.#tasks = tasks;
    this.#meta = meta;
  }

  /** All mail for a domain that waits in Inbox, and these messages from Errors and Junk. */
  async holdDomain(domain: string, back: readonly number[], except: readonly number[]): Promise<Held> {
    const ending = `@${domain}`;
    const ids = this.#context.journal
      .all(
        `SELECT DISTINCT message.id FROM message JOIN recipient ON recipient.message = message.id
         WHERE message.folder = 'Inbox' AND message.kind = 'mail' AND recipient.state IN ('queued', 'deferred')
           AND lower(substr(recipient.address, ?)) = ?`,
        -ending.length,
        ending,
      )
      .map((row) => number(row["id"]));
    const spared = new Set(except);
    const held = ({ address }: QueuedRecipient): boolean => address.toLowerCase().endsWith(ending);
    return this.#holdAll(
      ids.filter((id) => !spared.has(id)),
      back.filter((id) => !spared.has(id)),
      held,
    );
  }

  /** An account's mail for no domain of ours: what waits in Inbox, and these messages from Junk. */
  async holdUnaddressed(
    accountId: string,
    postmaster: string,
    back: readonly number[],
    except: readonly number[],
  ): Promise<Held> {
    const ids = this.#context.journal
      .all(
        `SELECT message.id FROM message JOIN trail ON trail.message = message.id
         WHERE message.folder = 'Inbox' AND message.kind = 'mail' AND message.account = ?
           AND trail.kind = 'no-recipient'`,
        accountId,
      )
      .map((row) => number(row["id"]));
    const spared = new Set(except);
    return this.#holdAll(
      ids.filter((id) => !spared.has(id)),
      back.filter((id) => !spared.has(id)),
      () => true,
      postmaster,
    );
  }

  async #holdAll(
    ids: readonly number[],
    back: readonly number[],
    isHeld: (recipient: QueuedRecipient) => boolean,
    postmaster?: string,
  ): Promise<Held> {
    const { journal } = this.#context;
    let held = 0;
    for (let start = 0; start < ids.length; start += SLICE) {
      held += await journal.commit(() =>
        ids.slice(start, start + SLICE).reduce((sum, id) => sum + this.#hold(id, "guard", isHeld), 0),
      );
      await setImmediate();
    }
    const came: number[] = [];
    for (let start = 0; start < back.length; start += SLICE) {
      const tasks = await journal.commit(() =>
        back.slice(start, start + SLICE).flatMap((id) => this.#bringBack(id, isHeld, postmaster)),
      );
      came.push(...(await this.#move(tasks)));
    }
    return { held, back: came };
  }

  /** The messages that were not taken away. */
  async #move(tasks: readonly FileTask[]): Promise<readonly number[]> {
    for (const task of tasks) await this.#tasks.run(task);
    return tasks.filter(({ to }) => to !== null).map(({ id }) => id);
  }

  /** Inside a work. 1: somebody is held who was not. Who may have the message already keeps their own pause. */
  #hold(id: number, reason: HoldReason, held: (recipient: QueuedRecipient) => boolean): 0 | 1 {
    const { journal, clock } = this.#context;
    let changed: 0 | 1 = 0;
    for (const recipient of recipientsOf(journal, id)) {
      const { state } = recipient;
      if (!held(recipient) || (state.kind !== "queued" && state.kind !== "deferred")) continue;
      const failure = state.kind === "deferred" ? state.failure : null;
      if (reason === "guard" && failure?.scope === "unknown-outcome") continue;
      setState(this.#context, recipient.id, { kind: "held", since: clock.now(), reason, failure });
      changed = 1;
    }
    if (changed === 1) placeInQueue(this.#context, id, this.#meta.usableTime);
    return changed;
  }

  /** Inside a work. Errors or Junk -> Inbox (where it may still be), its refused recipients held. */
  #bringBack(
    id: number,
    held: (recipient: QueuedRecipient) => boolean,
    postmaster: string | undefined,
  ): readonly FileTask[] {
    const { journal, clock } = this.#context;
    const row = journal.get("SELECT * FROM message WHERE id = ?", id);
    const from = folderOrNull(row?.["folder"]);
    if (row === undefined || from === null || from === "Backup") return [];
    const unaddressed = postmaster !== undefined && row["junk_reason"] === "no-recipient";
    if (from === "Junk" && row["junk_reason"] !== "report-refused" && !unaddressed) return [];
    const state = (failure: RecipientState): RecipientState => ({
      kind: "held",
      since: clock.now(),
      reason: "guard",
      failure: failure.kind === "failed" || failure.kind === "expired" ? failure.failure : null,
    });
    const refused = recipientsOf(journal, id).filter(
      (recipient) =>
        held(recipient) && (recipient.state.kind === "failed" || recipient.state.kind === "expired"),
    );
    for (const recipient of refused) setState(this.#context, recipient.id, state(recipient.state));
    if (unaddressed) {
      // By the setting Junk it has nobody; the resolver says who gets it when it is released.
      journal.run(
        "INSERT INTO recipient (message, address, role, state, detail) VALUES (?, ?, 'postmaster', 'held', ?)",
        id,
        postmaster,
        JSON.stringify(state({ kind: "queued" })),
      );
    } else if (refused.length === 0) return [];
    if (from !== "Inbox") return reopen(this.#context, id, this.#meta.usableTime);
    // Others of it are pending: it has not gone anywhere.
    placeInQueue(this.#context, id, this.#meta.usableTime);
    return [];
  }

  /** What is held of the next few messages in Inbox, by id; `afterId` 0: from the beginning. */
  held(afterId: number): HeldPage {
    const { journal } = this.#context;
    const last = journal.get(
      `SELECT max(id) AS last FROM
         (SELECT id FROM message INDEXED BY message_folder WHERE folder = 'Inbox' AND id > ? ORDER BY id LIMIT ${LOOKED_AT})`,
      afterId,
    );
    const next = numberOrNull(last?.["last"]);
    const messages = journal
      .all(
        `SELECT message.*, trail.kind AS found FROM message LEFT JOIN trail ON trail.message = message.id
         WHERE message.folder = 'Inbox' AND message.id > ? AND message.id <= ? AND EXISTS (
           SELECT 1 FROM recipient WHERE recipient.message = message.id AND recipient.state = 'held')
         ORDER BY message.id`,
        afterId,
        next ?? afterId,
      )
      .map((row) => this.#heldMessage(row));
    return { messages, next };
  }

  #heldMessage(row: Readonly<Record<string, unknown>>): HeldMessage {
    const { journal, directory } = this.#context;
    const id = number(row["id"]);
    return {
      id,
      queueId: text(row["queue_id"]),
      kind: messageKind(row),
      accountId: text(row["account"]),
      path: join(directory.folder("Inbox"), text(row["file"])),
      size: number(row["size"]),
      recipients: recipientsOf(journal, id),
      found: foundKind(row["found"]),
    };
  }

  heldMessage(id: number): HeldMessage | null {
    const row = this.#context.journal.get(
      `SELECT message.*, trail.kind AS found FROM message LEFT JOIN trail ON trail.message = message.id
       WHERE message.id = ?`,
      id,
    );
    return row === undefined ? null : this.#heldMessage(row);
  }

  /** The next message that the guard holds for a domain, behind `after` and then from the beginning; it is queued. */
  async tryOne(domain: string, after: number): Promise<number | null> {
    const { journal } = this.#context;
    const ending = `@${domain}`;
    return journal.commit(() => {
      const row = journal.get(
        `SELECT message.id FROM message JOIN recipient ON recipient.message = message.id
         WHERE message.folder = 'Inbox' AND message.claimed = 0 AND recipient.state = 'held'
           AND recipient.role != 'bcc-all' AND recipient.detail LIKE '%"reason":"guard"%'
           AND lower(substr(recipient.address, ?)) = ?
           AND NOT EXISTS (SELECT 1 FROM recipient AS other WHERE other.message = message.id
             AND other.state = 'held' AND other.detail NOT LIKE '%"reason":"guard"%')
         ORDER BY recipient.role = 'postmaster', message.id <= ?, message.id LIMIT 1`,
        -ending.length,
        ending,
        after,
      );
      if (row === undefined) return null;
      const id = number(row["id"]);
      for (const recipient of recipientsOf(journal, id)) {
        const { state, address } = recipient;
        if (state.kind !== "held" || state.reason !== "guard") continue;
        if (!address.toLowerCase().endsWith(ending)) continue;
        setState(this.#context, recipient.id, { kind: "queued" });
      }
      placeInQueue(this.#context, id, this.#meta.usableTime);
      return id;
    });
  }

  /** Resolved anew. `closed`, `junked`: nobody is left; `gone`: not in Inbox any more; `busy`: just being sent. */
  async release(order: ReleaseOrder): Promise<"released" | "held" | "closed" | "junked" | "gone" | "busy"> {
    const { journal } = this.#context;
    const { outcome, tasks } = await journal.commit(() => this.#release(order));
    await this.#move(tasks);
    return outcome;
  }

  /** Inside a work. */
  #release(order: ReleaseOrder): {
    readonly outcome: Awaited<ReturnType<Holds["release"]>>;
    readonly tasks: readonly FileTask[];
  } {
    const { journal } = this.#context;
    const { id, resolution } = order;
    const row = journal.get("SELECT * FROM message WHERE id = ?", id);
    if (row === undefined || row["folder"] !== "Inbox") return { outcome: "gone", tasks: [] };
    if (row["claimed"] === 1) return { outcome: "busy", tasks: [] };
    this.#enterRecipients(order, text(row["duplicate_key"]));
    journal.run("UPDATE message SET sender = ? WHERE id = ?", resolution.sender, id);
    journal.run(
      "UPDATE trail SET kind = ?, steps = ? WHERE message = ?",
      resolution.kind,
      JSON.stringify(resolution.trail),
      id,
    );
    const states = recipientsOf(journal, id).map(({ state }) => state);
    if (!states.some(isPending)) {
      const tasks = this.#closeEmpty(order, text(row["file"]));
      return { outcome: tasks.some(({ to }) => to === "Junk") ? "junked" : "closed", tasks };
    }
    placeInQueue(this.#context, id, this.#meta.usableTime);
    const waits = states.every((state) => !isPending(state) || state.kind === "held");
    return { outcome: waits ? "held" : "released", tasks: [] };
  }

  #enterRecipients({ id, resolution, guarded, ends }: ReleaseOrder, duplicateKey: string): void {
    const { journal, clock } = this.#context;
    const now = clock.now();
    const before = recipientsOf(journal, id);
    const byHand = before.some(({ state }) => state.kind === "held" && state.reason === "by-hand");
    const keptByHand = byHand && !ends.includes("by-hand");
    const guard = new Set(guarded.map(addressKey));
    const stateOf = (address: string, was: QueuedRecipient | null): RecipientState => {
      const failure = was?.state.kind === "held" ? was.state.failure : null;
      if (keptByHand) return { kind: "held", since: now, reason: "by-hand", failure };
      if (guard.has(addressKey(address))) return { kind: "held", since: now, reason: "guard", failure };
      return { kind: "queued" };
    };
    const ending = before.filter(
      ({ state }) =>
        state.kind === "held" && (state.reason !== "unknown-outcome" || ends.includes(state.reason)),
    );
    const staying = before.filter((recipient) => !ending.includes(recipient));
    const served = people(
      staying.map(({ address }) => address),
      trailOf(journal, id),
    );
    const wanted = resolution.recipients.filter(
      ({ address }) => !people([address], resolution.trail).some((person) => served.includes(person)),
    );
    for (const { address, role } of wanted) {
      const was = ending.find((one) => addressKey(one.address) === addressKey(address)) ?? null;
      const next = stateOf(address, was);
      if (was !== null) {
        if (JSON.stringify(next) !== JSON.stringify(was.state)) setState(this.#context, was.id, next);
        continue;
      }
      journal.run(
        "INSERT INTO recipient (message, address, role, state, detail) VALUES (?, ?, ?, ?, ?)",
        id,
        address,
        role,
        next.kind,
        JSON.stringify(next),
      );
      enterDuplicate(this.#context, id, duplicateKey, address);
    }
    const keys = new Set(wanted.map(({ address }) => addressKey(address)));
    for (const { id: recipient, address } of ending) {
      if (keys.has(addressKey(address))) continue;
      // Nothing was sent to this address, and it is nobody's any more.
      journal.run("DELETE FROM recipient WHERE id = ?", recipient);
      journal.run(
        "DELETE FROM duplicate WHERE key = ? AND recipient = ? AND message = ?",
        duplicateKey,
        addressKey(address),
        id,
      );
    }
  }

  /** Inside a work: nobody is left to send it to. */
  #closeEmpty({ id, resolution, backup, sendErrors }: ReleaseOrder, file: string): readonly FileTask[] {
    const { journal, clock } = this.#context;
    const now = clock.now();
    const states = recipientsOf(journal, id).filter(({ role }) => role !== "bcc-all");
    const failed = states.some(({ state }) => state.kind === "failed" || state.kind === "expired");
    const delivered = states.some(({ state }) => state.kind === "delivered");
    const nobody = resolution.kind === "ignored-by-alias";
    const to = failed ? "Errors" : delivered ? (backup ? "Backup" : null) : nobody ? null : "Junk";
    journal.run(
      `UPDATE message SET folder = ?, file_task = 1, closed_at = ?, due_at = NULL, outcome = ?, outcome_detail = ?,
         junk_reason = ?, report_state = ?, report_due_at = ?, report_next_form = ? WHERE id = ?`,
      to,
      now,
      failed ? "errors" : delivered ? "delivered" : nobody ? "nobody-left" : "junk",
      nobody && !failed && !delivered ? "its aliases deliver it to nobody" : null,
      to === "Junk" ? (resolution.kind === "unknown-user" ? "unknown-user" : "no-recipient") : null,
      failed ? (sendErrors ? "waiting" : "off") : null,
      failed && sendErrors ? now : null,
      failed ? "with-content" : null,
      id,
    );
    return [{ id, file, from: "Inbox", to }];
  }

  /** The postmaster is asked for again: these went to Junk because he refused the reports about them. */
  async reportAgain(ids: readonly number[]): Promise<readonly number[]> {
    const { journal, clock } = this.#context;
    const tasks = await journal.commit(() =>
      ids.flatMap((id): readonly FileTask[] => {
        const row = journal.get(
          "SELECT file FROM message WHERE id = ? AND folder = 'Junk' AND junk_reason = 'report-refused'",
          id,
        );
        if (row === undefined) return [];
        journal.run(
          `UPDATE message SET folder = 'Errors', file_task = 1, outcome = 'errors', junk_reason = NULL,
             acknowledged_at = NULL, report_state = 'waiting', report_due_at = ? WHERE id = ?`,
          clock.now(),
          id,
        );
        return [{ id, file: text(row["file"]), from: "Junk", to: "Errors" }];
      }),
    );
    return this.#move(tasks);
  }

  /** Inside a work: by hand, all who wait. */
  holdByHand(id: number): boolean {
    return this.#hold(id, "by-hand", () => true) === 1;
  }

  /** Inside a work: what is held goes on as it is (reports, alerts). */
  letGo(id: number): void {
    for (const recipient of recipientsOf(this.#context.journal, id)) {
      if (recipient.state.kind === "held") setState(this.#context, recipient.id, { kind: "queued" });
    }
    placeInQueue(this.#context, id, this.#meta.usableTime);
  }
}

/**
 * Whom addresses stand for: each as it is, and as it was before VdA and the removal of a tag changed it. The same
 * person has another address when those settings change.
 */
function people(addresses: readonly string[], trail: readonly TrailStep[]): readonly string[] {
  const found = new Set(addresses.map(addressKey));
  for (const address of found) {
    for (const step of trail) {
      if (step.rule !== "virtual-domain" && step.rule !== "tag-stripped") continue;
      if (step.to?.some((to) => addressKey(to) === address) === true) found.add(addressKey(step.address));
    }
  }
  return [...found];
}

function foundKind(value: unknown): Resolution["kind"] {
  const kinds = ["addressed", "no-recipient", "unknown-user", "ignored-by-alias"] as const;
  return kinds.find((kind) => kind === textOrNull(value)) ?? "addressed";
}

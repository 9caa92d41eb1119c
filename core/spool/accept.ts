/**
 * Taking a message over for good. Its body is already in a temporary file, on the disk.
 *
 * 1. The file is renamed into its folder, the folder is flushed, then one transaction enters everything: the
 *    message, its recipients with their trail, its identity as collected, the duplicates. When that is on the
 *    disk the message is ours, and not a moment before.
 * 2. Any failure rejects with ProblemError: no row, and the file goes again. Only when COMMIT itself failed the
 *    file stays: a crash might bring the row back, and it must find its file. It goes when the same message is
 *    taken later, or the next start decides (the record wins).
 * 3. An identity that is known makes nothing new. One whose deletion was confirmed, or of which LIST gave another
 *    size, and that comes with other content is a new message: servers use ids again.
 * 4. Duplicates are decided inside the transaction, so that two equal messages on their way at the same time
 *    cannot both pass.
 * 5. A message with nobody left (duplicates, IGNORE) is closed with a history row; a BCC-all copy alone is not
 *    sent.
 */
import { randomInt } from "node:crypto";
import { basename, join } from "node:path";
import { addressKey } from "../model/address.ts";
import type { ResolvedRecipient, TrailStep } from "../model/envelope.ts";
import type { Accepted, AcceptOrder, MessageSource } from "../model/message.ts";
import { errorCode } from "../util/file-system.ts";
import { type AcceptPlan, insertMessage, insertRecipients, recordCollected } from "./accept-rows.ts";
import { enterAction, findAction } from "./action-rows.ts";
import { type Destination, destinationOf, folderOf } from "./destination.ts";
import { HAND_ACCOUNT, hashUid, makeFileName, parseFileName } from "./file-name.ts";
import type { FileTasks } from "./file-tasks.ts";
import { UncertainCommitError } from "./journal.ts";
import type { Meta } from "./meta.ts";
import { holdNew } from "./requeue.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, textOrNull } from "./spool-context.ts";
import { storageError } from "./spool-problem.ts";

const DAY = 86_400_000;

/** What the transaction decided; `keep`: the file belongs to the message now. */
interface Entered {
  readonly accepted: Accepted;
  readonly keep: boolean;
  /** The row whose file is to be removed (`file_task`), when it has one. */
  readonly closedId: number | null;
}

export class Acceptor {
  readonly #context: SpoolContext;
  readonly #tasks: FileTasks;
  readonly #meta: Meta;
  readonly #queueIds = new Set<string>();
  /** What the last queue id was made of. */
  #lastValue = 0;
  /** No row has a higher queue id; null: not known yet. */
  #highest: string | null = null;
  /** Names in the folders that have no row yet: a message on its way. */
  readonly inFlight = new Set<string>();
  /** Files of a commit whose end is unknown, by account and identity. */
  readonly #leftovers = new Map<string, string>();

  constructor(context: SpoolContext, tasks: FileTasks, meta: Meta) {
    this.#context = context;
    this.#tasks = tasks;
    this.#meta = meta;
  }

  async accept(order: AcceptOrder): Promise<Accepted> {
    const plan = this.#plan(order);
    this.inFlight.add(plan.file);
    try {
      return await this.#carryOut(plan);
    } finally {
      this.inFlight.delete(plan.file);
      this.#queueIds.delete(plan.queueId);
    }
  }

  async #carryOut(plan: AcceptPlan): Promise<Accepted> {
    const { fileSystem, folderSync, directory, journal } = this.#context;
    const from = plan.order.adopt?.path ?? plan.order.body.temporaryPath;
    const to = plan.folder === null ? from : join(directory.folder(plan.folder), plan.file);
    let entered: Entered;
    try {
      if (plan.folder !== null) {
        if (to !== from) await fileSystem.rename(from, to);
        await folderSync.sync(directory.folder(plan.folder));
      }
      entered = await journal.commit(() => this.#enter(plan));
    } catch (error) {
      if (error instanceof UncertainCommitError && plan.folder !== null) {
        this.#leftovers.set(identity(plan), to);
      } else if (plan.order.adopt === undefined) {
        await this.#remove(from);
        if (to !== from) await this.#remove(to);
      }
      throw storageError(error, to, "could not be taken over");
    }
    if (!entered.keep) {
      if (entered.closedId !== null && plan.folder !== null) {
        await this.#tasks.run({ id: entered.closedId, file: plan.file, from: plan.folder, to: null });
      } else await this.#remove(to);
    }
    if (this.#leftovers.size > 0) await this.#clearLeftover(identity(plan));
    return entered.accepted;
  }

  /** The transaction that just succeeded shows that the uncertain one before it came to nothing. */
  async #clearLeftover(key: string): Promise<void> {
    const file = this.#leftovers.get(key);
    if (file === undefined) return;
    this.#leftovers.delete(key);
    const queueId = parseFileName(basename(file))?.queueId ?? "";
    const taken = this.#context.journal.get("SELECT 1 FROM message WHERE queue_id = ?", queueId);
    if (taken === undefined && !this.inFlight.has(basename(file))) await this.#remove(file);
  }

  /** Inside the transaction. */
  #enter(plan: AcceptPlan): Entered {
    const known = this.#knownBefore(plan);
    if (known !== null) {
      // A file that was found in Errors, Junk or Backup is only listed; it is never removed for this reason.
      if (plan.destination.kind !== "list-again") {
        return { accepted: { kind: "known", id: known }, keep: false, closedId: null };
      }
    }
    if (!this.#takesReport(plan)) {
      return { accepted: { kind: "known", id: plan.order.reportOf ?? 0 }, keep: false, closedId: null };
    }
    const { action } = plan.order;
    const madeBefore =
      action === undefined ? null : findAction(this.#context, action.message, action.actionId);
    if (madeBefore !== null) {
      return { accepted: { kind: "known", id: madeBefore.made ?? 0 }, keep: false, closedId: null };
    }
    const { recipients, trail } = this.#withoutDuplicates(plan);
    const nobody: Destination = {
      kind: "close",
      outcome: "nobody-left",
      why: "every recipient has this message already",
    };
    const someone = recipients.some(({ role }) => role !== "bcc-all");
    const destination = plan.destination.kind === "queue" && !someone ? nobody : plan.destination;
    const id = insertMessage(this.#context, plan, destination, trail, this.#meta.usableTime);
    insertRecipients(
      this.#context,
      plan,
      destination,
      id,
      destination.kind === "queue" ? recipients : plan.order.resolution.recipients,
    );
    if (action !== undefined) enterAction(this.#context, action, id, plan.now);
    if (destination.kind === "queue" && plan.order.held !== undefined && plan.order.held.length > 0) {
      holdNew(this.#context, id, plan.order.held, this.#meta.usableTime);
    }
    if (known === null && plan.uidHash !== null) {
      const { uid, uidHash, now } = plan;
      const { accountId } = plan.order.source;
      const { wholeHash } = plan.order.body;
      recordCollected(this.#context, { accountId, uid, uidHash, wholeHash, message: id, now });
    }
    const queueId = plan.queueId;
    switch (destination.kind) {
      case "queue":
        return {
          accepted: { kind: "queued", id, queueId, recipients: recipients.length },
          keep: true,
          closedId: null,
        };
      case "junk":
        return {
          accepted: { kind: "junked", id, queueId, reason: destination.reason },
          keep: true,
          closedId: null,
        };
      case "close":
        return { accepted: { kind: "closed", id, queueId, why: destination.why }, keep: false, closedId: id };
      case "list-again":
        return { accepted: { kind: "closed", id, queueId, why: "listed again" }, keep: true, closedId: null };
    }
  }

  #plan(order: AcceptOrder): AcceptPlan {
    const { source, body, adopt } = order;
    const destination = destinationOf(order);
    const folder = folderOf(destination);
    const fromMailbox =
      order.kind === "mail" && source.accountId !== HAND_ACCOUNT && order.action === undefined;
    const uid = fromMailbox ? uidOf(source, body.wholeHash, adopt?.uidHash ?? null) : null;
    const uidHash = !fromMailbox ? null : adopt === undefined ? hashUid(uid ?? "") : adopt.uidHash;
    const queueId = this.#queueId(adopt?.queueId ?? null);
    const keepsName = adopt !== undefined && adopt.queueId === queueId;
    // Found again elsewhere than in Inbox: people may know the file by its name.
    const file =
      keepsName || destination.kind === "list-again"
        ? (adopt?.file ?? "")
        : makeFileName({
            kind: order.kind,
            accountId: source.accountId,
            uidHash: uidHash ?? hashUid(body.wholeHash),
            queueId,
          });
    return { order, destination, folder, file, queueId, uid, uidHash, now: this.#context.clock.now() };
  }

  /** The wanted one where it is free; otherwise one that is later than those before it. */
  #queueId(wanted: string | null): string {
    let value = this.#context.clock.now() * 256 + randomInt(256);
    // Of the same millisecond, or those just before.
    if (value <= this.#lastValue && value > this.#lastValue - 1_024) value = this.#lastValue + 1;
    this.#lastValue = value;
    for (let queueId = wanted ?? asQueueId(value); ; queueId = asQueueId(value)) {
      if (!this.#queueIds.has(queueId) && !this.#taken(queueId)) {
        this.#queueIds.add(queueId);
        return queueId;
      }
      value += 1;
    }
  }

  /** Queue ids rise with time: only where the clock went back somebody has to look. */
  #taken(queueId: string): boolean {
    const { journal } = this.#context;
    this.#highest ??=
      textOrNull(journal.get("SELECT max(queue_id) AS highest FROM message")?.["highest"]) ?? "";
    if (queueId > this.#highest) {
      this.#highest = queueId;
      return false;
    }
    return journal.get("SELECT 1 FROM message WHERE queue_id = ?", queueId) !== undefined;
  }

  /** The id of the message that this one was taken as before (0: its row has gone), null when it is new. */
  #knownBefore(plan: AcceptPlan): number | null {
    const message = this.#foundBefore(plan);
    const { announcedSize } = plan.order.source;
    // Servers count differently: what this one says now is what the next listing is compared with.
    if (message !== null && announcedSize !== null) {
      this.#context.journal.run("UPDATE message SET announced_size = ? WHERE id = ?", announcedSize, message);
    }
    return message;
  }

  #foundBefore({ order, uid, uidHash, now }: AcceptPlan): number | null {
    if (uidHash === null) return null;
    const { journal } = this.#context;
    const { accountId } = order.source;
    const { wholeHash } = order.body;
    const seen = journal.get(
      `SELECT seen.*, message.outcome FROM seen LEFT JOIN message ON message.id = seen.message
       WHERE seen.account = ? AND seen.uid_hash = ?`,
      accountId,
      uidHash,
    );
    const state = textOrNull(seen?.["state"]);
    // Put back after an antivirus program had taken it away: it is sent after all.
    const restored = order.adopt !== undefined && seen?.["outcome"] === "removed";
    const hashBefore = textOrNull(seen?.["whole_hash"]);
    const other = order.hashDecides && hashBefore !== null && hashBefore !== wholeHash;
    if ((state === "collected" || state === "left") && !restored && !other) return number(seen?.["message"]);
    if (state === "gone" && (hashBefore === null || hashBefore === wholeHash)) {
      journal.run(
        "UPDATE seen SET state = 'collected', listed_at = ? WHERE account = ? AND uid_hash = ?",
        now,
        accountId,
        uidHash,
      );
      return number(seen?.["message"]);
    }
    if (!order.hashDecides) return null;
    const same = journal.get(
      `SELECT message FROM seen WHERE account = ? AND whole_hash = ? AND state IN ('collected', 'gone', 'left')
       LIMIT 1`,
      accountId,
      wholeHash,
    );
    if (same === undefined) return null;
    const message = numberOrNull(same["message"]);
    recordCollected(this.#context, { accountId, uid, uidHash, wholeHash, message, now });
    return message ?? 0;
  }

  /** A report is taken once: its original must wait for one, and does no longer. */
  #takesReport({ order }: AcceptPlan): boolean {
    if (order.kind !== "report" || order.reportOf === null) return true;
    const changed = this.#context.journal.run(
      "UPDATE message SET report_state = 'sending' WHERE id = ? AND report_state = 'waiting'",
      order.reportOf,
    );
    return changed > 0;
  }

  #withoutDuplicates({ order, now }: AcceptPlan): {
    readonly recipients: readonly ResolvedRecipient[];
    readonly trail: readonly TrailStep[];
  } {
    const { recipients, trail } = order.resolution;
    const { duplicateDays: days, clockBelieved = true } = this.#context.policy();
    const key = order.duplicateKey;
    if (key === null || days === 0) return { recipients, trail };
    const dropped: TrailStep[] = [];
    const kept = recipients.filter((recipient) => {
      if (!recipient.duplicatesChecked) return true;
      const before = this.#context.journal.get(
        `SELECT duplicate.at, message.closed_at IS NULL AND message.id IS NOT NULL AS waits
         FROM duplicate LEFT JOIN message ON message.id = duplicate.message
         WHERE duplicate.key = ? AND duplicate.recipient = ?`,
        key,
        addressKey(recipient.address),
      );
      if (before === undefined) return true;
      // What is queued or held is going to arrive, however long it has been so.
      const over = number(before["at"]) <= now - days * DAY && before["waits"] !== 1;
      if (over && clockBelieved) return true;
      dropped.push({
        address: recipient.address,
        header: null,
        headerIndex: null,
        verdict: "dropped",
        rule: "duplicate-message",
      });
      return false;
    });
    return { recipients: kept, trail: [...trail, ...dropped] };
  }

  /** Never rejects: a file that cannot be removed now is looked at again at the next start. */
  async #remove(path: string): Promise<void> {
    try {
      await this.#context.fileSystem.unlink(path);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return;
      this.#context.log({ source: "spool", level: "warning", text: `${path} could not be removed` });
    }
  }
}

/** 40 bits of milliseconds (they begin again after 34 years) and 8 of chance: 12 hexadecimal digits. */
function asQueueId(value: number): string {
  return (value % 2 ** 48).toString(16).toUpperCase().padStart(12, "0");
}

function identity({ order, uidHash }: AcceptPlan): string {
  return `${order.kind}/${order.source.accountId}/${uidHash ?? order.body.wholeHash}`;
}

/**
 * Without a UIDL the message's hash is its identity, numbered where a mailbox holds equal ones. A file that
 * lost its record knows only the hash of its identity; an identity made from the content is found again.
 */
function uidOf(source: MessageSource, wholeHash: string, uidHash: string | null): string | null {
  if (source.uid !== null) return source.uid;
  if (uidHash === null) return `sha256:${wholeHash}#1`;
  for (let number = 1; number <= 20; number += 1) {
    const candidate = `sha256:${wholeHash}#${number}`;
    if (hashUid(candidate) === uidHash) return candidate;
  }
  return null;
}

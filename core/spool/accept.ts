/**
 * Taking a message over for good. Its body is already in a temporary file, on the disk.
 *
 * 1. The file is renamed into its folder, the folder is flushed, then one transaction enters everything: the
 *    message, its recipients with their trail, its identity as collected, the duplicates. When that is on the
 *    disk the message is ours, and not a moment before.
 * 2. Any failure rejects with ProblemError: no row, and the file goes again. Only when COMMIT itself failed the
 *    file stays: a crash might bring the row back, and it must find its file. It goes when the same message is
 *    taken later, or the next start decides (the record wins).
 * 3. An identity that is known makes nothing new. One whose deletion was confirmed and that is listed again
 *    with other content is a new message: servers use ids again.
 * 4. Duplicates are decided inside the transaction, so that two equal messages on their way at the same time
 *    cannot both pass.
 * 5. A message with nobody left (duplicates, IGNORE) is closed with a history row; a BCC-all copy alone is not
 *    sent.
 */
import { randomBytes } from "node:crypto";
import { basename, join } from "node:path";
import { addressKey } from "../model/address.ts";
import type { ResolvedRecipient, TrailStep } from "../model/envelope.ts";
import type {
  Accepted,
  AcceptOrder,
  Folder,
  JunkReason,
  MessageSource,
  RecipientState,
} from "../model/message.ts";
import { errorCode } from "../util/file-system.ts";
import { HAND_ACCOUNT, hashUid, makeFileName } from "./file-name.ts";
import type { FileTasks } from "./file-tasks.ts";
import { UncertainCommitError } from "./journal.ts";
import type { Meta } from "./meta.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, textOrNull } from "./spool-context.ts";
import { storageError } from "./spool-problem.ts";

const DAY = 86_400_000;

/** Where a message is to go, as far as that is known before the duplicates are looked at. */
type Destination =
  | { readonly kind: "queue" }
  | { readonly kind: "junk"; readonly reason: JunkReason; readonly detail: string | null }
  | { readonly kind: "close"; readonly outcome: "discarded" | "nobody-left"; readonly why: string }
  | { readonly kind: "list-again"; readonly folder: Folder };

interface Plan {
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

  async #carryOut(plan: Plan): Promise<Accepted> {
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
    await this.#clearLeftover(identity(plan));
    return entered.accepted;
  }

  /** The transaction that just succeeded shows that the uncertain one before it came to nothing. */
  async #clearLeftover(key: string): Promise<void> {
    const file = this.#leftovers.get(key);
    if (file === undefined) return;
    this.#leftovers.delete(key);
    const { directory, journal } = this.#context;
    const taken = journal.get("SELECT 1 FROM message WHERE file = ? AND folder IS NOT NULL", basename(file));
    if (taken === undefined && file.startsWith(directory.mail)) await this.#remove(file);
  }

  /** Inside the transaction. */
  #enter(plan: Plan): Entered {
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
    const { recipients, trail } = this.#withoutDuplicates(plan);
    const nobody: Destination = {
      kind: "close",
      outcome: "nobody-left",
      why: "every recipient has this message already",
    };
    const someone = recipients.some(({ role }) => role !== "bcc-all");
    const destination = plan.destination.kind === "queue" && !someone ? nobody : plan.destination;
    const id = this.#insertMessage(plan, destination, trail);
    this.#insertRecipients(
      plan,
      destination,
      id,
      destination.kind === "queue" ? recipients : plan.order.resolution.recipients,
    );
    if (known === null) this.#recordSeen(plan, id);
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

  #plan(order: AcceptOrder): Plan {
    const { source, body, adopt } = order;
    const destination = destinationOf(order);
    const folder = folderOf(destination);
    const fromMailbox = order.kind === "mail" && source.accountId !== HAND_ACCOUNT;
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

  /** The wanted one where it is free; otherwise a new one. */
  #queueId(wanted: string | null): string {
    let queueId = wanted ?? randomBytes(6).toString("hex").toUpperCase();
    while (
      this.#queueIds.has(queueId) ||
      this.#context.journal.get("SELECT 1 FROM message WHERE queue_id = ?", queueId) !== undefined
    ) {
      queueId = randomBytes(6).toString("hex").toUpperCase();
    }
    this.#queueIds.add(queueId);
    return queueId;
  }

  /** The id of the message that this one was taken as before (0: its row has gone), null when it is new. */
  #knownBefore({ order, uid, uidHash, now }: Plan): number | null {
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
    if ((state === "collected" || state === "left") && !restored) return number(seen?.["message"]);
    const hashBefore = textOrNull(seen?.["whole_hash"]);
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
  #takesReport({ order }: Plan): boolean {
    if (order.kind !== "report" || order.reportOf === null) return true;
    const changed = this.#context.journal.run(
      "UPDATE message SET report_state = 'sending' WHERE id = ? AND report_state = 'waiting'",
      order.reportOf,
    );
    return changed > 0;
  }

  #withoutDuplicates({ order, now }: Plan): {
    readonly recipients: readonly ResolvedRecipient[];
    readonly trail: readonly TrailStep[];
  } {
    const { recipients, trail } = order.resolution;
    const days = this.#context.policy().duplicateDays;
    const key = order.duplicateKey;
    if (key === null || days === 0) return { recipients, trail };
    const dropped: TrailStep[] = [];
    const kept = recipients.filter((recipient) => {
      if (!recipient.duplicatesChecked) return true;
      const before = this.#context.journal.get(
        "SELECT at FROM duplicate WHERE key = ? AND recipient = ?",
        key,
        addressKey(recipient.address),
      );
      if (before === undefined || number(before["at"]) <= now - days * DAY) return true;
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

  #insertMessage(plan: Plan, destination: Destination, trail: readonly TrailStep[]): number {
    const { order, now } = plan;
    const { source, body, summary } = order;
    const { journal, policy } = this.#context;
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
      this.#meta.usableTime,
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

  #insertRecipients(
    { order, now }: Plan,
    destination: Destination,
    message: number,
    recipients: readonly ResolvedRecipient[],
  ): void {
    const { journal } = this.#context;
    const state: RecipientState =
      destination.kind === "queue" ? { kind: "queued" } : { kind: "removed", at: now, reason: "by-policy" };
    const detail = JSON.stringify(state);
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

  #recordSeen({ order, uid, uidHash, now }: Plan, message: number): void {
    if (uidHash === null) return;
    const { accountId } = order.source;
    recordCollected(this.#context, {
      accountId,
      uid,
      uidHash,
      wholeHash: order.body.wholeHash,
      message,
      now,
    });
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

/** Only inside a work. */
function recordCollected(
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

function identity({ order, uidHash }: Plan): string {
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

function destinationOf({ verdict, resolution, adopt }: AcceptOrder): Destination {
  if (adopt !== undefined && adopt.folder !== "Inbox") return { kind: "list-again", folder: adopt.folder };
  if (verdict.kind === "junk") return { kind: "junk", reason: verdict.reason, detail: verdict.detail };
  if (verdict.kind === "discard") {
    return { kind: "close", outcome: "discarded", why: `discarded (${verdict.reason}): ${verdict.detail}` };
  }
  if (resolution.recipients.some(({ role }) => role !== "bcc-all")) return { kind: "queue" };
  if (resolution.kind === "no-recipient") return { kind: "junk", reason: "no-recipient", detail: null };
  if (resolution.kind === "unknown-user") return { kind: "junk", reason: "unknown-user", detail: null };
  return { kind: "close", outcome: "nobody-left", why: "its aliases deliver it to nobody" };
}

function folderOf(destination: Destination): Folder | null {
  switch (destination.kind) {
    case "queue":
      return "Inbox";
    case "junk":
      return "Junk";
    case "close":
      return null;
    case "list-again":
      return destination.folder;
  }
}

function outcomeOf(destination: Destination): string | null {
  switch (destination.kind) {
    case "queue":
      return null;
    case "junk":
      return "junk";
    case "close":
      return destination.outcome;
    case "list-again":
      return "listed-again";
  }
}

function detailOf(destination: Destination): string | null {
  switch (destination.kind) {
    case "queue":
    case "list-again":
      return null;
    case "junk":
      return destination.detail;
    case "close":
      return destination.why;
  }
}

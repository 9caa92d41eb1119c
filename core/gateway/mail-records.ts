/**
 * What is written down about the mail as it goes by: the mail log (Postfix's form), the program's log and the
 * run's totals. Nothing here can fail or wait.
 */
import {
  formatAttempt,
  formatCollecting,
  formatQueued,
  formatRemoved,
  formatTurnedAway,
  type LogOrigin,
} from "../log/mail-log.ts";
import type { TrailStep } from "../model/envelope.ts";
import type { RunTotals } from "../model/event.ts";
import type { ExplainFailure } from "../model/explanation.ts";
import type { Accepted, AcceptOrder, AttemptResult, Settlement } from "../model/message.ts";
import type { Clock, Log } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { describeAttempt } from "./describe-attempt.ts";
import { originalAddress } from "./original-address.ts";
import { RunFindings } from "./run-findings.ts";
import { addTotals, leavesDeferred, noTotals, totalsOf } from "./run-totals.ts";

const MOST_REMEMBERED = 10_000;

export interface MailRecordsParts {
  readonly clock: Clock;
  readonly origin: LogOrigin;
  readonly writeMailLog: (line: string) => void;
  readonly log: Log;
  readonly explain: ExplainFailure;
  /** How a message's recipients came about. */
  readonly trailOf: (messageId: number) => readonly TrailStep[];
  readonly onChange: (totals: RunTotals) => void;
}

export class MailRecords {
  readonly #parts: MailRecordsParts;
  #totals: RunTotals = noTotals;
  #waiters: { readonly messages: number; readonly go: () => void }[] = [];
  /** Messages that an attempt of this run left waiting. */
  readonly #deferred = new Set<number>();
  /** Messages on their way of which it is known that no recipient was mapped: their trail need not be read again. */
  readonly #unmapped = new Set<number>();
  /** Messages of this run in Errors and Junk. */
  readonly #undelivered = new Map<number, "errors" | "junk">();

  readonly #findings: RunFindings;

  constructor(parts: MailRecordsParts) {
    this.#parts = parts;
    this.#findings = new RunFindings(parts.explain);
  }

  /** What is to be said about this run's messages. */
  findings(settings: Settings): readonly Problem[] {
    return this.#findings.list(settings);
  }

  get totals(): RunTotals {
    return { ...this.#totals, deferred: this.#deferred.size };
  }

  /** A run begins. */
  restart(): void {
    this.#totals = noTotals;
    this.#waiters = [];
    this.#deferred.clear();
    this.#unmapped.clear();
    this.#undelivered.clear();
    this.#findings.restart();
  }

  toCollect(messages: number): void {
    this.#add({ toCollect: messages });
  }

  collected(octets: number): void {
    this.#add({ collected: 1, collectedBytes: octets });
    this.#waiters = this.#waiters.filter(({ messages, go }) => {
      if (this.#totals.collected < messages) return true;
      go();
      return false;
    });
  }

  /** When this run has collected so many. */
  collectedAtLeast(messages: number): Promise<void> {
    if (this.#totals.collected >= messages) return Promise.resolve();
    return new Promise((go) => this.#waiters.push({ messages, go }));
  }

  collectedFrom(accountId: string, text: string): void {
    const { clock, origin, writeMailLog, log } = this.#parts;
    writeMailLog(formatCollecting(clock.now(), origin, accountId, text));
    log({ source: "pop3", level: "info", text: `Account "${accountId}": ${text}` });
  }

  accepted(accepted: Accepted, order: AcceptOrder): void {
    const { clock, origin, writeMailLog, log } = this.#parts;
    if (accepted.kind !== "known") this.#findings.accepted(order);
    switch (accepted.kind) {
      case "known":
        return;
      case "queued": {
        const { id, queueId, recipients } = accepted;
        const mapped = order.resolution.trail.some(({ verdict }) => verdict === "mapped");
        if (!mapped && this.#unmapped.size < MOST_REMEMBERED) this.#unmapped.add(id);
        const { sender } = order.resolution;
        const facts = { queueId, sender, size: order.body.size, recipients };
        for (const line of formatQueued(facts, order.summary.messageId, clock.now(), origin))
          writeMailLog(line);
        return;
      }
      case "junked":
        this.#countUndelivered(accepted.id, "junk");
        this.#turnedAway(accepted.queueId, order, "hold", junkReasons[accepted.reason]);
        log({
          source: "policy",
          level: "warning",
          text: `A message from <${order.resolution.sender}> went to Junk: ${junkReasons[accepted.reason]}`,
          queueId: accepted.queueId,
        });
        return;
      case "closed":
        this.#add({ discarded: 1 });
        this.#turnedAway(accepted.queueId, order, "discard", accepted.why);
        log({
          source: "policy",
          level: "info",
          text: `A message from <${order.resolution.sender}> was not delivered: ${accepted.why}`,
          queueId: accepted.queueId,
        });
        return;
    }
  }

  #turnedAway(queueId: string, order: AcceptOrder, action: "hold" | "discard", why: string): void {
    const { clock, origin, writeMailLog } = this.#parts;
    const facts = { queueId, sender: order.resolution.sender, messageId: order.summary.messageId };
    for (const line of formatTurnedAway(facts, action, why, clock.now(), origin)) writeMailLog(line);
  }

  settled(settlement: Settlement): void {
    const { clock, origin, writeMailLog, log } = this.#parts;
    const { result, disposition } = settlement;
    this.#findings.settled(settlement);
    for (const line of formatAttempt(result, origin, this.#originalOf(result))) writeMailLog(line);
    const { id, queueId } = result.message;
    if (disposition.kind === "stay") {
      if (leavesDeferred(result)) this.#deferred.add(id);
    } else {
      this.#deferred.delete(id);
      this.#unmapped.delete(id);
      writeMailLog(formatRemoved(queueId, clock.now(), origin));
    }
    for (const line of describeAttempt(result)) log({ source: "smtp", ...line, queueId });
    if (disposition.kind === "errors") {
      log({
        source: "smtp",
        level: "warning",
        text: `A message from <${result.message.sender}> could not be delivered and is in Errors now`,
        queueId,
      });
    }
    const totals = totalsOf(settlement);
    this.#add(totals);
    // A refused report sends the message that it is about to Junk.
    const about = result.message.reportOf ?? id;
    if (totals.errors !== undefined) this.#undelivered.set(about, "errors");
    if (totals.junk !== undefined) this.#undelivered.set(about, "junk");
  }

  #originalOf({ message }: AttemptResult): (recipientId: number) => string | null {
    // Our own messages go where the settings say.
    if (message.kind !== "mail") return () => null;
    if (this.#unmapped.has(message.id)) return () => null;
    const trail = this.#parts.trailOf(message.id);
    const addresses = new Map(message.recipients.map(({ id, address }) => [id, address]));
    return (id) => originalAddress(trail, addresses.get(id) ?? "");
  }

  /** It was held, and its recipients come about as the settings say now. */
  resolvedAnew(id: number): void {
    this.#unmapped.delete(id);
  }

  /** They are not in Errors or Junk any more: the guard has them tried again. */
  broughtBack(ids: readonly number[]): void {
    this.#findings.broughtBack(ids);
    for (const id of ids) {
      const counted = this.#undelivered.get(id);
      if (counted === undefined) continue;
      this.#undelivered.delete(id);
      this.#add({ [counted]: -1 });
    }
  }

  /** It was held, and is in Junk now. */
  junked(id: number): void {
    this.#countUndelivered(id, "junk");
  }

  #countUndelivered(id: number, where: "errors" | "junk"): void {
    this.#undelivered.set(id, where);
    this.#add({ [where]: 1 });
  }

  #add(more: Partial<RunTotals>): void {
    this.#totals = addTotals(this.#totals, more);
    this.#parts.onChange(this.totals);
  }
}

const junkReasons = {
  "no-recipient": "no recipient of our domains was found",
  "unknown-user": "none of its recipients is in the users list",
  blocked: "a block list names it",
  loop: "it goes round in a circle",
  "report-refused": "the postmaster's mailbox refused the report about it",
  "report-failed": "it is an automatic message that could not be delivered",
  "by-hand": "moved by hand",
} as const;

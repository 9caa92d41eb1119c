/**
 * The guard against a wrong configuration at work: carries out what deliver/misconfiguration-guard decides.
 *
 * 1. Its state is on disk before anything is done about it, and everything that is done can be done once more: after
 *    a crash the next run finishes it.
 * 2. What cannot be done now (a full disk) is told and done by the next run. The mail does not stop for it.
 * 3. Mail for a held domain that is refused (or deferred) while it is on its way stays in Inbox too.
 * 4. Nothing is concluded while the server cannot be reached: that is the route's affair.
 */
import { findingsOf } from "../deliver/guard-findings.ts";
import {
  advanceGuard,
  type GuardEvent,
  type GuardOrder,
  type GuardState,
  guardHolds,
  heldDomains,
  isAccountHeld,
  isAccountWatched,
  isBccAllSuspended,
  isDomainHeld,
  isTrying,
  nextGuardStep,
  type ProbeVerdict,
  reportsWait,
} from "../deliver/misconfiguration-guard.ts";
import { domainOf } from "../model/address.ts";
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { Resolution, ResolvedRecipient } from "../model/envelope.ts";
import type { GuardHold, GuardSubject } from "../model/guard.ts";
import type {
  Accepted,
  AcceptOrder,
  AttemptResult,
  HoldReason,
  QueuedRecipient,
  RecipientState,
  Settlement,
  Verdict,
} from "../model/message.ts";
import type { Clock, Log, RaiseAlert } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import { formatReply, type SmtpReply } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import type { HeldMessage, HeldPage } from "../spool/holds.ts";
import type { Spool } from "../spool/spool.ts";
import { assertNever } from "../util/assert-never.ts";
import { Turns } from "../util/turns.ts";
import { guardProblem, subjectName } from "./guard-problems.ts";
import { newGuard, readGuard, settingsMark } from "./stored-guard.ts";

const NOTE = "guard";

export interface GuardParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly raiseAlert: RaiseAlert;
  readonly spool: Pick<Spool, "holds" | "notes" | "readHeader">;
  readonly settings: () => Settings;
  readonly lists: () => AddressListsInForce;
  /** Asks the local server; nothing is sent. */
  readonly probe: (addresses: readonly string[]) => Promise<ProbeVerdict>;
  readonly isRelayDenied: (reply: SmtpReply) => boolean;
  /** Who the message is for by the settings of now. */
  readonly resolve: (message: HeldMessage, header: Buffer) => Resolution;
  /** Something was queued. */
  readonly kick: () => void;
  /** These are not in Errors or Junk any more. */
  readonly onBack: (ids: readonly number[]) => void;
  /** It was held, and nobody is there to get it. */
  readonly onJunked: (id: number) => void;
}

export type Released = Awaited<ReturnType<Spool["holds"]["release"]>>;

export class Guard {
  readonly #parts: GuardParts;
  #state: GuardState;
  /** Something is held, or no copies are made: otherwise all mail goes by as it is. */
  #holding: boolean;
  /** Of the settings and lists by which all that is held was resolved. */
  #settingsMark: string;
  /** Of those that the state was told of. */
  #toldMark: string;
  /** Holding and releasing come one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** The server's last refusal, by domain. */
  readonly #quotes = new Map<string, string>();

  constructor(parts: GuardParts) {
    this.#parts = parts;
    const stored = readGuard(parts.spool.notes.read(NOTE)) ?? newGuard(this.#mark());
    this.#state = stored.state;
    this.#holding = guardHolds(stored.state).length > 0;
    this.#settingsMark = stored.settings;
    this.#toldMark = stored.settings;
  }

  holds(): readonly GuardHold[] {
    return guardHolds(this.#state);
  }

  reportsWait(): boolean {
    return reportsWait(this.#state, this.#parts.settings().postmaster.address);
  }

  /** When the server is to be asked again; null: nothing is held that it could release. */
  nextAt(): number | null {
    return nextGuardStep(this.#state);
  }

  // --- collecting --------------------------------------------------------------------------------------------

  /** A new message as it may be taken over: without a copy that nobody takes, held where its like is held. */
  admit(order: AcceptOrder): AcceptOrder {
    if (order.kind !== "mail" || !this.#holding) return order;
    const { resolution, guarded } = this.#admitted(order.resolution, order.source.accountId, null);
    if (guarded.length === 0 || isStopped(order.verdict)) return { ...order, resolution };
    return { ...order, resolution, verdict: { kind: "pass" }, held: guarded };
  }

  /** In the mailbox's order: rows are counted. */
  async taken(accepted: Accepted, order: AcceptOrder): Promise<void> {
    if (order.kind !== "mail" || (accepted.kind !== "queued" && accepted.kind !== "junked")) return;
    const { accountId } = order.source;
    const ours = order.resolution.kind !== "no-recipient";
    const isHeld = (address: string): boolean =>
      this.#holds({ accountId, found: order.resolution.kind }, { address });
    // What holds it ended while it was on its way.
    if (order.held?.every(isHeld) === false) {
      await this.#safely(async () => {
        await this.#serial(() => this.#resolveHeld(false));
      });
    }
    if (accountId.startsWith("_") || (!ours && isStopped(order.verdict))) return;
    if (ours && !isAccountWatched(this.#state, accountId)) return;
    const domains = order.resolution.trail
      .filter(({ rule }) => rule === "foreign-domain")
      .map(({ address }) => domainOf(address))
      .filter((domain) => domain !== "");
    const messageId = accepted.id;
    await this.#safely(async () => {
      // The guard tripped while this one was on its way.
      if (!ours && order.held === undefined && isAccountHeld(this.#state, accountId)) {
        await this.#holdAccount(accountId, [messageId]);
      }
      const at = this.#parts.clock.now();
      await this.#apply({ kind: "taken", at, accountId, messageId, ours, domains: [...new Set(domains)] });
    });
  }

  // --- delivering --------------------------------------------------------------------------------------------

  /** An attempt as it is to be settled. */
  judge(result: AttemptResult): AttemptResult {
    const { message } = result;
    if (!this.#holding || message.kind !== "mail" || this.#state.anyway.includes(message.id)) return result;
    const accepted = new Set(
      result.recipients.flatMap(({ recipient, next }) =>
        next.kind === "delivered" && recipient.role === "addressed" ? [domainOf(recipient.address)] : [],
      ),
    );
    const recipients = result.recipients.map((entry) => {
      const { recipient, next } = entry;
      const held = isDomainHeld(this.#state, recipient.address) && !accepted.has(domainOf(recipient.address));
      return held && recipient.role !== "bcc-all" ? { ...entry, next: this.#heldInstead(next) } : entry;
    });
    return { ...result, recipients };
  }

  #heldInstead(next: RecipientState): RecipientState {
    if (next.kind !== "failed" && next.kind !== "expired" && next.kind !== "deferred") return next;
    // It may have arrived: that has its own pauses.
    if (next.failure?.scope === "unknown-outcome") return next;
    return { kind: "held", since: this.#parts.clock.now(), reason: "guard", failure: next.failure };
  }

  /** A report that the postmaster's mailbox refuses waits, when that is what the guard waits for. */
  judgeReport(settlement: Settlement): Settlement {
    const { report, result } = settlement;
    if (report?.kind !== "refused" || !this.reportsWait()) return settlement;
    const atRecipient = result.recipients.some(
      ({ outcome }) => outcome.kind === "refused" && outcome.failure.scope === "recipient",
    );
    if (!atRecipient) return settlement;
    const form = result.message.reportForm ?? "with-content";
    return { ...settlement, report: { kind: "again", nextAt: result.endedAt, form } };
  }

  /** After the attempt is on disk; `result` as the server answered, before `judge`. */
  async settled(result: AttemptResult, { disposition }: Settlement): Promise<void> {
    const { isRelayDenied, settings } = this.#parts;
    const findings = findingsOf(result, { postmaster: settings().postmaster.address, isRelayDenied });
    for (const { recipient, outcome } of result.recipients) {
      if (outcome.kind !== "refused" || outcome.failure.reply === null || !outcome.failure.permanent)
        continue;
      this.#quotes.set(domainOf(recipient.address), formatReply(outcome.failure.reply));
    }
    const attempt: GuardEvent = { kind: "attempt", findings };
    const closed: GuardEvent | null =
      disposition.kind === "stay" ? null : { kind: "closed", messageId: result.message.id };
    // Nearly all mail: delivered, to whom it is known to be.
    if (!this.#holding && this.#isNothing(attempt) && (closed === null || this.#isNothing(closed))) return;
    await this.#safely(async () => {
      await this.#apply(attempt);
      await this.#bringBack(result);
      if (closed !== null) await this.#apply(closed);
    });
  }

  #isNothing(event: GuardEvent): boolean {
    const { state, orders } = advanceGuard(this.#state, event);
    return state === this.#state && orders.length === 0;
  }

  /** The guard tripped between `judge` and now: what failed there is held as well. */
  async #bringBack({ message, recipients }: AttemptResult): Promise<void> {
    if (message.kind !== "mail" || this.#state.anyway.includes(message.id)) return;
    const failed = recipients.filter(
      ({ recipient, next }) => next.kind === "failed" && recipient.role !== "bcc-all",
    );
    for (const domain of new Set(failed.map(({ recipient }) => domainOf(recipient.address)))) {
      if (isDomainHeld(this.#state, `@${domain}`)) await this.#holdDomain(domain, [message.id]);
    }
  }

  // --- runs ----------------------------------------------------------------------------------------------------

  /** Before anything is sent. `reachable`: the server may be asked. `now`: a person asked for this run. */
  async step(reachable: boolean, now: boolean): Promise<void> {
    await this.#safely(async () => {
      await this.#mindSettings();
      for (const domain of heldDomains(this.#state)) {
        await this.#holdDomain(domain, this.#state.domains[domain]?.refused ?? []);
      }
      for (const [accountId, { heldSince, without }] of Object.entries(this.#state.accounts)) {
        if (heldSince !== null) await this.#holdAccount(accountId, without);
      }
      await this.#serial(() => this.#resolveHeld(false));
      if (!reachable) return;
      await this.#apply({ kind: "step", at: this.#parts.clock.now(), now, last: false });
    });
  }

  /** All other messages of the run have been sent, and reports are next: what is not known by now is held. */
  async decide(): Promise<void> {
    await this.#safely(() =>
      this.#apply({ kind: "step", at: this.#parts.clock.now(), now: false, last: true }),
    );
  }

  // --- people --------------------------------------------------------------------------------------------------

  /** Settings or lists: what is held is resolved anew; the server is asked again in the next run. */
  settingsChanged(): Promise<void> {
    return this.#safely(() => this.#mindSettings());
  }

  /** One held message, by hand. `anyway`: whatever the guard says. Rejects with ProblemError. */
  async release(message: HeldMessage, anyway: boolean): Promise<Released> {
    if (anyway) await this.#apply({ kind: "send-anyway", messages: [message.id] });
    return this.#serial(() => this.#resolveAnew(message, ["guard", "by-hand", "unknown-outcome"]));
  }

  /** "Send anyway" for all that is held for this. Rejects with ProblemError. */
  async lift(subject: GuardSubject): Promise<void> {
    if (subject.kind === "domain") {
      const messages: number[] = [];
      for await (const message of this.#heldMessages()) {
        if (
          message.recipients.some(
            (recipient) => isGuarded(recipient) && domainOf(recipient.address) === subject.domain,
          )
        )
          messages.push(message.id);
      }
      await this.#apply({ kind: "send-anyway", messages });
    }
    await this.#apply({ kind: "lift", subject });
  }

  #mark(): string {
    return settingsMark(this.#parts.settings(), this.#parts.lists());
  }

  // --- orders --------------------------------------------------------------------------------------------------

  async #apply(event: GuardEvent): Promise<void> {
    const { state, orders } = advanceGuard(this.#state, event);
    if (state !== this.#state) {
      this.#state = state;
      this.#holding = guardHolds(state).length > 0;
      await this.#save();
    }
    for (const order of orders) await this.#carryOut(order);
  }

  #save(): Promise<void> {
    return this.#parts.spool.notes.write(NOTE, { settings: this.#settingsMark, state: this.#state });
  }

  async #carryOut(order: GuardOrder): Promise<void> {
    const { clock, probe, spool, kick } = this.#parts;
    switch (order.kind) {
      case "probe": {
        const { subject, last } = order;
        const verdict = await probe(order.addresses);
        return this.#apply({ kind: "probed", at: clock.now(), subject, verdict, last });
      }
      case "try": {
        const { domain } = order;
        const messageId = await this.#serial(() => spool.holds.tryOne(domain, order.after));
        if (messageId === null) return;
        await this.#apply({ kind: "trying", domain, messageId });
        return kick();
      }
      case "hold":
        return this.#hold(order.subject, order.messages);
      case "release":
        this.#say("info", `The guard ends for ${subjectName(order.subject)}: what it held goes on`);
        await this.#serial(() => this.#resolveHeld(false));
        return kick();
      default:
        return assertNever(order);
    }
  }

  async #hold(subject: GuardSubject, messages: readonly number[]): Promise<void> {
    const { settings, spool, raiseAlert, onBack } = this.#parts;
    const { address } = settings().postmaster;
    let seen: Readonly<Record<string, number>> = {};
    let quote: string | null = null;
    switch (subject.kind) {
      case "domain":
        quote = this.#quotes.get(subject.domain) ?? null;
        await this.#holdDomain(subject.domain, messages);
        break;
      case "postmaster":
        quote = this.#quotes.get(domainOf(address)) ?? null;
        onBack(await spool.holds.reportAgain(messages));
        // Not the postmaster alone: that is told already.
        if (isDomainHeld(this.#state, address)) return;
        break;
      case "bcc-all":
        quote = this.#quotes.get(domainOf(settings().headers.bccAll ?? "")) ?? null;
        break;
      case "account":
        seen = this.#state.accounts[subject.accountId]?.seen ?? {};
        await this.#holdAccount(subject.accountId, messages);
        break;
      default:
        assertNever(subject);
    }
    const problem = guardProblem(subject, { settings: settings(), seen, quote });
    raiseAlert({ cause: `guard:${subjectName(subject)}`, problem });
  }

  async #holdDomain(domain: string, messages: readonly number[]): Promise<void> {
    const { spool, onBack } = this.#parts;
    onBack((await this.#serial(() => spool.holds.holdDomain(domain, messages, this.#state.anyway))).back);
  }

  async #holdAccount(accountId: string, messages: readonly number[]): Promise<void> {
    const { spool, settings, onBack } = this.#parts;
    const { address } = settings().postmaster;
    const { back } = await this.#serial(() =>
      spool.holds.holdUnaddressed(accountId, address, messages, this.#state.anyway),
    );
    onBack(back);
  }

  /** Not done before everything held was resolved by them: a crash in between, or a full disk, leaves it to the next run. */
  async #mindSettings(): Promise<void> {
    const { clock, settings, kick } = this.#parts;
    const mark = this.#mark();
    if (mark === this.#settingsMark) return;
    if (mark !== this.#toldMark) {
      const { postmaster, headers, accounts } = settings();
      await this.#apply({
        kind: "settings",
        at: clock.now(),
        postmaster: postmaster.address,
        bccAll: headers.bccAll,
        accounts: accounts.map(({ id }) => id),
      });
      this.#toldMark = mark;
    }
    const resolved = await this.#serial(() => this.#resolveHeld(true));
    // What is on its way as a trial is not held just now, and may be again in a moment.
    if (resolved && !isTrying(this.#state)) this.#settingsMark = mark;
    await this.#save();
    kick();
  }

  // --- resolving anew ------------------------------------------------------------------------------------------

  /** A few milliseconds at a time: all of Inbox may be held, or none of very many. */
  async *#heldMessages(): AsyncGenerator<HeldMessage> {
    const turns = new Turns();
    for (let after: number | null = 0; after !== null; ) {
      const page: HeldPage = this.#parts.spool.holds.held(after);
      yield* page.messages;
      after = page.next;
      await turns.rest();
    }
  }

  /**
   * What the guard held and does not hold any more; `all`: everything, since it may have other recipients now. One that
   * cannot be resolved stops none of the others. False: there was such a one, and it stays held.
   */
  async #resolveHeld(all: boolean): Promise<boolean> {
    let trouble: Problem | null = null;
    for await (const message of this.#heldMessages()) {
      if (message.kind !== "mail") continue;
      const anyway = this.#state.anyway.includes(message.id);
      const ended = message.recipients.some(
        (one) => isGuarded(one) && (anyway || !this.#holds(message, one)),
      );
      const unknown = message.recipients.every(
        ({ state }) => state.kind !== "held" || state.reason === "unknown-outcome",
      );
      if (!((all && !unknown) || ended)) continue;
      try {
        await this.#resolveAnew(message, ["guard"]);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        trouble ??= error.problem;
      }
    }
    if (trouble !== null) this.#say("error", describeProblem(trouble));
    return trouble === null;
  }

  #holds(
    message: Pick<HeldMessage, "accountId" | "found">,
    { address }: Pick<QueuedRecipient, "address">,
  ): boolean {
    return (
      isDomainHeld(this.#state, address) ||
      (message.found === "no-recipient" && isAccountHeld(this.#state, message.accountId))
    );
  }

  async #resolveAnew(message: HeldMessage, ends: readonly HoldReason[]): Promise<Released> {
    const { spool, settings, resolve } = this.#parts;
    const header = await spool.readHeader(message.path);
    // Delivery or the next start finds out where it went.
    if (header === null) return "gone";
    const { resolution, guarded } = this.#admitted(resolve(message, header), message.accountId, message.id);
    const { backup, postmaster } = settings();
    const released = await spool.holds.release({
      id: message.id,
      resolution,
      guarded,
      ends,
      backup: backup.enabled,
      sendErrors: postmaster.sendErrors,
    });
    if (released === "junked") this.#parts.onJunked(message.id);
    return released;
  }

  #admitted(
    resolution: Resolution,
    accountId: string,
    messageId: number | null,
  ): { readonly resolution: Resolution; readonly guarded: readonly string[] } {
    const { settings } = this.#parts;
    const anyway = messageId !== null && this.#state.anyway.includes(messageId);
    let { recipients, trail } = resolution;
    const copy = recipients.find(({ role }) => role === "bcc-all");
    if (copy !== undefined && isBccAllSuspended(this.#state, copy.address)) {
      recipients = recipients.filter((recipient) => recipient !== copy);
      trail = trail.map((step) =>
        step.rule === "bcc-all" && step.verdict === "kept" ? { ...step, verdict: "dropped" } : step,
      );
    }
    const unaddressed =
      !anyway && resolution.kind === "no-recipient" && isAccountHeld(this.#state, accountId);
    if (unaddressed && recipients.length === 0) {
      const { address } = settings().postmaster;
      // By the setting Junk nobody gets it; held mail needs somebody to be held for.
      recipients = [{ address, role: "postmaster", duplicatesChecked: false }];
    }
    const guarded = (recipient: ResolvedRecipient): boolean =>
      unaddressed || isDomainHeld(this.#state, recipient.address);
    return {
      resolution: { ...resolution, recipients, trail },
      guarded: anyway ? [] : recipients.filter(guarded).map(({ address }) => address),
    };
  }

  // --- below ---------------------------------------------------------------------------------------------------

  #serial<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** What the disk does not take now is done by the next run. */
  async #safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#say("error", describeProblem(error.problem));
    }
  }

  #say(level: "info" | "error", text: string): void {
    this.#parts.log({ source: "gateway", level, text });
  }
}

/** By a policy, not because nobody of ours was found. */
function isStopped(verdict: Verdict): boolean {
  return verdict.kind !== "pass" && verdict.reason !== "no-recipient";
}

function isGuarded({ state }: QueuedRecipient): boolean {
  return state.kind === "held" && state.reason === "guard";
}

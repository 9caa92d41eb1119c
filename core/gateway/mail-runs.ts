/**
 * Runs: collect, deliver, report. One at a time.
 *
 * 1. Sending starts while collecting goes on, after the first few messages (PRODUCT section 3).
 * 2. Reports to the postmaster go after all other messages of the run, in a delivery run (so on a connection) of
 *    their own.
 * 3. A run that a person asked for probes a deferred route at once; the schedule's wait for the back-off.
 * 4. Stop: nothing new is begun, what is in flight is finished. While paused no run of the schedule's begins; a person
 *    who asks for one ends the pause.
 * 5. Expected trouble of accounts, server and disk is in the summary; a run rejects only for a fault, and only
 *    when the rest of its work is done: one bad file or message does not stop the mail.
 * 6. Pre and post check belong to collecting: a run that only delivers has none.
 * 7. What was raised during the run goes to the postmaster at its end, in one mail; not while the server is down.
 */
import type { Dispatcher } from "../deliver/dispatcher.ts";
import type { GatewayState, RunSummary } from "../model/event.ts";
import type { AccountStatus, CheckOrder, GatewayStatus, RouteStatus } from "../model/gateway.ts";
import type { MessageKind } from "../model/message.ts";
import type { Clock, Log } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import type { ReportContext } from "../outcome/postmaster-report.ts";
import type { Spool } from "../spool/spool.ts";
import type { AccountPasses } from "./account-passes.ts";
import { type AttentionReason, attentionReasons } from "./attention.ts";
import type { CheckSteps } from "./check-steps.ts";
import type { ClockWatch } from "./clock-watch.ts";
import type { DayTotals } from "./day-totals.ts";
import type { Events } from "./events.ts";
import type { Guard } from "./guard.ts";
import type { MailRecords } from "./mail-records.ts";
import { spoolDueReports } from "./send-reports.ts";

const MAIL: readonly MessageKind[] = ["mail", "alert"];
const REPORTS: readonly MessageKind[] = ["report"];
const ALERTS: readonly MessageKind[] = ["alert"];
const HOUR = 3_600_000;

export interface MailRunsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: MailRecords;
  readonly dispatcher: Dispatcher;
  readonly spool: Spool;
  readonly clockWatch: ClockWatch;
  readonly events: Events;
  readonly settings: () => Settings;
  readonly accounts: AccountPasses;
  /** Users and aliases as they are in their files now. */
  readonly refreshLists: () => Promise<void>;
  readonly takeUpOrphans: (signal: AbortSignal) => Promise<void>;
  readonly guard: Guard;
  readonly reportContext: () => ReportContext;
  readonly steps: CheckSteps;
  readonly today: DayTotals;
  readonly alerts: {
    /** ms since 1970; null: none waits to be mailed. */
    readonly waitingSince: () => number | null;
    /** One mail of all that wait. True: it is in the spool. */
    readonly spool: () => Promise<boolean>;
  };
}

/** What went wrong in a run. */
interface RunTrouble {
  readonly problems: Problem[];
  readonly faults: unknown[];
}

interface RunOrder {
  readonly accounts: readonly AccountSettings[];
  readonly byName: boolean;
  readonly sendNow: boolean;
  readonly probeNow: boolean;
  readonly signal: AbortSignal;
}

export class MailRuns {
  readonly #parts: MailRunsParts;
  readonly #stopping = new AbortController();
  /** Ends the run that is under way; null: there is none. */
  #running: AbortController | null = null;
  #paused = false;
  #last: Promise<unknown> = Promise.resolve();
  /** What is done just now. */
  #activity: "idle" | "checking" | "sending" | "stopping" = "idle";
  /** As it was told last. */
  #told: GatewayState = "idle";
  #lastRun: GatewayStatus["lastRun"] = null;
  #routeProblem: Problem | null = null;
  #nextCheckAt: number | null = null;
  #tendedAt: number | null = null;

  constructor(parts: MailRunsParts) {
    this.#parts = parts;
  }

  /** One run, after the one that is under way. */
  check({ accounts, sendNow = false, signal }: CheckOrder): Promise<RunSummary> {
    this.pause(false);
    return this.#exclusive(() =>
      this.#stoppable(signal, (ends) =>
        this.#run({
          accounts: this.#chosen(accounts),
          byName: accounts !== undefined,
          sendNow,
          probeNow: true,
          signal: ends,
        }),
      ),
    );
  }

  /** The schedule's: only these accounts, or none (what waits for another try is due). null: paused. */
  scheduled(accounts: readonly string[]): Promise<RunSummary | null> {
    return this.#exclusive(async () => {
      if (this.#paused) return null;
      return this.#stoppable(undefined, (ends) =>
        this.#run({
          accounts: this.#chosen(accounts),
          byName: false,
          sendNow: false,
          probeNow: false,
          signal: ends,
        }),
      );
    });
  }

  /** Ends the run that is under way, and only it. False: there is none. */
  halt(): boolean {
    this.#running?.abort();
    return this.#running !== null;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.halt();
    this.#parts.log({
      source: "gateway",
      level: "info",
      text: paused ? "paused: nothing is begun by itself until the pause is ended" : "the pause is ended",
    });
    this.review();
  }

  /** Something that wants a mailbox for itself, after the run that is under way. */
  alone<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.#exclusive(() => work(this.#signal()));
  }

  /** When something that waits becomes due; null: nothing does. */
  nextDeliveryAt(): number | null {
    const { spool, dispatcher, settings, guard } = this.#parts;
    if (!settings().smtp.forward) return null;
    const times = [
      spool.queue.nextDueAt(guard.reportsWait() ? MAIL : [...MAIL, ...REPORTS]),
      settings().postmaster.sendErrors && !guard.reportsWait() ? spool.outcomes.nextReportAt() : null,
      guard.nextAt(),
      guard.reportsWait() ? null : this.#parts.alerts.waitingSince(),
    ].filter((time) => time !== null);
    if (times.length === 0) return null;
    return Math.max(Math.min(...times), dispatcher.nextProbeAt() ?? 0);
  }

  nextCheckAt(at: number | null): void {
    this.#nextCheckAt = at;
  }

  settingsChanged(): void {
    this.#routeProblem = null;
    this.review();
  }

  status(): Omit<GatewayStatus, "version" | "dataDirectory"> {
    const { spool } = this.#parts;
    return {
      state: this.#state(),
      nextCheckAt: this.#paused ? null : this.#nextCheckAt,
      folders: spool.counts(),
      route: this.#routeStatus(),
      accounts: this.#accountStatuses(),
      lastRun: this.#lastRun,
      today: this.#parts.today.totals(),
      unseenJunk: spool.unseen().junk,
    };
  }

  /** Something may have changed that needs a person, or does not any more: tells the state, when it is another one. */
  review(): void {
    const state = this.#state();
    if (state === this.#told) return;
    this.#told = state;
    this.#parts.events.emit({ kind: "state", state });
  }

  #state(): GatewayState {
    if (this.#activity !== "idle") return this.#activity;
    if (this.#paused) return "paused";
    try {
      return this.#reasons().length > 0 ? "attention" : "idle";
    } catch (error) {
      // A journal that cannot be read needs a person too.
      if (error instanceof ProblemError) return "attention";
      throw error;
    }
  }

  #reasons(): readonly AttentionReason[] {
    const { clock, clockWatch, guard, spool } = this.#parts;
    const unseen = spool.unseen();
    return attentionReasons({
      now: clock.now(),
      route: this.#routeStatus(),
      accounts: this.#accountStatuses(),
      problems: this.#lastRun?.summary.problems ?? [],
      holds: guard.holds().length,
      clock: clockWatch.doubt(),
      unseenJunk: unseen.junk,
      unreported: unseen.errors,
    });
  }

  #accountStatuses(): readonly AccountStatus[] {
    const { settings, accounts } = this.#parts;
    return settings().accounts.map((account) => accounts.status(account));
  }

  #routeStatus(): RouteStatus {
    const { spool, dispatcher, settings } = this.#parts;
    const { smtp } = settings();
    const nextProbeAt = dispatcher.nextProbeAt();
    return {
      server: `${smtp.host}:${smtp.port}`,
      forward: smtp.forward,
      usable: nextProbeAt === null,
      failures: spool.route.load().failures,
      nextProbeAt,
      problem: this.#routeProblem,
    };
  }

  /** Ends what is under way; no run begins afterwards. */
  async stop(): Promise<void> {
    this.#nowDoing("stopping");
    this.#stopping.abort();
    await this.#last;
  }

  #exclusive<Result>(run: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(() => {
      if (this.#stopping.signal.aborted) throw new ProblemError(stoppingProblem);
      return run();
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #stoppable<Result>(
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const running = new AbortController();
    this.#running = running;
    try {
      return await run(AbortSignal.any([this.#signal(signal), running.signal]));
    } finally {
      this.#running = null;
    }
  }

  async #run(order: RunOrder): Promise<RunSummary> {
    const { clock, records } = this.#parts;
    const startedAt = clock.now();
    records.restart();
    const trouble: RunTrouble = { problems: [], faults: [] };
    const { problems, faults } = trouble;
    await this.#aside(trouble, () => this.#mindClock());
    await this.#attempt(trouble, () => this.#parts.refreshLists());
    await this.#attempt(trouble, () => this.#parts.takeUpOrphans(order.signal));
    const collects = await this.#before(order, trouble);
    await this.#attempt(trouble, () => this.#parts.guard.step(this.#reachable(), order.probeNow));
    await this.#collectAndDeliver(collects ? order : { ...order, accounts: [] }, trouble);
    await this.#attempt(trouble, async () => {
      // Before reports go out it has to be known whether there is anything to report.
      if (this.#reachable() && !order.signal.aborted) await this.#parts.guard.decide();
    });
    await this.#attempt(trouble, () => this.#report(order, problems));
    await this.#attempt(trouble, () => this.#sendAlerts(order, problems));
    // A program that looks at the folders then finds what is there to stay.
    await this.#parts.spool.removeDelivered();
    if (collects) await this.#attempt(trouble, () => this.#after(order, problems));
    await this.#aside(trouble, () => this.#tend());
    const stopping = this.#stopping.signal.aborted;
    if (!stopping) this.#activity = "idle";
    if (faults.length > 0) {
      this.review();
      throw faults[0];
    }
    const summary = this.#summary(startedAt, problems);
    this.#lastRun = { endedAt: clock.now(), summary };
    await this.#parts.today.add(summary);
    this.review();
    this.#parts.events.emit({ kind: "run-finished", summary });
    return summary;
  }

  /** Whether this run collects. */
  async #before({ accounts, signal }: RunOrder, trouble: RunTrouble): Promise<boolean> {
    if (accounts.length === 0) return false;
    let collects = true;
    await this.#attempt(trouble, async () => {
      this.#nowDoing("checking");
      const { problem, goOn } = await this.#parts.steps.before(signal);
      if (problem !== null) trouble.problems.push(problem);
      collects = goOn;
    });
    return collects;
  }

  async #after({ signal }: RunOrder, problems: Problem[]): Promise<void> {
    const problem = await this.#parts.steps.after(signal);
    if (problem !== null) problems.push(problem);
  }

  /** As far as is known now. */
  #reachable(): boolean {
    const { settings, dispatcher } = this.#parts;
    return settings().smtp.forward && dispatcher.nextProbeAt() === null;
  }

  async #collectAndDeliver(order: RunOrder, trouble: RunTrouble): Promise<void> {
    const { accounts, records, dispatcher } = this.#parts;
    this.#nowDoing(order.accounts.length > 0 ? "checking" : "sending");
    const collecting = accounts.run(order.accounts, order.byName, order.signal);
    // Awaited below, whatever becomes of delivering: no run ends while an account is still at work.
    collecting.catch(() => undefined);
    await Promise.race([collecting, records.collectedAtLeast(messagesBeforeSend(order.accounts))]).catch(
      () => undefined,
    );
    await this.#attempt(trouble, async () => {
      const { routeProblem } = await dispatcher.run({
        kinds: MAIL,
        ignoreBackoff: order.sendNow,
        probeNow: order.probeNow,
        until: collecting,
        signal: order.signal,
      });
      this.#routeProblem = null;
      this.#routeFailed(routeProblem, trouble.problems);
    });
    await this.#attempt(trouble, async () => {
      trouble.problems.push(...(await collecting));
    });
  }

  /** Until no report is due, or they cannot be sent now. Each message is reported at most twice in a run. */
  async #report({ sendNow, signal }: RunOrder, problems: Problem[]): Promise<void> {
    const { clock, log, spool, dispatcher, settings, guard, reportContext } = this.#parts;
    const { bodies, outcomes } = spool;
    if (!settings().smtp.forward) return;
    this.#nowDoing("sending");
    for (;;) {
      if (signal.aborted || dispatcher.nextProbeAt() !== null || guard.reportsWait()) return;
      const made = await spoolDueReports({ clock, log, settings, context: reportContext, bodies, outcomes });
      const { routeProblem } = await dispatcher.run({ kinds: REPORTS, ignoreBackoff: sendNow, signal });
      if (this.#routeFailed(routeProblem, problems) || made === 0) return;
    }
  }

  async #sendAlerts({ signal }: RunOrder, problems: Problem[]): Promise<void> {
    const { dispatcher, settings, guard, alerts } = this.#parts;
    if (signal.aborted || !settings().smtp.forward || dispatcher.nextProbeAt() !== null) return;
    // They go to the postmaster too.
    if (guard.reportsWait()) return;
    if (!(await alerts.spool())) return;
    const { routeProblem } = await dispatcher.run({ kinds: ALERTS, signal });
    this.#routeFailed(routeProblem, problems);
  }

  #routeFailed(problem: Problem | null, problems: Problem[]): boolean {
    if (problem === null) return false;
    this.#routeProblem = problem;
    problems.push(problem);
    return true;
  }

  /** The clock may have been set since the last run. */
  async #mindClock(): Promise<void> {
    const { clockWatch, spool, log } = this.#parts;
    await clockWatch.look();
    const messages = await spool.bringForward();
    if (messages === 0) return;
    const text = `the clock was put back: ${messages} message(s) that waited for a time far ahead are due now`;
    log({ source: "gateway", level: "warning", text });
  }

  /** What is not urgent: the index of the history after each run, retention once an hour. */
  async #tend(): Promise<void> {
    const { clock, spool, clockWatch } = this.#parts;
    await spool.indexHistory();
    await clockWatch.look();
    const now = clock.now();
    const last = this.#tendedAt;
    if (last !== null && now >= last && now - last < HOUR) return;
    this.#tendedAt = now;
    await spool.tend();
  }

  /** House-keeping: what stands in its way (a full disk) is told by the mail itself, or in the log. */
  async #aside({ faults }: RunTrouble, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ProblemError)) faults.push(error);
      else this.#parts.log({ source: "gateway", level: "error", text: describeProblem(error.problem) });
    }
  }

  /** One part of the run. Never rejects: the parts behind it have their own work. */
  async #attempt({ problems, faults }: RunTrouble, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ProblemError)) {
        faults.push(error);
        return;
      }
      problems.push(error.problem);
      this.#parts.log({ source: "gateway", level: "error", text: describeProblem(error.problem) });
    }
  }

  #summary(startedAt: number, problems: readonly Problem[]): RunSummary {
    const { clock, records, spool, settings } = this.#parts;
    const { totals } = records;
    return {
      ...totals,
      // Mail that waits in Inbox at the end, whatever the reason; with forwarding off it waits because it shall.
      deferred: settings().smtp.forward ? spool.waitingMail() : totals.deferred,
      bytes: totals.collectedBytes,
      seconds: Math.max(0, clock.now() - startedAt) / 1_000,
      problems: withoutRepeats(problems),
      findings: records.findings(settings()),
    };
  }

  #chosen(ids: readonly string[] | undefined): readonly AccountSettings[] {
    const { accounts } = this.#parts.settings();
    return ids === undefined
      ? accounts.filter(({ enabled }) => enabled)
      : accounts.filter(({ id }) => ids.includes(id));
  }

  #signal(signal?: AbortSignal): AbortSignal {
    return signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]);
  }

  #nowDoing(activity: "checking" | "sending" | "stopping"): void {
    // Whatever a run still has to do, the end is under way.
    if (this.#activity !== "stopping") this.#activity = activity;
    this.review();
  }
}

/** The accounts share one send queue: the most eager one decides. */
function messagesBeforeSend(accounts: readonly AccountSettings[]): number {
  return Math.min(...accounts.map((account) => account.messagesBeforeSend));
}

function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.code} ${problem.what}`, problem]));
  return [...seen.values()];
}

export const stoppingProblem: Problem = {
  code: "gateway-stopping",
  what: "The gateway is just being stopped and begins nothing new.",
  cure: "Start it again, then try once more.",
};

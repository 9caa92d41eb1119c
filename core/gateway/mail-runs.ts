/**
 * Runs: collect, deliver, report. One at a time.
 *
 * 1. Sending starts while collecting goes on, after the first few messages (PRODUCT section 3).
 * 2. Reports to the postmaster go after all other messages of the run, in a delivery run (so on a connection) of
 *    their own.
 * 3. A run that a person asked for probes a deferred route at once; the schedule's wait for the back-off.
 * 4. Stop: nothing new is begun, what is in flight is finished.
 * 5. Expected trouble of accounts, server and disk is in the summary; a run rejects only for a fault.
 */
import type { Dispatcher } from "../deliver/dispatcher.ts";
import type { GatewayState, RunSummary, RunTotals } from "../model/event.ts";
import type { CheckOrder, GatewayStatus } from "../model/gateway.ts";
import type { MessageKind } from "../model/message.ts";
import type { Clock, Log } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import type { ReportContext } from "../outcome/postmaster-report.ts";
import type { Spool } from "../spool/spool.ts";
import type { AccountPasses } from "./account-passes.ts";
import type { Events } from "./events.ts";
import type { MailRecords } from "./mail-records.ts";
import { addTotals, noTotals } from "./run-totals.ts";
import { spoolDueReports } from "./send-reports.ts";

const MAIL: readonly MessageKind[] = ["mail", "alert"];
const REPORTS: readonly MessageKind[] = ["report"];
const DAY = 86_400_000;

export interface MailRunsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: MailRecords;
  readonly dispatcher: Dispatcher;
  readonly spool: Spool;
  readonly events: Events;
  readonly settings: () => Settings;
  readonly accounts: AccountPasses;
  readonly takeUpOrphans: (signal: AbortSignal) => Promise<void>;
  readonly reportContext: () => ReportContext;
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
  #last: Promise<unknown> = Promise.resolve();
  #state: GatewayState = "idle";
  #lastRun: GatewayStatus["lastRun"] = null;
  #routeProblem: Problem | null = null;
  #nextCheckAt: number | null = null;
  #today: { readonly day: string; readonly totals: RunTotals };

  constructor(parts: MailRunsParts) {
    this.#parts = parts;
    this.#today = { day: this.#day(), totals: noTotals };
  }

  /** One run, after the one that is under way. */
  check({ accounts, sendNow = false, signal }: CheckOrder): Promise<RunSummary> {
    return this.#exclusive(() =>
      this.#run({
        accounts: this.#chosen(accounts),
        byName: accounts !== undefined,
        sendNow,
        probeNow: true,
        signal: this.#signal(signal),
      }),
    );
  }

  /** The schedule's: only these accounts, or none (what waits for another try is due). */
  scheduled(accounts: readonly string[]): Promise<RunSummary> {
    return this.#exclusive(() =>
      this.#run({
        accounts: this.#chosen(accounts),
        byName: false,
        sendNow: false,
        probeNow: false,
        signal: this.#signal(),
      }),
    );
  }

  /** When something that waits becomes due; null: nothing does. */
  nextDeliveryAt(): number | null {
    const { spool, dispatcher, settings } = this.#parts;
    if (!settings().smtp.forward) return null;
    const due = spool.queue.nextDueAt([...MAIL, ...REPORTS]);
    if (due === null) return null;
    return Math.max(due, dispatcher.nextProbeAt() ?? 0);
  }

  nextCheckAt(at: number | null): void {
    this.#nextCheckAt = at;
  }

  settingsChanged(): void {
    this.#routeProblem = null;
  }

  status(): Omit<GatewayStatus, "version" | "dataDirectory"> {
    const { spool, dispatcher, settings, accounts } = this.#parts;
    const { smtp, accounts: configured } = settings();
    const { failures } = spool.route.load();
    const nextProbeAt = dispatcher.nextProbeAt();
    return {
      state: this.#state,
      nextCheckAt: this.#nextCheckAt,
      folders: spool.counts(),
      route: {
        server: `${smtp.host}:${smtp.port}`,
        forward: smtp.forward,
        usable: nextProbeAt === null,
        failures,
        nextProbeAt,
        problem: this.#routeProblem,
      },
      accounts: configured.map((account) => accounts.status(account)),
      lastRun: this.#lastRun,
      today: this.#today.day === this.#day() ? this.#today.totals : noTotals,
    };
  }

  /** Ends what is under way; no run begins afterwards. */
  async stop(): Promise<void> {
    this.#setState("stopping");
    this.#stopping.abort();
    await this.#last;
  }

  #exclusive(run: () => Promise<RunSummary>): Promise<RunSummary> {
    const next = this.#last.then(() => {
      if (this.#stopping.signal.aborted) throw new ProblemError(stoppingProblem);
      return run();
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #run(order: RunOrder): Promise<RunSummary> {
    const { clock, records } = this.#parts;
    const startedAt = clock.now();
    records.restart();
    const problems: Problem[] = [];
    try {
      await this.#attempt(problems, () => this.#parts.takeUpOrphans(order.signal));
      await this.#collectAndDeliver(order, problems);
      await this.#attempt(problems, () => this.#report(order, problems));
      await this.#attempt(problems, () => this.#tend());
    } finally {
      if (!this.#stopping.signal.aborted) this.#setState("idle");
    }
    const summary = this.#summary(startedAt, problems);
    this.#lastRun = { endedAt: clock.now(), summary };
    this.#addToToday(summary);
    this.#setState(problems.length > 0 ? "attention" : this.#state);
    this.#parts.events.emit({ kind: "run-finished", summary });
    return summary;
  }

  async #collectAndDeliver(order: RunOrder, problems: Problem[]): Promise<void> {
    const { accounts, records, dispatcher } = this.#parts;
    this.#setState(order.accounts.length > 0 ? "checking" : "sending");
    const collecting = accounts.run(order.accounts, order.byName, order.signal);
    // Both ends are awaited below, whatever happens first.
    collecting.catch(() => undefined);
    await Promise.race([collecting, records.collectedAtLeast(messagesBeforeSend(order.accounts))]).catch(
      () => undefined,
    );
    await this.#attempt(problems, async () => {
      const { routeProblem } = await dispatcher.run({
        kinds: MAIL,
        ignoreBackoff: order.sendNow,
        probeNow: order.probeNow,
        until: collecting,
        signal: order.signal,
      });
      this.#routeProblem = routeProblem;
      if (routeProblem !== null) problems.push(routeProblem);
    });
    problems.push(...(await collecting));
  }

  /** Until no report is due, or they cannot be sent now. Each message is reported at most twice in a run. */
  async #report({ sendNow, signal }: RunOrder, problems: Problem[]): Promise<void> {
    const { clock, log, spool, dispatcher, settings, reportContext } = this.#parts;
    const { bodies, outcomes } = spool;
    if (!settings().smtp.forward) return;
    this.#setState("sending");
    for (;;) {
      if (signal.aborted || dispatcher.nextProbeAt() !== null) return;
      const made = await spoolDueReports({ clock, log, settings, context: reportContext, bodies, outcomes });
      const { routeProblem } = await dispatcher.run({ kinds: REPORTS, ignoreBackoff: sendNow, signal });
      if (routeProblem !== null) {
        this.#routeProblem = routeProblem;
        problems.push(routeProblem);
        return;
      }
      if (made === 0) return;
    }
  }

  /**
   * Retention, once a run. Not right after a step of the clock: when the last run seems to be over a day ago
   * (or ahead), nothing is thrown away before the next one.
   */
  async #tend(): Promise<void> {
    const { clock, spool } = this.#parts;
    const now = clock.now();
    const last = spool.notes.read("last-run");
    const plausible = typeof last === "number" && now >= last && now - last < DAY;
    await spool.notes.write("last-run", now);
    if (plausible) await spool.tend();
  }

  /** Expected trouble becomes a problem of the run. */
  async #attempt(problems: Problem[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(error.problem);
      this.#parts.log({ source: "gateway", level: "error", text: describeProblem(error.problem) });
    }
  }

  #summary(startedAt: number, problems: readonly Problem[]): RunSummary {
    const { clock, records, spool, settings } = this.#parts;
    const { totals } = records;
    return {
      ...totals,
      // What waits in Inbox at the end, whatever the reason; with forwarding off it waits because it shall.
      deferred: settings().smtp.forward ? spool.counts().Inbox : totals.deferred,
      bytes: totals.collectedBytes,
      seconds: Math.max(0, clock.now() - startedAt) / 1_000,
      problems: withoutRepeats(problems),
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

  #setState(state: GatewayState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#parts.events.emit({ kind: "state", state });
  }

  #addToToday(summary: RunTotals): void {
    const day = this.#day();
    const before = this.#today.day === day ? this.#today.totals : noTotals;
    const { deferred: _waiting, ...totals } = summary;
    this.#today = { day, totals: { ...addTotals(before, pickTotals(totals)), deferred: summary.deferred } };
  }

  #day(): string {
    return new Date(this.#parts.clock.now()).toDateString();
  }
}

function pickTotals(totals: Omit<RunTotals, "deferred">): Partial<RunTotals> {
  const picked: Record<string, number> = {};
  for (const key of Object.keys(noTotals) as (keyof RunTotals)[]) {
    if (key !== "deferred") picked[key] = totals[key];
  }
  return picked;
}

/** The accounts share one send queue: the most eager one decides. */
function messagesBeforeSend(accounts: readonly AccountSettings[]): number {
  return Math.min(...accounts.map((account) => account.messagesBeforeSend));
}

function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.code} ${problem.what}`, problem]));
  return [...seen.values()];
}

const stoppingProblem: Problem = {
  code: "gateway-stopping",
  what: "The gateway is just being stopped and begins nothing new.",
  cure: "Start it again, then try once more.",
};

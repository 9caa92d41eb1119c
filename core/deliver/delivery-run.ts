/**
 * One delivery run: hands due messages to up to `connections` sessions.
 *
 * 1. Claimed in batches; what was claimed and not tried is released at the end, whatever ended the run.
 * 2. The first connection has to be up before others are opened, and has to have finished a transaction when
 *    the route was deferred; never more connections than there is work for.
 * 3. A result is on disk (`settle`) before the final dot of the next message goes out on that connection: of each
 *    connection no more than one message can be with the server and not in the journal. Up to the dot the next one
 *    goes on meanwhile. When a result cannot be written, nothing more is begun, and no other dot goes out on that one.
 * 4. At most 100 recipients a transaction (RFC 5321 4.5.3.1.8). Each transaction is settled by itself; what is left
 *    of a message is claimed again, at once.
 * 5. A failure of the route ends the run: one alert; what other connections have in hand is finished, and does not
 *    speak for the route.
 * 6. A deferred route whose probe is due is tried also when there is nothing to send.
 * 7. Told to stop: what is past its final dot is finished, everything else is released.
 */

import type { Failure } from "../model/failure.ts";
import { limits } from "../model/limits.ts";
import type { AttemptResult, DeliveryOutcome, QueuedMessage, QueuedRecipient } from "../model/message.ts";
import type { DeliveryOrder, DeliveryRunResult, RunContext } from "./dispatcher.ts";
import { retryDelay } from "./retry-schedule.ts";
import { type OpenedSession, openSession, type Session } from "./session.ts";
import { serverName } from "./smtp-server.ts";
import { traceHeader } from "./trace-header.ts";
import type { Transaction } from "./transaction.ts";
import { transition } from "./transition.ts";

/**
 * Messages claimed at once, for each connection. Few: what was claimed when the process died counts as tried, and
 * the third time in a row it has to wait.
 */
const CLAIM = 4;
/** A session without work is kept this long: collecting may bring some. */
const IDLE = 10_000;

/** What one worker holds: its connection and what was done on it. */
interface Hand {
  session: Session | null;
  messages: number;
  finished: number;
  /** The result of the message before, going to the disk; false: it could not be written, the run ends. Never rejects. */
  recorded: Promise<boolean>;
}

type Effect = "delivered" | "deferred" | "failed";

export class DeliveryRun {
  readonly done: Promise<DeliveryRunResult>;
  readonly #context: RunContext;
  readonly #order: DeliveryOrder;
  readonly #opening = new AbortController();
  /** Claimed, waiting for a connection. */
  #ready: QueuedMessage[] = [];
  /** Claimed, not to be tried (again) in this run. */
  readonly #parked: QueuedMessage[] = [];
  /** With `ignoreBackoff`: what had its try. */
  readonly #tried = new Set<number>();
  readonly #idle: ((message: QueuedMessage | null) => void)[] = [];
  readonly #workers = new Set<Promise<void>>();
  readonly #hands = new Set<Hand>();
  #busy = 0;
  #mayHaveMore = true;
  #untilOver: boolean;
  #up = false;
  #stopping = false;
  #cancelled = false;
  #routeDown = false;
  #error: { readonly cause: unknown } | null = null;
  #wake: (() => void) | null = null;
  #woken = false;
  readonly #totals = { delivered: 0, deferred: 0, failed: 0, bytes: 0 };
  /** Messages that take several transactions, with what they were counted as. */
  readonly #counted = new Map<number, Set<Effect>>();

  constructor(context: RunContext, order: DeliveryOrder) {
    this.#context = context;
    this.#order = order;
    this.#untilOver = order.until === undefined;
    this.done = this.#run();
  }

  kick(): void {
    this.#mayHaveMore = true;
    this.#notify();
  }

  /** Nothing new is begun; what was begun is finished. */
  stop(): void {
    this.#stop();
  }

  async #run(): Promise<DeliveryRunResult> {
    const { signal, until } = this.#order;
    const onAbort = (): void => this.#cancel();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) this.#cancel();
    const over = (): void => {
      this.#untilOver = true;
      this.kick();
    };
    until?.then(over, over);
    try {
      while (!this.#stopping) {
        this.#woken = false;
        await this.#fill();
        this.#handOut();
        if (this.#untilOver && this.#busy === 0 && this.#ready.length === 0 && !this.#mayHaveMore) break;
        await this.#sleep();
      }
      if (!this.#stopping) await this.#tryRoute();
    } catch (error) {
      this.#fatal(error);
    }
    this.#stop();
    await Promise.all(this.#workers);
    signal?.removeEventListener("abort", onAbort);
    const untried = [...this.#ready, ...this.#parked];
    if (untried.length > 0) await this.#context.ports.queue.release(untried);
    if (this.#error !== null) throw this.#error.cause;
    const { route, settings } = this.#context;
    return { ...this.#totals, routeProblem: route.problem(serverName(settings.server)) };
  }

  // --- work ------------------------------------------------------------------------------------------------

  async #fill(): Promise<void> {
    const { ports, settings } = this.#context;
    const limit = CLAIM * settings.connections;
    while (
      this.#mayHaveMore &&
      !this.#stopping &&
      (this.#ready.length < settings.connections || this.#onlySuspects())
    ) {
      this.#mayHaveMore = false;
      const now = ports.clock.now();
      const claimed = await ports.queue.claim({
        limit,
        kinds: this.#order.kinds,
        now,
        ignoreBackoff: this.#order.ignoreBackoff === true,
        nextAt: now + retryDelay(1),
      });
      if (claimed.length >= limit) this.#mayHaveMore = true;
      for (const message of claimed) {
        if (this.#due(message).length > 0) this.#ready.push(message);
        else this.#parked.push(message);
      }
    }
  }

  #handOut(): void {
    if (this.#stopping) return;
    const { settings, route } = this.#context;
    const allowed = this.#up && route.usable ? settings.connections : 1;
    while (this.#ready.length > 0 && this.#idle.length > 0) this.#idle.pop()?.(this.#next());
    for (let spare = allowed - this.#workers.size; spare > 0 && this.#ready.length > 0; spare -= 1) {
      const first = this.#next();
      if (first === null) break;
      const worker: Promise<void> = this.#work(first).finally(() => {
        this.#workers.delete(worker);
        this.#notify();
      });
      this.#workers.add(worker);
    }
  }

  /** On trial with nothing in hand but what connections were lost with: another message is looked for. */
  #onlySuspects(): boolean {
    const { route } = this.#context;
    return !route.usable && this.#ready.every((message) => route.suspect(message.id));
  }

  /**
   * The next message; while the route is on trial, one that no connection was lost with. From here on somebody
   * is busy with it, also before the worker has woken up to it.
   */
  #next(): QueuedMessage | null {
    const { route } = this.#context;
    const index = route.usable ? 0 : this.#ready.findIndex((message) => !route.suspect(message.id));
    const message = this.#ready.splice(Math.max(index, 0), 1)[0];
    if (message === undefined) return null;
    this.#busy += 1;
    return message;
  }

  /** What a worker does next; null: nothing, for long enough. */
  #take(): Promise<QueuedMessage | null> {
    if (this.#stopping) return Promise.resolve(null);
    const now = this.#next();
    if (now !== null) {
      if (this.#ready.length < this.#context.settings.connections && this.#mayHaveMore) this.#notify();
      return Promise.resolve(now);
    }
    return new Promise((resolve) => {
      const give = (message: QueuedMessage | null): void => {
        disarm();
        resolve(message);
      };
      const disarm = this.#context.ports.clock.after(IDLE, () => {
        const index = this.#idle.indexOf(give);
        if (index >= 0) this.#idle.splice(index, 1);
        resolve(null);
      });
      this.#idle.push(give);
      this.#notify();
    });
  }

  async #work(first: QueuedMessage): Promise<void> {
    const hand: Hand = { session: null, messages: 0, finished: 0, recorded: Promise.resolve(true) };
    this.#hands.add(hand);
    let message: QueuedMessage | null = first;
    while (message !== null) {
      await this.#deliver(message, hand);
      message = await this.#take();
    }
    this.#hands.delete(hand);
    await hand.recorded;
    await hand.session?.quit();
  }

  /** Never rejects. The result may still be on its way to the disk (`hand.recorded`). */
  async #deliver(message: QueuedMessage, hand: Hand): Promise<void> {
    let recording = Promise.resolve();
    try {
      recording = (await this.#attempt(message, hand))?.recording ?? recording;
    } catch (error) {
      this.#fatal(error);
    }
    hand.recorded = this.#recorded(hand.recorded, recording);
  }

  /** Whether everything up to this message is on the disk. Never rejects. */
  async #recorded(before: Promise<boolean>, recording: Promise<void>): Promise<boolean> {
    try {
      await recording;
      return await before;
    } catch (error) {
      this.#fatal(error);
      return false;
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#notify();
    }
  }

  /** What the next message need not wait for; null: nothing. */
  async #attempt(message: QueuedMessage, hand: Hand): Promise<{ readonly recording: Promise<void> } | null> {
    const { ports, route, settings } = this.#context;
    const takenAt = ports.clock.now();
    const session = await this.#session(hand);
    if (session === null || this.#cancelled) {
      this.#ready.unshift(message);
      return null;
    }
    const connectedAt = ports.clock.now();
    const due = this.#due(message);
    const recipients = due.slice(
      0,
      ports.limits?.recipientsPerTransaction ?? limits.smtp.recipientsPerTransaction,
    );
    const trace = traceHeader(message, settings.trace, connectedAt);
    const transaction = await session.deliver(message, recipients, trace, { mayEnd: hand.recorded });
    await hand.recorded;
    hand.messages += 1;
    switch (transaction.kind) {
      case "cancelled":
      case "not-sent":
        this.#ready.unshift(message);
        return null;
      case "route":
        this.#ready.unshift(message);
        await this.#routeFailed(transaction.failure);
        return null;
      case "body-missing":
        await ports.bodyMissing(message);
        return null;
      case "ended": {
        const outcomes = due.map(
          (_, index): DeliveryOutcome =>
            transaction.outcomes[index] ??
            (transaction.others === null
              ? { kind: "not-tried" }
              : { kind: "refused", failure: transaction.others }),
        );
        const recording = this.#settle(message, session, due, outcomes, [takenAt, connectedAt]).then(() =>
          this.#judge(message, session, hand, transaction),
        );
        // What says anything else than that all is well is heard before something is begun there.
        const well = transaction.finished && outcomes.every(({ kind }) => kind === "delivered");
        if (well && route.usable) return { recording };
        await recording;
        return null;
      }
    }
  }

  async #settle(
    message: QueuedMessage,
    session: Session,
    recipients: readonly QueuedRecipient[],
    outcomes: readonly DeliveryOutcome[],
    [takenAt, connectedAt]: readonly [number, number],
  ): Promise<void> {
    const { ports, settings } = this.#context;
    const endedAt = ports.clock.now();
    const since = (from: number, to: number): number => Math.max(0, to - from);
    const moment = { now: endedAt, relay: session.relay, usableAge: message.usableAge };
    const result: AttemptResult = {
      message,
      startedAt: takenAt,
      endedAt,
      relay: session.relay,
      session: session.name,
      delays: [
        since(message.receivedAt, message.claimedAt),
        since(message.claimedAt, takenAt),
        since(takenAt, connectedAt),
        since(connectedAt, endedAt),
      ],
      recipients: recipients.map((recipient, index) => {
        const outcome = outcomes[index] ?? { kind: "not-tried" };
        return { recipient, outcome, ...transition(recipient, outcome, moment, settings) };
      }),
    };
    if (this.#order.ignoreBackoff === true) this.#tried.add(message.id);
    await ports.settle(result);
    this.#count(result);
    if (outcomes.some((outcome) => outcome.kind === "not-tried")) this.kick();
  }

  /** What the transaction says about the connection and the route. */
  async #judge(
    message: QueuedMessage,
    session: Session,
    hand: Hand,
    transaction: Extract<Transaction, { kind: "ended" }>,
  ): Promise<void> {
    const { route } = this.#context;
    if (transaction.finished) {
      hand.finished += 1;
      // It was in hand before: a server that is just ending finishes what it has, and takes nothing new.
      if (this.#routeDown) return;
      const onTrial = !route.usable;
      await route.finished();
      if (onTrial) this.#notify();
      return;
    }
    const trouble = transaction.outcomes
      .map((outcome) => (outcome.kind === "refused" ? outcome.failure : null))
      .find((failure) => failure?.scope === "session" || failure?.scope === "unknown-outcome");
    if (trouble === null || trouble === undefined) return;
    session.destroy();
    if (route.connectionLost(hand.finished, message.id)) await this.#routeFailed(trouble);
  }

  // --- connections -------------------------------------------------------------------------------------------

  /** The worker's connection, or a new one; null: there is none, the run stops. */
  async #session(hand: Hand): Promise<Session | null> {
    const { settings, route } = this.#context;
    if (hand.session?.usable && hand.messages < settings.messagesPerConnection) return hand.session;
    await hand.recorded;
    await hand.session?.quit();
    hand.session = null;
    if (this.#stopping) return null;
    const opened = await this.#open();
    if (opened.kind === "open") {
      Object.assign(hand, { session: opened.session, messages: 0, finished: 0 });
      if (!this.#up) {
        this.#up = true;
        if (route.usable) this.#notify();
      }
      return opened.session;
    }
    if (opened.kind === "failed") await this.#routeFailed(opened.failure);
    else this.#stop();
    return null;
  }

  async #open(): Promise<OpenedSession> {
    const { settings, route } = this.#context;
    if (settings.fallback === null || !route.standIn) {
      const first = await this.#openTo(settings.server);
      if (first.kind === "open") route.firstReached();
      if (settings.fallback === null || first.kind !== "failed" || first.reachable) return first;
      const second = await this.#openTo(settings.fallback);
      if (second.kind !== "open") return second.kind === "failed" ? first : second;
      route.firstUnreachable();
      this.#alert("route-second-server", first.failure);
      return second;
    }
    const second = await this.#openTo(settings.fallback);
    return second.kind === "failed" && !second.reachable ? this.#openTo(settings.server) : second;
  }

  #openTo(server: RunContext["settings"]["server"]): Promise<OpenedSession> {
    const { ports, route, settings, nextSessionName } = this.#context;
    return openSession(server, {
      clock: ports.clock,
      tap: ports.tap,
      name: nextSessionName(),
      storageRefusals: route.storageRefusals,
      withoutFields: settings.withoutFields ?? [],
      signal: this.#opening.signal,
      ...(ports.limits === undefined ? {} : { limits: ports.limits }),
    });
  }

  /**
   * On trial, with no message that could have shown it: a connection has to do. Otherwise reports and alerts would
   * wait for the next message although the server is back.
   */
  async #tryRoute(): Promise<void> {
    const { route } = this.#context;
    if (route.usable || this.#routeDown) return;
    if (!this.#up) {
      const opened = await this.#open();
      if (opened.kind === "failed") await this.#routeFailed(opened.failure);
      if (opened.kind !== "open") return;
      await opened.session.quit();
    }
    await route.finished();
  }

  async #routeFailed(failure: Failure): Promise<void> {
    if (this.#routeDown) return;
    this.#routeDown = true;
    this.#stop();
    await this.#context.route.failed(failure);
    this.#alert("route-down", failure);
  }

  #alert(cause: string, failure: Failure): void {
    if (failure.problem !== null) this.#context.ports.alert({ cause, problem: failure.problem });
  }

  // --- bookkeeping -------------------------------------------------------------------------------------------

  /** Recipients whose turn it is. In a "Send now" everybody who waits, once; but not who may have it already. */
  #due(message: QueuedMessage): readonly QueuedRecipient[] {
    const now = this.#context.ports.clock.now();
    const everybody = this.#order.ignoreBackoff === true && !this.#tried.has(message.id);
    return message.recipients.filter(
      ({ state }) =>
        state.kind === "queued" ||
        (state.kind === "deferred" &&
          (state.nextAt <= now || (everybody && state.failure.scope !== "unknown-outcome"))),
    );
  }

  #count(result: AttemptResult): void {
    const { id, size } = result.message;
    const before = this.#counted.get(id) ?? new Set<Effect>();
    let rest = false;
    for (const { outcome, next } of result.recipients) {
      if (outcome.kind === "not-tried") {
        rest = true;
        continue;
      }
      const effect: Effect =
        next.kind === "delivered"
          ? "delivered"
          : next.kind === "failed" || next.kind === "expired"
            ? "failed"
            : "deferred";
      if (before.has(effect)) continue;
      before.add(effect);
      this.#totals[effect] += 1;
      if (effect === "delivered") this.#totals.bytes += size;
    }
    if (rest) this.#counted.set(id, before);
    else this.#counted.delete(id);
  }

  #fatal(error: unknown): void {
    this.#error ??= { cause: error };
    this.#stop();
  }

  /** Told to stop: also what is under way, as far as that can be. */
  #cancel(): void {
    this.#cancelled = true;
    for (const { session } of this.#hands) session?.cancel();
    this.#stop();
  }

  #stop(): void {
    this.#stopping = true;
    this.#opening.abort();
    for (const give of this.#idle.splice(0)) give(null);
    this.#notify();
  }

  #notify(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Until something has changed since the loop last looked, or the next message becomes due. */
  async #sleep(): Promise<void> {
    if (this.#woken) return;
    const { ports } = this.#context;
    const waiting = !this.#untilOver && this.#busy === 0;
    const dueAt = waiting ? ports.queue.nextDueAt(this.#order.kinds) : null;
    const wait = dueAt === null ? 0 : dueAt - ports.clock.now();
    const disarm = wait > 0 ? ports.clock.after(wait, () => this.kick()) : null;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
    disarm?.();
  }
}

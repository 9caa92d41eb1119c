/**
 * Retrieves the messages of a plan, over as many connections as it takes, and records what became of each.
 *
 * 1. Asked for ahead of their answers: `limits.pop3.pipelineWindow` messages, but no more than 8 MB by LIST.
 * 2. A message that fails is counted against its id (`afterFailure`) and stops nobody. A message that was not
 *    reached because the connection ended is left for the next connection.
 * 3. Trouble of our own (disk full, unwritable folder) ends the connection at once.
 * 4. A server that refuses every message with -ERR (two or more) is in trouble itself: nothing is counted.
 * 5. Stop: nothing new is begun, what is on its way has ten seconds.
 * 6. LIST's size is compared with what came; a difference is logged, never fatal (TRAPS 15). What goes far
 *    beyond the account's maximum is broken off: LIST had said otherwise.
 */
import { limits } from "../model/limits.ts";
import type { Accepted, MessageSource } from "../model/message.ts";
import type { Clock, Intake, SeenLedger, SeenRecord } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { AccountSettings } from "../model/settings.ts";
import { assertNever } from "../util/assert-never.ts";
import type { AccountReporter } from "./account-reporter.ts";
import { Ahead, Tasks } from "./ahead.ts";
import { parkedProblem, tooLargeProblem } from "./collection-alerts.ts";
import { IntakeWindow } from "./intake-window.ts";
import type { ListedMessage } from "./mailbox-listing.ts";
import { afterFailure, makeRecord } from "./plan-collection.ts";
import type { Pop3Client } from "./pop3-client.ts";
import type { Pop3Error } from "./pop3-problem.ts";
import { type RetrieveResult, retrieveMessage } from "./retrieve-message.ts";

export interface RetrievalOptions {
  readonly account: Pick<AccountSettings, "host" | "id" | "name">;
  readonly intake: Intake;
  readonly ledger: SeenLedger;
  readonly clock: Clock;
  readonly reporter: AccountReporter;
  /** Octets. */
  readonly maxMessageBytes: number;
  readonly signal?: AbortSignal;
  readonly onCollected?: (octets: number) => void;
  /** What turns out to be too large is only noted, in `tooLarge`. */
  readonly noteTooLarge?: boolean;
}

export interface RetrieveOrder {
  /** In the plan's listing. */
  readonly place: number;
  readonly message: ListedMessage;
  /** What the ledger has of it. */
  readonly record: SeenRecord | null;
  /** See `MessageSource.hashDecides`. */
  readonly hashDecides: boolean;
}

/** Each is made when its turn comes: there may be 100,000. */
export interface RetrieveOrders {
  readonly length: number;
  at(index: number): RetrieveOrder;
}

interface Failed {
  readonly order: RetrieveOrder;
  readonly problem: Problem;
}

export interface RetrievalCounts {
  readonly collected: number;
  readonly collectedBytes: number;
  readonly known: number;
  readonly failed: number;
  readonly parked: number;
  readonly oversize: number;
}

const STOP_GRACE = 10_000;
const MISMATCHES_LOGGED = 3;

export class Retrieval {
  readonly #options: RetrievalOptions;
  readonly #window = new IntakeWindow();
  readonly #counts = { collected: 0, collectedBytes: 0, known: 0, failed: 0, parked: 0, oversize: 0 };
  readonly #taken: number[] = [];
  readonly #identities = new Map<number, string>();
  readonly #tooLarge: ListedMessage[] = [];
  readonly #orders: RetrieveOrders;
  /** By place in the orders: 1 when it is settled, one way or the other. */
  readonly #done: Uint8Array;
  #left: number;
  /** Refused by -ERR; rule 4 decides what that means. */
  #refusals: Failed[] = [];
  /** Messages of this pass by their exact bytes. */
  readonly #equals = new Map<string, number>();
  #mismatches = 0;
  #local: Problem | null = null;
  #stopped = false;

  constructor(orders: RetrieveOrders, options: RetrievalOptions) {
    this.#orders = orders;
    this.#done = new Uint8Array(orders.length);
    this.#left = orders.length;
    this.#options = options;
  }

  get counts(): RetrievalCounts {
    return this.#counts;
  }

  /** Messages that are ours now, by their places in the plan's listing. */
  get taken(): readonly number[] {
    return this.#taken;
  }

  /** Of those that have no id: under which they are known, by place. */
  get identities(): ReadonlyMap<number, string> {
    return this.#identities;
  }

  /** Every message of the plan was read, or is known to be too large. */
  get complete(): boolean {
    return this.#left === 0 && this.#counts.failed === 0;
  }

  get tooLarge(): readonly ListedMessage[] {
    return this.#tooLarge;
  }

  /**
   * Retrieves what is left. `numberOf`: a listed message's number on this connection, null: not there any more.
   * null: all done, or stopped with the connection in order. Otherwise why the connection ended. Rejects with
   * ProblemError for trouble of our own.
   */
  async run(
    client: Pop3Client,
    numberOf: (listedNumber: number) => number | null,
  ): Promise<Pop3Error | null> {
    const { clock, signal } = this.#options;
    let disarm = (): void => {};
    let stopped = (): void => {};
    this.#stopped = signal?.aborted === true;
    const stop = (): void => {
      this.#stopped = true;
      disarm = clock.after(STOP_GRACE, () => client.close());
      stopped();
    };
    signal?.addEventListener("abort", stop);
    try {
      const most = client.pipelining ? limits.pop3.pipelineWindow : 2;
      const tasks = new Tasks();
      const ahead = new Ahead(most);
      stopped = () => ahead.wake();
      for (let index = 0; index < this.#orders.length; index += 1) {
        if (this.#done[index] === 1) continue;
        const order = this.#orderAt(client, index);
        if (order === null) break;
        const octets = order.message.size ?? 0;
        while (!this.#over(client) && !ahead.fits(octets)) await ahead.change();
        if (this.#over(client)) break;
        const number = numberOf(order.message.number);
        if (number === null) continue;
        const onDone = (): void => this.#finish(index);
        tasks.add(this.#take(client, order, number, ahead.add(octets), onDone));
      }
      await tasks.done();
    } finally {
      signal?.removeEventListener("abort", stop);
      disarm();
    }
    if (this.#local === null) await this.#countRefusals();
    if (this.#local !== null) throw new ProblemError(this.#local);
    if (this.#mismatches > MISMATCHES_LOGGED) {
      this.#options.reporter.log(
        "info",
        `${this.#mismatches} messages in all had another size than LIST gave`,
      );
    }
    return client.failure;
  }

  #over(client: Pop3Client): boolean {
    return this.#stopped || this.#local !== null || client.failure !== null;
  }

  async #take(
    client: Pop3Client,
    order: RetrieveOrder,
    number: number,
    onReceived: () => void,
    onDone: () => void,
  ): Promise<void> {
    const { account, clock, intake } = this.#options;
    const { size, uid } = order.message;
    let identity = uid;
    const identify = (wholeHash: string): string => {
      identity = this.#identify(wholeHash);
      return identity;
    };
    const source: MessageSource = {
      accountId: account.id,
      uid,
      server: account.host,
      announcedSize: size,
      ...(order.hashDecides ? { hashDecides: true } : {}),
      ...(uid === null ? { identify } : {}),
    };
    const octetLimit = this.#octetLimit();
    const window = this.#window;
    const result = await retrieveMessage({
      client,
      number,
      source,
      intake,
      window,
      clock,
      octetLimit,
      onReceived,
    });
    if (result.kind !== "untouched" && result.kind !== "local") onDone();
    try {
      await this.#settle(client, order, identity, result);
    } catch (error) {
      // The ledger could not be written: our own disk.
      if (!(error instanceof ProblemError)) throw error;
      this.#endLocally(client, error.problem);
    }
  }

  /** null: the ledger could not be read. */
  #orderAt(client: Pop3Client, index: number): RetrieveOrder | null {
    try {
      return this.#orders.at(index);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#endLocally(client, error.problem);
      return null;
    }
  }

  #finish(index: number): void {
    this.#done[index] = 1;
    this.#left -= 1;
  }

  async #settle(
    client: Pop3Client,
    order: RetrieveOrder,
    identity: string | null,
    result: RetrieveResult,
  ): Promise<void> {
    const { reporter } = this.#options;
    switch (result.kind) {
      case "accepted":
        await this.#settleAccepted(order, identity, result.accepted, result.octets);
        return;
      case "failed":
        this.#counts.failed += 1;
        reporter.log("warning", `${shown(order.message)}: ${describeProblem(result.problem)}`);
        if (result.refused) this.#refusals.push({ order, problem: result.problem });
        else await this.#countFailures([{ order, problem: result.problem }]);
        return;
      case "too-large":
        await this.#settleTooLarge(order);
        return;
      case "untouched":
        return;
      case "local":
        this.#endLocally(client, result.problem);
        return;
      default:
        assertNever(result);
    }
  }

  async #settleAccepted(
    order: RetrieveOrder,
    identity: string | null,
    accepted: Accepted,
    octets: number,
  ): Promise<void> {
    this.#compareSize(order.message, octets);
    if (accepted.kind === "known") {
      this.#counts.known += 1;
      if (identity !== null) await this.#recordKnown(identity, order.record);
    } else {
      this.#counts.collected += 1;
      this.#counts.collectedBytes += octets;
      this.#options.onCollected?.(octets);
    }
    if (identity === null) return;
    this.#taken.push(order.place);
    if (order.message.uid === null) this.#identities.set(order.place, identity);
  }

  #compareSize(message: ListedMessage, octets: number): void {
    if (message.size === null || message.size === octets) return;
    this.#mismatches += 1;
    if (this.#mismatches > MISMATCHES_LOGGED) return;
    this.#options.reporter.log("info", `${shown(message)}: LIST gave ${message.size} octets, ${octets} came`);
  }

  /** A known message under an id that the ledger does not have as collected: it is deleted like its twin. */
  async #recordKnown(uid: string, before: SeenRecord | null): Promise<void> {
    const { account, clock, ledger } = this.#options;
    const record = ledger.find(account.id, [uid]).get(uid);
    if (record !== undefined && (record.state === "collected" || record.state === "left")) return;
    const known = makeRecord(uid, "collected", record ?? before);
    await ledger.record(
      account.id,
      [{ ...known, collectedAt: known.collectedAt ?? clock.now() }],
      clock.now(),
    );
  }

  async #settleTooLarge({ message, record }: RetrieveOrder): Promise<void> {
    const { account, clock, ledger, maxMessageBytes, noteTooLarge, reporter } = this.#options;
    this.#counts.oversize += 1;
    // Told before, and LIST says once more that it is small.
    if (record?.state === "oversize") return;
    if (noteTooLarge === true) {
      this.#tooLarge.push(message);
      return;
    }
    const about = message.uid ?? String(message.number);
    reporter.alert("pop3-too-large", tooLargeProblem(account, message, maxMessageBytes), about);
    if (message.uid === null) return;
    await ledger.record(account.id, [makeRecord(message.uid, "oversize", record)], clock.now());
  }

  async #countRefusals(): Promise<void> {
    const refusals = this.#refusals;
    this.#refusals = [];
    const answered = this.#counts.collected + this.#counts.known;
    if (refusals.length >= 2 && answered === 0) {
      const text = `each of ${refusals.length} messages was refused; that is not counted against them`;
      this.#options.reporter.log("warning", text);
      return;
    }
    try {
      await this.#countFailures(refusals);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#local = error.problem;
    }
  }

  /** In one transaction, however many they are. */
  async #countFailures(failures: readonly Failed[]): Promise<void> {
    const { account, clock, ledger, reporter } = this.#options;
    // One that is known by its hash only has nothing to count it by.
    const counted = failures.flatMap(({ order: { message, record }, problem }) =>
      message.uid === null ? [] : [{ after: afterFailure(message.uid, record), problem }],
    );
    if (counted.length === 0) return;
    await ledger.record(
      account.id,
      counted.map(({ after }) => after),
      clock.now(),
    );
    for (const { after, problem } of counted) {
      if (after.state !== "parked") continue;
      this.#counts.parked += 1;
      reporter.alert("pop3-parked", parkedProblem(account, after.uid, after.tries, problem), after.uid);
    }
  }

  #endLocally(client: Pop3Client, problem: Problem): void {
    this.#local ??= problem;
    client.close();
  }

  /** The n-th message of this pass with these exact bytes. */
  #identify(wholeHash: string): string {
    const ordinal = (this.#equals.get(wholeHash) ?? 0) + 1;
    this.#equals.set(wholeHash, ordinal);
    return `sha256:${wholeHash}#${ordinal}`;
  }

  /** Servers count line ends differently; beyond this a message is too large, whatever LIST said. */
  #octetLimit(): number {
    const { maxMessageBytes } = this.#options;
    return maxMessageBytes + Math.max(65_536, Math.ceil(maxMessageBytes / 20));
  }
}

function shown({ number, uid }: ListedMessage): string {
  return uid === null ? `message ${number}` : `message ${number} (${escapeUnprintable(uid)})`;
}

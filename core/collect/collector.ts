/**
 * One pass of one account: connect, secure, log in, list, plan, retrieve, delete, QUIT.
 *
 * 1. Nothing is deleted from the server before the intake has said that message and record are on disk, the ledger
 *    (`safeToDelete`) vouches for it, and everything else of the pass is done (PRODUCT section 2, rules 1 and 2).
 * 2. Deletions count only after QUIT's +OK (RFC 1939 6). A pass that ends earlier leaves records `collected`:
 *    the next one deletes those messages without retrieving them.
 * 3. A message that fails is counted (`afterFailure`) and stops nobody: after a lost connection there is one new
 *    one, which goes on behind it; a second loss ends the pass.
 * 4. Trouble of our own (disk full, unwritable folder) ends the pass at once, without DELE and without QUIT.
 * 5. A server that refuses every message of a pass with -ERR (two or more) is in trouble itself: nothing is
 *    counted against the messages.
 * 6. Stop: nothing new is begun, what is on its way has ten seconds, what is complete is deleted, QUIT.
 * 7. LIST's size is compared with what came; a difference is logged, never fatal (TRAPS 15).
 */

import { limits } from "../model/limits.ts";
import type { MessageSource } from "../model/message.ts";
import type { Clock, Intake, Log, RaiseAlert, SeenLedger, SeenRecord, Tap } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { AccountSettings } from "../model/settings.ts";
import { assertNever } from "../util/assert-never.ts";
import { firstUseProblem, movedMailboxProblem, parkedProblem, tooLargeProblem } from "./collection-alerts.ts";
import { IntakeWindow } from "./intake-window.ts";
import {
  afterFailure,
  type CollectionPlan,
  isDueForDeletion,
  joinListings,
  type ListedMessage,
  makeRecord,
  planCollection,
  type RetrieveOrder,
} from "./plan-collection.ts";
import { Pop3Client } from "./pop3-client.ts";
import { Pop3Error, protocolBroken, type Trouble } from "./pop3-problem.ts";
import { type RetrieveResult, retrieveMessage } from "./retrieve-message.ts";

/** An account with its password opened. */
export type CollectorAccount = Omit<AccountSettings, "password"> & { readonly password: string };

export interface CollectorPorts {
  readonly intake: Intake;
  readonly ledger: SeenLedger;
}

export interface CollectorOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly raiseAlert: RaiseAlert;
  readonly tap?: Tap;
  /** Control's maximum in octets, where the account has none of its own. */
  readonly maxMessageBytes: number;
  readonly signal?: AbortSignal;
  /** Once, after the listing. */
  readonly onProgress?: (progress: { readonly toCollect: number }) => void;
  /** For each message that is new in the spool. */
  readonly onCollected?: (octets: number) => void;
}

export interface CollectionResult {
  readonly accountId: string;
  /** Messages in the mailbox. */
  readonly listed: number;
  readonly collected: number;
  readonly collectedBytes: number;
  /** Retrieved, and recognised as known by their bytes. */
  readonly known: number;
  /** Confirmed by QUIT. */
  readonly deleted: number;
  /** Could not be collected this time, the newly parked included. */
  readonly failed: number;
  /** Given up, in this pass or before. */
  readonly parked: number;
  readonly oversize: number;
  /** First use: the question is open. */
  readonly waiting: number;
  /** First use: the answer was "only new". */
  readonly skipped: number;
  /** Ended by the signal. */
  readonly stopped: boolean;
  readonly problem: Problem | null;
  readonly trouble: Trouble | null;
}

/** Octets asked for ahead where commands are pipelined. */
const AHEAD_OCTETS = 8 * 1_048_576;
const STOP_GRACE = 10_000;
const MISMATCHES_LOGGED = 3;

/** Never rejects for anything that server, network, disk or mailbox do. */
export function collectAccount(
  account: CollectorAccount,
  ports: CollectorPorts,
  options: CollectorOptions,
): Promise<CollectionResult> {
  return new CollectionPass(account, ports, options).run();
}

interface Removal {
  readonly number: number;
  readonly uid: string;
}

class CollectionPass {
  readonly #account: CollectorAccount;
  readonly #ports: CollectorPorts;
  readonly #options: CollectorOptions;
  readonly #window = new IntakeWindow();
  readonly #maximum: number;
  #counts = { listed: 0, collected: 0, collectedBytes: 0, known: 0, deleted: 0, failed: 0 };
  #plan: CollectionPlan | null = null;
  #listing: readonly ListedMessage[] = [];
  #newlyParked = 0;
  #newlyTooLarge = 0;
  #mismatches = 0;
  /** Orders that were settled, one way or the other. */
  readonly #done = new Set<RetrieveOrder>();
  /** Refused by -ERR; counted at the end of a connection (rule 5). */
  #refusals: { readonly order: RetrieveOrder; readonly problem: Problem }[] = [];
  /** By message number of the connection at hand. */
  readonly #removals = new Map<number, string>();
  /** Messages known by their hash: what they were identified as. */
  readonly #identities = new Map<number, string>();
  readonly #equals = new Map<string, number>();
  #local: Problem | null = null;

  constructor(account: CollectorAccount, ports: CollectorPorts, options: CollectorOptions) {
    this.#account = account;
    this.#ports = ports;
    this.#options = options;
    this.#maximum = account.maxMessageBytes ?? options.maxMessageBytes;
  }

  async run(): Promise<CollectionResult> {
    let client: Pop3Client | null = null;
    try {
      client = await this.#logIn();
      this.#listing = await this.#list(client);
      const plan = await this.#prepare(this.#listing);
      let lost = await this.#retrieve(client, plan);
      if (lost !== null && !this.#stopped) {
        this.#log("warning", `${describeProblem(lost.problem)} Connecting once more.`);
        client = await this.#logIn();
        await this.#findAgain(client);
        lost = await this.#retrieve(client, plan);
      }
      if (lost !== null) throw lost;
      await this.#noteListing(plan);
      await this.#deleteAndQuit(client);
      return this.#result(null, null);
    } catch (error) {
      return this.#failedResult(error);
    } finally {
      client?.close();
    }
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  // --- up to the listing ---------------------------------------------------------------------------------------

  async #logIn(): Promise<Pop3Client> {
    const { acceptedCertificate, host, id, name, password, port, security, timeoutSeconds, username } =
      this.#account;
    const { clock, signal, tap } = this.#options;
    const client = await Pop3Client.open({
      accountId: id,
      accountName: name,
      host,
      port,
      security,
      timeoutSeconds,
      acceptedCertificate,
      clock,
      ...(tap === undefined ? {} : { tap }),
      ...(signal === undefined ? {} : { signal }),
    });
    return this.#orStop(client, async () => {
      await client.capa();
      await client.login(username, password);
      return client;
    });
  }

  async #list(client: Pop3Client): Promise<readonly ListedMessage[]> {
    return this.#orStop(client, async () => {
      const [uids, sizes] = await Promise.all([client.uidl(), client.list()]);
      // Without its ids a whole mailbox would look new: only a server that never promised them may refuse.
      if (uids === null && client.capabilities?.uidl === true) {
        throw protocolBroken(client.place, "it announces UIDL and refuses it");
      }
      if (uids === null && sizes === null) {
        throw protocolBroken(client.place, "it lists its messages neither by UIDL nor by LIST");
      }
      const malformed = (uids?.malformed ?? 0) + (sizes?.malformed ?? 0);
      if (malformed > 0)
        this.#log("warning", `${malformed} lines of the server's listings could not be read`);
      return joinListings(uids?.entries ?? null, sizes?.entries ?? null);
    });
  }

  /** Runs it; Stop ends the connection and so the run. A failure closes the connection. */
  async #orStop<T>(client: Pop3Client, run: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    const stop = (): void => client.close();
    signal?.addEventListener("abort", stop);
    try {
      if (this.#stopped) stop();
      return await run();
    } catch (error) {
      client.close();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  // --- the plan ------------------------------------------------------------------------------------------------

  async #prepare(listing: readonly ListedMessage[]): Promise<CollectionPlan> {
    const { ledger } = this.#ports;
    const { id } = this.#account;
    const { clock, onProgress } = this.#options;
    const now = clock.now();
    const accountState = ledger.accountState(id);
    const uids = listedUids(listing);
    const records = ledger.find(id, uids);
    const had = { hadIds: false, hadHashes: false };
    if (records.size === 0 && listing.length > 0 && accountState !== "new")
      Object.assign(had, this.#hadMessages());
    const settings = this.#account;
    const input = { listing, records, accountState, ...had, settings, maxMessageBytes: this.#maximum, now };
    const plan = planCollection(input);
    this.#plan = plan;
    this.#counts.listed = listing.length;
    // A crash in between repeats the question rather than losing it.
    if (plan.record.length > 0) await ledger.record(id, plan.record, now);
    if (plan.accountState !== accountState) await ledger.setAccountState(id, plan.accountState);
    if (listing.every(({ uid }) => uid !== null)) await ledger.listed(id, uids, now);
    for (const { number, uid } of plan.remove) if (uid !== null) this.#removals.set(number, uid);
    this.#announce(plan, accountState);
    onProgress?.({ toCollect: plan.retrieve.length });
    return plan;
  }

  #hadMessages(): { hadIds: boolean; hadHashes: boolean } {
    const { ledger } = this.#ports;
    let hadIds = false;
    let hadHashes = false;
    for (const state of [
      "collected",
      "waiting",
      "skipped",
      "failing",
      "parked",
      "oversize",
      "left",
    ] as const) {
      for (const { uid } of ledger.inState(this.#account.id, state)) {
        if (isHashIdentity(uid)) hadHashes = true;
        else hadIds = true;
        if (hadIds && hadHashes) return { hadIds, hadHashes };
      }
    }
    return { hadIds, hadHashes };
  }

  #announce(plan: CollectionPlan, accountState: "new" | "asked" | "known"): void {
    const { listed } = this.#counts;
    this.#log("info", `${listed} messages in the mailbox, ${plan.retrieve.length} to collect`);
    if (plan.question !== null) {
      const problem = firstUseProblem(this.#account, plan.question, plan.waiting);
      this.#log("warning", describeProblem(problem));
      if (accountState === "new") this.#alert("pop3-first-use", problem);
    }
    if (plan.massChange) {
      const problem = movedMailboxProblem(this.#account, listed);
      this.#log("warning", describeProblem(problem));
      this.#alert("pop3-mailbox-moved", problem);
    }
    for (const message of plan.tooLarge) this.#alertTooLarge(message);
  }

  /** After a new connection: its message numbers. Rejects when the mailbox cannot be recognised. */
  async #findAgain(client: Pop3Client): Promise<void> {
    const before = this.#listing;
    const listing = await this.#list(client);
    const numbers = new Map<string, number>();
    for (const { number, uid } of listing) if (uid !== null) numbers.set(uid, number);
    // Messages without an id are recognised by their place, if all before them are where they were.
    const now = new Map(listing.map((message) => [message.number, message]));
    const samePlaces = before.every(({ number, size, uid }) => {
      const there = now.get(number);
      return there !== undefined && there.size === size && there.uid === uid;
    });
    if (!samePlaces && before.some(({ uid }) => uid === null)) {
      throw protocolBroken(client.place, "its messages changed places after the connection was lost");
    }
    this.#listing = before.map((message) => ({
      ...message,
      number: message.uid === null ? message.number : (numbers.get(message.uid) ?? 0),
    }));
    const renumbered = new Map(
      before.map(({ number }, index) => [number, this.#listing[index]?.number ?? 0]),
    );
    const removals = [...this.#removals];
    this.#removals.clear();
    for (const [number, uid] of removals) {
      const there = renumbered.get(number) ?? 0;
      if (there > 0) this.#removals.set(there, uid);
    }
    this.#renumbered = renumbered;
  }

  /** From the first connection's numbers to those of the one at hand; 0: not there any more. */
  #renumbered: ReadonlyMap<number, number> | null = null;

  // --- retrieving ----------------------------------------------------------------------------------------------

  /** null: all done (or stopped, with the connection in order); else the loss of the connection. */
  async #retrieve(client: Pop3Client, plan: CollectionPlan): Promise<Pop3Error | null> {
    const { clock, signal } = this.#options;
    const running = new Set<Promise<void>>();
    let ahead = 0;
    let aheadOctets = 0;
    let wake = (): void => {};
    let disarm = (): void => {};
    const stop = (): void => {
      disarm = clock.after(STOP_GRACE, () => client.close());
      wake();
    };
    signal?.addEventListener("abort", stop);
    const most = client.pipelining ? limits.pop3.pipelineWindow : 2;
    try {
      for (const order of plan.retrieve) {
        if (this.#done.has(order)) continue;
        const octets = order.message.size ?? 0;
        while (ahead > 0 && (ahead >= most || aheadOctets + octets > AHEAD_OCTETS) && !this.#over(client)) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (this.#over(client)) break;
        const number =
          this.#renumbered === null ? order.message.number : this.#renumbered.get(order.message.number);
        if (number === undefined || number === 0) continue;
        ahead += 1;
        aheadOctets += octets;
        const task = this.#take(client, order, number, () => {
          ahead -= 1;
          aheadOctets -= octets;
          wake();
        }).finally(() => {
          running.delete(task);
          wake();
        });
        running.add(task);
      }
      await Promise.all(running);
    } finally {
      signal?.removeEventListener("abort", stop);
      disarm();
    }
    await this.#countRefusals();
    if (this.#local !== null) throw new ProblemError(this.#local);
    if (this.#mismatches > MISMATCHES_LOGGED) {
      this.#log("info", `${this.#mismatches} messages in all had another size than LIST gave`);
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
  ): Promise<void> {
    const { message } = order;
    let uid = message.uid;
    const source: MessageSource = {
      accountId: this.#account.id,
      uid,
      server: this.#account.host,
      announcedSize: message.size,
      ...(order.hashDecides ? { hashDecides: true } : {}),
      ...(uid === null
        ? {
            identify: (wholeHash: string): string => {
              uid = this.#identify(wholeHash);
              return uid;
            },
          }
        : {}),
    };
    const result = await retrieveMessage({
      client,
      number,
      source,
      intake: this.#ports.intake,
      window: this.#window,
      octetLimit: this.#octetLimit(),
      onReceived,
    });
    try {
      await this.#settle(client, order, number, uid, result);
    } catch (error) {
      // The ledger could not be written: our own disk.
      if (!(error instanceof ProblemError)) throw error;
      this.#endLocally(client, error.problem);
    }
  }

  async #settle(
    client: Pop3Client,
    order: RetrieveOrder,
    number: number,
    uid: string | null,
    result: RetrieveResult,
  ): Promise<void> {
    switch (result.kind) {
      case "accepted":
        this.#done.add(order);
        this.#compareSize(order.message, result.octets);
        if (result.accepted.kind === "known") {
          this.#counts.known += 1;
        } else {
          this.#counts.collected += 1;
          this.#counts.collectedBytes += result.octets;
          this.#options.onCollected?.(result.octets);
        }
        if (uid !== null) {
          if (order.message.uid === null) this.#identities.set(order.message.number, uid);
          if (result.accepted.kind === "known") await this.#recordKnown(uid, order.record);
          this.#removals.set(number, uid);
        }
        return;
      case "failed":
        this.#done.add(order);
        this.#counts.failed += 1;
        this.#log("warning", `message ${number}${shownUid(uid)}: ${describeProblem(result.problem)}`);
        if (result.refused) this.#refusals.push({ order, problem: result.problem });
        else await this.#countFailure(order, result.problem);
        return;
      case "too-large":
        this.#done.add(order);
        await this.#recordTooLarge(order);
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

  #endLocally(client: Pop3Client, problem: Problem): void {
    this.#local ??= problem;
    client.close();
  }

  /** The n-th message of this pass with these exact bytes: RFC 1939 has no other identity for it. */
  #identify(wholeHash: string): string {
    const ordinal = (this.#equals.get(wholeHash) ?? 0) + 1;
    this.#equals.set(wholeHash, ordinal);
    return `sha256:${wholeHash}#${ordinal}`;
  }

  /** LIST may count line ends otherwise; beyond this a message is larger than the maximum whatever it says. */
  #octetLimit(): number {
    return this.#maximum + Math.max(65_536, Math.ceil(this.#maximum / 20));
  }

  #compareSize(message: ListedMessage, octets: number): void {
    if (message.size === null || message.size === octets) return;
    this.#mismatches += 1;
    if (this.#mismatches > MISMATCHES_LOGGED) return;
    this.#log(
      "info",
      `message ${message.number}${shownUid(message.uid)}: LIST gave ${message.size} octets, ${octets} came`,
    );
  }

  /** A known message under an id that the ledger does not have as collected: it is to be deleted like its twin. */
  async #recordKnown(uid: string, before: SeenRecord | null): Promise<void> {
    const { ledger } = this.#ports;
    const { id } = this.#account;
    const record = ledger.find(id, [uid]).get(uid);
    if (record !== undefined && (record.state === "collected" || record.state === "left")) return;
    const now = this.#options.clock.now();
    const known = makeRecord(uid, "collected", record ?? before);
    await ledger.record(id, [{ ...known, collectedAt: known.collectedAt ?? now }], now);
  }

  async #countRefusals(): Promise<void> {
    const refusals = this.#refusals;
    this.#refusals = [];
    const { collected, known } = this.#counts;
    if (refusals.length >= 2 && collected + known === 0) {
      this.#log(
        "warning",
        `every one of ${refusals.length} messages was refused; this is not counted against them`,
      );
      return;
    }
    for (const { order, problem } of refusals) await this.#countFailure(order, problem);
  }

  async #countFailure(order: RetrieveOrder, problem: Problem): Promise<void> {
    const { uid } = order.message;
    // Known by its hash only: there is nothing to count it by.
    if (uid === null) return;
    const record = afterFailure(uid, order.record);
    await this.#ports.ledger.record(this.#account.id, [record], this.#options.clock.now());
    if (record.state !== "parked") return;
    this.#newlyParked += 1;
    const parked = parkedProblem(this.#account, uid, record.tries, problem);
    this.#log("error", describeProblem(parked));
    this.#alert(`pop3-parked:${uid}`, parked);
  }

  async #recordTooLarge(order: RetrieveOrder): Promise<void> {
    const { message, record } = order;
    this.#newlyTooLarge += 1;
    this.#alertTooLarge(message);
    if (message.uid === null) return;
    const oversize = makeRecord(message.uid, "oversize", record);
    await this.#ports.ledger.record(this.#account.id, [oversize], this.#options.clock.now());
  }

  // --- the end -------------------------------------------------------------------------------------------------

  /** With messages known by their hash a listing is complete only when each of them was identified. */
  async #noteListing(plan: CollectionPlan): Promise<void> {
    const withoutUid = this.#listing.filter(({ uid }) => uid === null).length;
    if (withoutUid === 0 || plan.waiting > 0 || this.#identities.size < withoutUid) return;
    const uids = [...listedUids(this.#listing), ...this.#identities.values()];
    await this.#ports.ledger.listed(this.#account.id, uids, this.#options.clock.now());
  }

  async #deleteAndQuit(client: Pop3Client): Promise<void> {
    const { ledger } = this.#ports;
    const { id } = this.#account;
    const due = this.#due();
    const safe =
      due.length === 0
        ? new Set<string>()
        : await ledger.safeToDelete(
            id,
            due.map(({ uid }) => uid),
          );
    const removals = due.filter(({ uid }) => safe.has(uid));
    const deleted: string[] = [];
    const batch = client.pipelining ? 16 * limits.pop3.pipelineWindow : 1;
    for (let from = 0; from < removals.length; from += batch) {
      const results = await Promise.allSettled(
        removals.slice(from, from + batch).map(async ({ number, uid }) => {
          await client.dele(number);
          return uid;
        }),
      );
      for (const result of results) {
        if (result.status === "fulfilled") deleted.push(result.value);
        else if (client.failure !== null) throw client.failure;
        else if (result.reason instanceof ProblemError)
          this.#log("warning", describeProblem(result.reason.problem));
        else throw result.reason;
      }
    }
    try {
      await client.quit();
    } catch (error) {
      // Nothing depended on it.
      if (deleted.length === 0 && error instanceof Pop3Error) return;
      throw error;
    }
    if (deleted.length === 0) return;
    await ledger.deletionConfirmed(id, deleted, this.#options.clock.now());
    this.#counts.deleted = deleted.length;
  }

  /** The records are asked anew: what is deleted is what they say now. */
  #due(): readonly Removal[] {
    const now = this.#options.clock.now();
    const removals = [...this.#removals]
      .map(([number, uid]) => ({ number, uid }))
      .sort((a, b) => a.number - b.number);
    const uids = removals.map(({ uid }) => uid);
    const records = this.#ports.ledger.find(this.#account.id, uids);
    return removals.filter(({ uid }) => {
      const record = records.get(uid);
      return record !== undefined && isDueForDeletion(record, this.#account, now);
    });
  }

  #failedResult(error: unknown): CollectionResult {
    if (!(error instanceof ProblemError)) throw error;
    if (this.#stopped && this.#local === null) return this.#result(null, null);
    const trouble = error instanceof Pop3Error ? error.trouble : "local";
    this.#log("error", describeProblem(error.problem));
    return this.#result(error.problem, trouble);
  }

  #result(problem: Problem | null, trouble: Trouble | null): CollectionResult {
    const plan = this.#plan;
    const result = {
      accountId: this.#account.id,
      ...this.#counts,
      parked: (plan?.parked ?? 0) + this.#newlyParked,
      oversize: (plan?.oversize ?? 0) + this.#newlyTooLarge,
      waiting: plan?.waiting ?? 0,
      skipped: plan?.skipped ?? 0,
      stopped: this.#stopped,
      problem,
      trouble,
    };
    this.#log(
      "info",
      `${result.collected} collected (${result.collectedBytes} octets), ${result.deleted} deleted from the server`,
    );
    return result;
  }

  #alertTooLarge(message: ListedMessage): void {
    const problem = tooLargeProblem(this.#account, message, this.#maximum);
    this.#log("warning", describeProblem(problem));
    this.#alert(`pop3-too-large:${message.uid ?? message.number}`, problem);
  }

  /** `cause` gets the account's id, so that accounts do not silence one another. */
  #alert(cause: string, problem: Problem): void {
    const [kind = cause, ...rest] = cause.split(":");
    this.#options.raiseAlert({ cause: [kind, this.#account.id, ...rest].join(":"), problem });
  }

  #log(level: "info" | "warning" | "error", text: string): void {
    this.#options.log({ source: "pop3", level, text: `${this.#account.id}: ${text}` });
  }
}

function listedUids(listing: readonly ListedMessage[]): string[] {
  const uids = new Set<string>();
  for (const { uid, repeatedUid } of listing) {
    const listed = uid ?? repeatedUid;
    if (listed !== null) uids.add(listed);
  }
  return [...uids];
}

function isHashIdentity(uid: string): boolean {
  return uid.startsWith("sha256:");
}

function shownUid(uid: string | null): string {
  return uid === null ? "" : ` (${escapeUnprintable(uid)})`;
}

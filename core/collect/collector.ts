/**
 * One pass of one account: connect, secure, log in, list, plan, retrieve, delete, QUIT.
 *
 * 1. Nothing is deleted from the server before the intake has said that message and record are on disk, the
 *    ledger (`safeToDelete`) vouches for it, and everything else of the pass is done (PRODUCT section 2).
 * 2. Deletions count only after QUIT's +OK (RFC 1939 6). A pass that ends earlier leaves records `collected`:
 *    the next one deletes those messages without retrieving them.
 * 3. After a lost connection there is one new one, which goes on behind the message that was being received; a
 *    second loss ends the pass.
 * 4. Trouble of our own (disk full, unwritable folder) ends the pass at once, without DELE and without QUIT.
 * 5. Stop: before the listing at once; later what is complete is deleted, QUIT.
 * 6. A mailbox of 100,000 messages is worked off in pieces: of one message only a few octets are kept, and nobody else
 *    has to wait.
 * 7. Without its ids a whole mailbox would look new: only a server that never promised UIDL may refuse it.
 */
import { setImmediate } from "node:timers/promises";
import type { Clock, Intake, Log, RaiseAlert, SeenLedger, SeenRecord, Tap } from "../model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";
import { AccountReporter } from "./account-reporter.ts";
import { firstUseProblem, movedMailboxProblem, tooLargeProblem } from "./collection-alerts.ts";
import { deleteMessages } from "./delete-messages.ts";
import { inPieces, LOOK_UP, PIECE } from "./in-pieces.ts";
import { findKnown } from "./known-messages.ts";
import { findAgain, type ListedMessage, listedUids, MailboxListing, mailboxOf } from "./mailbox-listing.ts";
import { openAccount } from "./open-account.ts";
import { type SendHeaders, sendOversizeHeaders } from "./oversize-headers.ts";
import { type CollectionPlan, makeRecord, type Places, planCollection } from "./plan-collection.ts";
import type { Pop3Client } from "./pop3-client.ts";
import { Pop3Error, protocolBroken, type Trouble } from "./pop3-problem.ts";
import { Retrieval, type RetrieveOrder } from "./retrieval.ts";

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
  /** Control's maximum in octets, for accounts that have none of their own. */
  readonly maxMessageBytes: number;
  readonly signal?: AbortSignal;
  /** Once, after the listing. */
  readonly onProgress?: (progress: { readonly toCollect: number }) => void;
  /** For accounts with `oversize: headers`; left out: there is an alert instead. */
  readonly sendHeaders?: SendHeaders;
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
  /** Could not be collected this time, newly parked ones included. */
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

/** Never rejects for anything that server, network, mailbox or disk do. */
export function collectAccount(
  account: CollectorAccount,
  ports: CollectorPorts,
  options: CollectorOptions,
): Promise<CollectionResult> {
  return new CollectionPass(account, ports, options).run();
}

type NumberOf = (listedNumber: number) => number | null;

class CollectionPass {
  readonly #account: CollectorAccount;
  readonly #ports: CollectorPorts;
  readonly #options: CollectorOptions;
  readonly #reporter: AccountReporter;
  readonly #maxMessageBytes: number;
  #listing: MailboxListing = new MailboxListing(null, null);
  #plan: CollectionPlan | null = null;
  #retrieval: Retrieval | null = null;
  #deleted = 0;

  constructor(account: CollectorAccount, ports: CollectorPorts, options: CollectorOptions) {
    this.#account = account;
    this.#ports = ports;
    this.#options = options;
    this.#reporter = new AccountReporter(account, options.log, options.raiseAlert);
    this.#maxMessageBytes = account.maxMessageBytes ?? options.maxMessageBytes;
  }

  async run(): Promise<CollectionResult> {
    let client: Pop3Client | null = null;
    try {
      client = await this.#logIn();
      this.#listing = await this.#list(client);
      const plan = await this.#prepare(this.#listing);
      const retrieval = this.#makeRetrieval(plan);
      let numberOf: NumberOf = (listed) => listed;
      let lost = await retrieval.run(client, numberOf);
      if (lost !== null && !this.#stopped) {
        this.#reporter.log("warning", `${describeProblem(lost.problem)} Connecting once more.`);
        client = await this.#logIn();
        const found = findAgain(this.#listing, await this.#list(client));
        if (found === null)
          throw protocolBroken(client.place, "its messages changed places between two connections");
        numberOf = found;
        lost = await retrieval.run(client, numberOf);
      }
      if (lost !== null) throw lost;
      const tooLarge = plan.tooLarge.map((place) => this.#listing.at(place));
      await this.#sendHeaders(client, numberOf, [...tooLarge, ...retrieval.tooLarge]);
      await this.#noteIdentities(plan, retrieval);
      await this.#deleteAndQuit(client, numberOf, plan, retrieval);
      return this.#result(null, null);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const trouble = error instanceof Pop3Error ? error.trouble : "local";
      if (this.#stopped && trouble !== "local") return this.#result(null, null);
      this.#reporter.log("error", describeProblem(error.problem));
      return this.#result(error.problem, trouble);
    } finally {
      client?.close();
    }
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  // --- up to the listing ---------------------------------------------------------------------------------------

  async #logIn(): Promise<Pop3Client> {
    const { password, username } = this.#account;
    const client = await openAccount(this.#account, this.#options);
    return this.#orStop(client, async () => {
      await client.capa();
      await client.login(username, password);
      return client;
    });
  }

  #list(client: Pop3Client): Promise<MailboxListing> {
    return this.#orStop(client, async () => {
      const [uids, sizes] = await settleBoth(client.uidl(), client.list());
      if (uids === null && client.capabilities?.uidl === true) {
        throw protocolBroken(client.place, "it announces UIDL and refuses it");
      }
      if (uids === null && sizes === null) {
        throw protocolBroken(client.place, "it lists its messages neither by UIDL nor by LIST");
      }
      const malformed = (uids?.malformed ?? 0) + (sizes?.malformed ?? 0);
      if (malformed > 0)
        this.#reporter.log("warning", `${malformed} lines of the listings could not be read`);
      return new MailboxListing(uids?.entries ?? null, sizes?.entries ?? null);
    });
  }

  /** Stop ends the connection and so the run; a failure closes the connection too. */
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

  async #prepare(listing: MailboxListing): Promise<CollectionPlan> {
    const { ledger } = this.#ports;
    const { id } = this.#account;
    const now = this.#options.clock.now();
    if ((await ledger.enterMailbox(id, mailboxOf(this.#account))) === "other") {
      this.#reporter.log(
        "warning",
        "another server or user than before: whole messages are compared, not ids",
      );
    }
    const accountState = ledger.accountState(id);
    const moved = ledger.isMoved(id);
    const known = await findKnown(ledger, id, listing);
    const had = known.isEmpty && accountState !== "new" ? ledger.had(id) : { ids: false, hashes: false };
    const plan = planCollection({
      listing,
      known,
      accountState,
      hadIds: had.ids,
      hadHashes: had.hashes,
      moved,
      settings: { ...this.#account, oversize: this.#headersWanted ? "headers" : "leave" },
      maxMessageBytes: this.#maxMessageBytes,
      now,
    });
    this.#plan = plan;
    // In this order a crash in between repeats the question rather than losing it.
    if (plan.moved && !moved) await ledger.setMoved(id, true);
    for (const state of ["waiting", "skipped", "oversize"] as const)
      await this.#record(plan.record[state], state, now);
    if (plan.accountState !== accountState) await ledger.setAccountState(id, plan.accountState);
    // What the old ids stand for is not forgotten before the new ones are identified.
    if (!plan.moved && listing.withoutUid === 0) await ledger.listed(id, listedUids(listing), now);
    this.#announce(plan, accountState === "new");
    return plan;
  }

  async #record(places: Places, state: SeenRecord["state"], now: number): Promise<void> {
    const { ledger } = this.#ports;
    const { id } = this.#account;
    for (const together of inPieces(places, PIECE)) {
      const records: SeenRecord[] = [];
      for (const piece of inPieces(together, LOOK_UP)) {
        const uids = piece.map((place) => this.#listing.listedUidAt(place) ?? "");
        const before = ledger.find(id, uids);
        for (const uid of uids) records.push(makeRecord(uid, state, before.get(uid) ?? null));
        await setImmediate();
      }
      await ledger.record(id, records, now);
    }
  }

  #announce(plan: CollectionPlan, firstTime: boolean): void {
    const account = this.#account;
    const reporter = this.#reporter;
    const { length } = this.#listing;
    reporter.log(
      "info",
      `${length} ${length === 1 ? "message" : "messages"} in the mailbox, ${plan.retrieve.length} to collect`,
    );
    if (plan.question !== null) {
      const problem = firstUseProblem(account, plan.question, plan.waiting);
      if (firstTime) reporter.alert("pop3-first-use", problem);
      else reporter.log("warning", describeProblem(problem));
    }
    if (plan.massChange) reporter.alert("pop3-mailbox-moved", movedMailboxProblem(account, length));
    for (const place of this.#headersWanted ? [] : plan.tooLarge) {
      const message = this.#listing.at(place);
      const problem = tooLargeProblem(account, message, this.#maxMessageBytes);
      reporter.alert("pop3-too-large", problem, message.uid ?? String(message.number));
    }
    this.#options.onProgress?.({ toCollect: plan.retrieve.length });
  }

  get #headersWanted(): boolean {
    return this.#account.oversize === "headers" && this.#options.sendHeaders !== undefined;
  }

  async #sendHeaders(
    client: Pop3Client,
    numberOf: NumberOf,
    messages: readonly ListedMessage[],
  ): Promise<void> {
    const { clock, sendHeaders, signal } = this.#options;
    if (!this.#headersWanted || sendHeaders === undefined) return;
    await sendOversizeHeaders(client, numberOf, messages, {
      account: this.#account,
      ledger: this.#ports.ledger,
      clock,
      reporter: this.#reporter,
      maxMessageBytes: this.#maxMessageBytes,
      sendHeaders,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #makeRetrieval(plan: CollectionPlan): Retrieval {
    const { clock, onCollected, signal } = this.#options;
    const orders = { length: plan.retrieve.length, at: (index: number) => this.#order(plan, index) };
    this.#retrieval = new Retrieval(orders, {
      account: this.#account,
      ...this.#ports,
      clock,
      reporter: this.#reporter,
      maxMessageBytes: this.#maxMessageBytes,
      noteTooLarge: this.#headersWanted,
      ...(signal === undefined ? {} : { signal }),
      ...(onCollected === undefined ? {} : { onCollected }),
    });
    return this.#retrieval;
  }

  #order({ hashDecides, known, retrieve }: CollectionPlan, index: number): RetrieveOrder {
    const place = retrieve[index] as number;
    const message = this.#listing.at(place);
    const { uid } = message;
    const found =
      uid === null || known.at(place) === null ? null : this.#ports.ledger.find(this.#account.id, [uid]);
    return { place, message, record: found?.get(uid ?? "") ?? null, hashDecides: hashDecides(place) };
  }

  // --- the end -------------------------------------------------------------------------------------------------

  /** With messages known by their hash, or in a mailbox that moved, a listing is complete when each was identified. */
  async #noteIdentities(plan: CollectionPlan, { complete, identities }: Retrieval): Promise<void> {
    const { ledger } = this.#ports;
    const { id } = this.#account;
    const { length, withoutUid } = this.#listing;
    if ((withoutUid === 0 && !plan.moved) || length === 0) return;
    if (plan.waiting > 0 || identities.size < withoutUid || (plan.moved && !complete)) return;
    const uids = [...listedUids(this.#listing), ...identities.values()];
    await ledger.listed(id, uids, this.#options.clock.now());
    if (plan.moved) await ledger.setMoved(id, false);
  }

  async #deleteAndQuit(
    client: Pop3Client,
    numberOf: NumberOf,
    plan: CollectionPlan,
    { identities, taken }: Retrieval,
  ): Promise<void> {
    const { clock } = this.#options;
    const { ledger } = this.#ports;
    const listing = this.#listing;
    const identityOf = (place: number): string => identities.get(place) ?? listing.listedUidAt(place) ?? "";
    const deleted = await deleteMessages(client, [plan.remove, taken], {
      account: this.#account,
      ledger,
      clock,
      reporter: this.#reporter,
      listing,
      numberOf,
      identityOf,
    });
    try {
      await client.quit();
    } catch (error) {
      // Nothing depended on it.
      if (deleted.length === 0 && error instanceof Pop3Error) return;
      throw error;
    }
    for (const places of inPieces(deleted, PIECE))
      await ledger.deletionConfirmed(this.#account.id, places.map(identityOf), clock.now());
    this.#deleted = deleted.length;
  }

  #result(problem: Problem | null, trouble: Trouble | null): CollectionResult {
    const plan = this.#plan;
    const counts = this.#retrieval?.counts;
    const result: CollectionResult = {
      accountId: this.#account.id,
      listed: this.#listing.length,
      collected: counts?.collected ?? 0,
      collectedBytes: counts?.collectedBytes ?? 0,
      known: counts?.known ?? 0,
      deleted: this.#deleted,
      failed: counts?.failed ?? 0,
      parked: (plan?.parked ?? 0) + (counts?.parked ?? 0),
      oversize: (plan?.oversize ?? 0) + (counts?.oversize ?? 0),
      waiting: plan?.waiting ?? 0,
      skipped: plan?.skipped ?? 0,
      stopped: this.#stopped,
      problem,
      trouble,
    };
    return result;
  }
}

/** Both answers, or the first failure once both are settled: neither is left unheard. */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  return [a.value, b.value];
}

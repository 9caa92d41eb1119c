/**
 * What the stages need from elsewhere, and what hosts and tests supply. A stage imports these types, never
 * the module that implements them; `gateway.ts` joins them.
 */

import type { Alert, LogLine } from "./event.ts";
import type {
  Accepted,
  AcceptOrder,
  AttemptResult,
  MessageSource,
  QueuedMessage,
  ReceivedBody,
  ReportOrder,
  Settlement,
} from "./message.ts";
import type { TranscriptLine } from "./transcript-entry.ts";

// --- supplied by hosts and tests -------------------------------------------------------------------------

/** Time. `now` is the wall clock (ms since 1970); `after` runs once, in real elapsed time. */
export interface Clock {
  now(): number;
  /**
   * Milliseconds that have really passed since some moment, also while the computer slept; setting the clock does
   * not change it. Left out: nobody can tell, steps of the clock are not noticed while the process runs.
   */
  elapsed?(): number;
  /** The returned function disarms the timer. Timers never hold the process open by themselves. */
  after(milliseconds: number, run: () => void): () => void;
}

/** A secret at rest, with the scheme that can open it. */
export interface SealedSecret {
  readonly scheme: string;
  readonly value: string;
}

export interface Secrets {
  /** The scheme that new secrets are sealed with, e.g. `key-file-1`. */
  readonly scheme: string;
  seal(plain: string): SealedSecret;
  /** null: cannot be opened here (other machine, other scheme, damaged). */
  open(sealed: SealedSecret): string | null;
}

// --- taps ------------------------------------------------------------------------------------------------

/** Takes transcript lines; never blocks, never throws. Secrets are masked by the caller, at the source. */
export type Tap = (line: TranscriptLine) => void;

export type Log = (line: Omit<LogLine, "at">) => void;

export type RaiseAlert = (alert: Omit<Alert, "at">) => void;

// --- collect -> (gateway) -> spool --------------------------------------------------------------------------

/**
 * Receives the exact bytes of one message.
 * `write` returns a promise when the reader should wait (back-pressure), otherwise undefined.
 * Exactly one of `complete` and `abort` ends it; after a rejected `write` only `abort`.
 */
export interface ByteSink {
  write(chunk: Buffer): Promise<void> | undefined;
}

/** A message on its way in, as the collector sees it: whatever happens behind it is one promise. */
export interface IncomingMessage extends ByteSink {
  /**
   * The terminator was seen. Resolves when message and record are on disk (or it is known already), and then
   * only may the original be deleted. Rejects with ProblemError (disk full, unwritable folder, ...): nothing
   * was taken, nothing may be deleted.
   * `uid` gives the identity where `MessageSource.uid` was null (it is then made from the hash).
   */
  complete(): Promise<Accepted>;
  /** Connection lost, time-out: the temporary file goes. Never rejects. */
  abort(): Promise<void>;
}

/** The sealed door between collecting and everything behind it. */
export interface Intake {
  /** Rejects with ProblemError when nothing can be stored now (folder unwritable, disk full). */
  open(source: MessageSource): IncomingMessage | Promise<IncomingMessage>;
}

/** The first is what a state counts as that cannot be read: the message is looked at once more. */
export const SEEN_STATES = [
  "failing",
  "collected",
  "gone",
  "waiting",
  "skipped",
  "parked",
  "oversize",
  "left",
] as const;

/** What we know of one listed message of one account. */
export interface SeenRecord {
  readonly uid: string;
  /**
   * collected: in the spool or the history; to be deleted from the server unless it is left there.
   * gone: its deletion was confirmed by QUIT, or a later listing lacked it.
   * waiting: there at first use, the question "all or only new?" is open. skipped: the answer was "only new".
   * failing: could not be collected `tries` times. parked: given up after 5 tries, with an alert.
   * oversize: larger than the limit, left on the server, alert given.
   * left: its file vanished before the session ended (antivirus): neither deleted nor collected again.
   */
  readonly state: (typeof SEEN_STATES)[number];
  readonly tries: number;
  /** ms since 1970; null when it was never collected. */
  readonly collectedAt: number | null;
  readonly wholeHash: string | null;
  /** Octets by LIST when it was collected; null or left out: not known (any more). Read only. */
  readonly announcedSize?: number | null;
}

/** The client's own memory of a mailbox (TRAPS 4, 12). Implemented by the spool's journal. */
export interface SeenLedger {
  /** `new`: this account has never been listed. `asked`: first use, question open. `known`: in normal use. */
  accountState(accountId: string): "new" | "asked" | "known";
  setAccountState(accountId: string, state: "asked" | "known"): Promise<void>;
  /**
   * Whose messages are listed from now on. `other`: the account listed another mailbox before. Its ids then count
   * for nothing, only the hashes of what was collected do; `isMoved`, and an open question is put anew.
   */
  enterMailbox(accountId: string, mailbox: string): Promise<"same" | "other">;
  /** The ids of the mailbox have changed, and not every message has been identified by its bytes since. */
  isMoved(accountId: string): boolean;
  setMoved(accountId: string, moved: boolean): Promise<void>;
  find(accountId: string, uids: readonly string[]): ReadonlyMap<string, SeenRecord>;
  /** Which messages ought to be listed still: some known by their UIDL; or only such as are known by their hash. */
  had(accountId: string): { readonly ids: boolean; readonly hashes: boolean };
  /** Records of an account in the given state. */
  inState(accountId: string, state: SeenRecord["state"]): readonly SeenRecord[];
  /** Was a message with these exact bytes collected from this account (mass UIDL change)? */
  knowsHash(accountId: string, wholeHash: string): boolean;
  /** How many records carry this hash as identity (`sha256:<hash>#n`) and are not `gone`. */
  countHash(accountId: string, wholeHash: string): number;
  /** Stores or replaces records. `collected` ones are written by the spool itself, with the message. */
  record(accountId: string, records: readonly SeenRecord[], now: number): Promise<void>;
  /**
   * A complete listing was seen: refreshes "last listed", marks collected ids that it lacks as gone, forgets
   * ids that no listing had for 30 days. `uids` is read once.
   */
  listed(accountId: string, uids: Iterable<string>, now: number): Promise<void>;
  /** QUIT confirmed these deletions. Identities made from hashes are forgotten at once. */
  deletionConfirmed(accountId: string, uids: readonly string[], now: number): Promise<void>;
  /**
   * Which of these collected ids may be deleted from the server now: delivered, closed, or their file is in
   * its folder. A file that is gone follows PRODUCT section 2 (antivirus); an unreadable folder rejects with
   * ProblemError and nothing is deleted.
   */
  safeToDelete(accountId: string, uids: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Where received bytes become a spooled message. */
export interface BodyStore {
  /** Opens a temporary file. Rejects with ProblemError. */
  receive(source: MessageSource): Promise<ReceivingBody>;
  /** The commit: see spool/README rules. Group commit: many calls share one transaction. */
  accept(order: AcceptOrder): Promise<Accepted>;
  /** Takes the temporary file of a message that will not be accepted away. */
  discard(body: Pick<ReceivedBody, "temporaryPath">): Promise<void>;
}

export interface ReceivingBody extends ByteSink {
  /** Flushed and fsynced; hashes made. Rejects with ProblemError. */
  complete(): Promise<ReceivedBody>;
  abort(): Promise<void>;
}

// --- spool -> deliver -> outcome ---------------------------------------------------------------------------

export interface ClaimOrder {
  readonly limit: number;
  /** Reports go after all other messages of the run, on a connection of their own. */
  readonly kinds: readonly ("mail" | "report" | "alert")[];
  readonly now: number;
  /** Deferred ones count as due, whatever their time ("Send now"). */
  readonly ignoreBackoff: boolean;
  /** When the attempt counts as interrupted, the message is due again at this time. */
  readonly nextAt: number;
}

export interface DeliveryQueue {
  /**
   * Takes up to `limit` due messages that are not claimed already, oldest due first. For each of them the
   * attempt and its next time are on disk before this resolves: a crash never hammers the server.
   */
  claim(order: ClaimOrder): Promise<readonly QueuedMessage[]>;
  /** Gives claimed messages back untried (route deferred, stop): due at once, nothing counted. */
  release(messages: readonly QueuedMessage[]): Promise<void>;
  /** When the next message of these kinds becomes due; null when nothing is queued or deferred. */
  nextDueAt(kinds: readonly ("mail" | "report" | "alert")[]): number | null;
}

/** Ends an attempt: recipients' states, attempt and the message's new place are on disk when it resolves. */
export type SettleAttempt = (result: AttemptResult) => Promise<void>;

export interface RouteRecord {
  /** Failed probes in a row; 0 = usable. */
  readonly failures: number;
  readonly nextProbeAt: number;
  /** When mail last went through, and the usable time (ms) as counted by then; left out: not since it last failed. */
  readonly proved?: { readonly at: number; readonly usableTime: number };
}

export interface RouteStore {
  load(): RouteRecord;
  save(record: RouteRecord): Promise<void>;
  /** Milliseconds in which the route was usable, since ever; what expiry is counted in. */
  readonly usableTime: number;
  addUsableTime(milliseconds: number): Promise<void>;
}

export interface OutcomeStore {
  /**
   * One transaction for states, attempt and folder; then the file moves; then `recorded`. Rejects with ProblemError
   * when the journal cannot take it now: it is recorded later, and then `recorded` is called.
   */
  apply(settlement: Settlement, recorded?: () => Promise<void>): Promise<void>;
  /** Messages in Errors whose report is due, oldest first. */
  reportsDue(limit: number, now: number): readonly ReportOrder[];
  /** When the next report becomes due; null: none waits. */
  nextReportAt(): number | null;
}

/**
 * What a host holds: the whole core behind one interface. `core/gateway.ts` implements it, hosts (CLI,
 * desktop app), the API and tests use it.
 */

import type { ActionsGateway } from "./actions-gateway.ts";
import type { Activity } from "./activity.ts";
import type { AddressingGateway } from "./addressing-gateway.ts";
import type { ClockDoubt } from "./clock-doubt.ts";
import type { Diagnosis, OnCheck } from "./diagnosis.ts";
import type { Alert, GatewayEvent, GatewayState, LogLine, RunSummary, RunTotals } from "./event.ts";
import type { FolderList, FolderListOrder } from "./folder-list.ts";
import type { GuardHold } from "./guard.ts";
import type { HistoryGateway } from "./history.ts";
import type { Folder, FolderRow } from "./message.ts";
import type { Clock, Secrets } from "./ports.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./settings.ts";
import type { Trials } from "./trials.ts";

export interface GatewayOptions {
  readonly dataDirectory: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** For the mail log and HELO; default: this computer's name. */
  readonly hostName?: string;
  readonly version: string;
  /** Much mail is received in a second thread; left out: all in this one. */
  readonly secondThread?: boolean;
  /** False: nobody will ever listen to the conversation with the servers, and its lines need not be made. */
  readonly transcript?: boolean;
}

/** One run: collect, deliver, report errors. */
export interface CheckOrder {
  /** Account ids; left out: every enabled account. */
  readonly accounts?: readonly string[];
  /** "Send now": deferred messages are due at once. */
  readonly sendNow?: boolean;
  /** Stops the run: what is in flight is finished, nothing new is begun. */
  readonly signal?: AbortSignal;
}

export interface QueueOrder {
  readonly folder: Folder;
  /** The last row's id of the page before. */
  readonly after?: number;
  readonly limit?: number;
}

export interface AccountStatus {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** ms since 1970; null: not in this process. */
  readonly lastCheckAt: number | null;
  /** Not before this time (a wrong password backs the account off); null: any time. */
  readonly pausedUntil: number | null;
  /** Why its last check failed; null: it did not. */
  readonly problem: Problem | null;
  /** Since when its checks fail one after another, in this process; left out: the last one did not. */
  readonly problemSince?: number;
}

/** The way to the local server. */
export interface RouteStatus {
  /** Host and port. */
  readonly server: string;
  readonly forward: boolean;
  readonly usable: boolean;
  /** Failed probes in a row. */
  readonly failures: number;
  readonly nextProbeAt: number | null;
  readonly problem: Problem | null;
}

export interface GatewayStatus {
  readonly state: GatewayState;
  readonly version: string;
  readonly dataDirectory: string;
  /** ms since 1970; null: no schedule runs in this process. */
  readonly nextCheckAt: number | null;
  /** Messages in each folder. */
  readonly folders: Readonly<Record<Folder, number>>;
  readonly route: RouteStatus;
  readonly accounts: readonly AccountStatus[];
  readonly lastRun: { readonly endedAt: number; readonly summary: RunSummary } | null;
  /** Since midnight, local time, also before a restart. */
  readonly today: RunTotals;
  /** Not null: nothing is deleted because of its age until the clock is confirmed. */
  readonly clock?: ClockDoubt | null;
  /** What the guard against a wrong configuration holds; left out: nothing. */
  readonly guard?: readonly GuardHold[];
  /** Junk that was never reported and that nobody has acknowledged yet. */
  readonly unseenJunk?: number;
}

/**
 * `openGateway(options: GatewayOptions): Promise<Gateway>` rejects with ProblemError, among others
 * `data-directory-in-use`, `settings-missing`, `settings-invalid`, `settings-newer`.
 */
export interface Gateway extends AddressingGateway, HistoryGateway, ActionsGateway {
  readonly trials: Trials;
  check(order?: CheckOrder): Promise<RunSummary>;
  status(): GatewayStatus;
  queue(order: QueueOrder): readonly FolderRow[];
  settings(): Settings;
  /** Validated settings with sealed passwords; in force when it resolves. */
  saveSettings(settings: Settings): Promise<void>;
  /**
   * Examines everything from DNS to a trial RCPT; nothing is collected, sent or changed. Each check is told as it
   * is done, to `onCheck` and as an event. Never rejects for what it finds; `signal` ends it early.
   */
  diagnose(onCheck?: OnCheck, signal?: AbortSignal): Promise<Diagnosis>;
  /** The returned function ends it. A listener that throws harms nobody. */
  subscribe(listener: (event: GatewayEvent) => void): () => void;
  startSchedule(): void;
  /** Ends the run that is under way: what is in flight is finished. False: there is none. */
  stop(): boolean;
  /** While paused no run begins by itself, one that is under way is stopped; `check` ends a pause. Not kept over a restart. */
  pause(paused: boolean): void;
  /** The newest lines, oldest first; at most 500. */
  recentLog(limit: number): readonly LogLine[];
  /** The newest, oldest first; at most 50. */
  recentAlerts(): readonly Alert[];
  /** A few milliseconds at a time, however much there is to be looked at; so are the next two. */
  listFolder(order: FolderListOrder): Promise<FolderList>;
  /** Queue ids of all that `listFolder` would list, in its order; at most 100,000. */
  listFolderIds(order: Omit<FolderListOrder, "offset" | "limit">): Promise<readonly string[]>;
  activity(): Promise<Activity>;
  /** Drains: finishes what is in flight, stops, gives the data directory back. */
  close(): Promise<void>;
}

export type OpenGateway = (options: GatewayOptions) => Promise<Gateway>;

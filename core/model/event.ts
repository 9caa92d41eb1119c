import type { DiagnosisCheck } from "./diagnosis.ts";
import type { Problem } from "./problem.ts";
import type { TranscriptEntry } from "./transcript-entry.ts";

/** What a run has done so far. Sizes in octets. */
export interface RunTotals {
  readonly collected: number;
  readonly collectedBytes: number;
  /** Messages in the mailboxes that this run means to collect; grows while accounts are listed. */
  readonly toCollect: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  readonly deferred: number;
  readonly errors: number;
  readonly junk: number;
  readonly discarded: number;
  readonly reports: number;
}

/** `efs check`'s summary; `problems` are those of accounts and of the local server. */
export interface RunSummary extends RunTotals {
  readonly bytes: number;
  readonly seconds: number;
  readonly problems: readonly Problem[];
  /** Why single messages were refused or wait, a sentence for all of a kind. */
  readonly findings?: readonly Problem[];
}

export type GatewayState = "idle" | "checking" | "sending" | "paused" | "attention" | "stopping";

/** Something the administrator should know; at most one mail an hour for one cause. */
export interface Alert {
  readonly at: number;
  /** Groups equal alerts, e.g. `route-down`, `pop3-login-refused:main`. */
  readonly cause: string;
  readonly problem: Problem;
}

export interface LogLine {
  readonly at: number;
  /** `pop3`, `smtp`, `spool`, `gateway`, ... */
  readonly source: string;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
  /** Opens the message when clicked. */
  readonly queueId?: string;
}

/** Everything a host or page can subscribe to. Events announce; they never drive the gateway. */
export type GatewayEvent =
  | { readonly kind: "state"; readonly state: GatewayState }
  | { readonly kind: "progress"; readonly totals: RunTotals }
  | { readonly kind: "run-finished"; readonly summary: RunSummary }
  | { readonly kind: "alert"; readonly alert: Alert }
  | { readonly kind: "log"; readonly line: LogLine }
  | { readonly kind: "diagnosis"; readonly check: DiagnosisCheck }
  | { readonly kind: "transcript"; readonly entry: TranscriptEntry };

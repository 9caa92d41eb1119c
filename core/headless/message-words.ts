/** What is said of a message in a line: its subject, what it is, and how each recipient stands. For people. */
import type { Failure } from "../model/failure.ts";
import type {
  FolderRow,
  HoldReason,
  JunkReason,
  MessageKind,
  QueuedRecipient,
  RemovalReason,
  ReportState,
} from "../model/message.ts";
import { describeProblem } from "../model/problem.ts";
import { formatReply } from "../model/reply.ts";
import { assertNever } from "../util/assert-never.ts";
import { localTime } from "./run-status.ts";

const KINDS: Readonly<Record<Exclude<MessageKind, "mail">, string>> = { report: "report", alert: "alert" };

const JUNK: Readonly<Record<JunkReason, string>> = {
  "no-recipient": "no recipient of our domains",
  "unknown-user": "no known user",
  blocked: "blocked",
  loop: "goes round in a circle",
  "report-refused": "the report about it was refused",
  "report-failed": "could not be delivered, and is never reported",
  "by-hand": "put there by hand",
};

const REPORTS: Readonly<Record<ReportState, string>> = {
  waiting: "to be reported to the postmaster",
  sending: "being reported to the postmaster",
  reported: "reported to the postmaster",
  refused: "its report was refused",
  off: "not reported: reports are off",
};

const HOLDS: Readonly<Record<HoldReason, string>> = {
  "unknown-outcome": "held, it may already have arrived",
  "by-hand": "held by hand",
  guard: "held back by the guard",
};

const REMOVALS: Readonly<Record<RemovalReason, string>> = {
  "by-hand": "by hand",
  "by-other-software": "by other software",
  "by-policy": "not sent",
};

type Marked = Pick<FolderRow, "kind" | "junkReason" | "reportState">;

/** ` [no known user]`; "" where there is nothing to say. */
export function marks({ kind, junkReason, reportState }: Marked): string {
  const found = [
    ...(kind === "mail" ? [] : [KINDS[kind]]),
    ...(junkReason === null ? [] : [JUNK[junkReason]]),
    // Junk says it already.
    ...(reportState === null || junkReason === "report-refused" ? [] : [REPORTS[reportState]]),
  ];
  return found.length === 0 ? "" : ` [${found.join(", ")}]`;
}

export function subjectOf({ summary }: Pick<FolderRow, "summary">): string {
  return summary.subject === "" ? "(no subject)" : summary.subject;
}

export function stateWords({ state }: Pick<QueuedRecipient, "state">): string {
  switch (state.kind) {
    case "queued":
      return "queued";
    case "deferred":
      return `deferred until ${localTime(state.nextAt)}: ${failureWords(state.failure)}`;
    case "held":
      return `${HOLDS[state.reason]}${because(state.failure)}`;
    case "delivered":
      return `delivered ${localTime(state.at)}: ${formatReply(state.reply)}`;
    case "failed":
      return `failed ${localTime(state.at)}: ${failureWords(state.failure)}`;
    case "expired":
      return `expired ${localTime(state.at)}${because(state.failure)}`;
    case "removed":
      return `removed ${localTime(state.at)} (${REMOVALS[state.reason]})`;
    default:
      return assertNever(state);
  }
}

function because(failure: Failure | null): string {
  return failure === null ? "" : `: ${failureWords(failure)}`;
}

export function failureWords(failure: Failure): string {
  if (failure.reply !== null) return formatReply(failure.reply);
  return failure.problem === null ? "unknown failure" : describeProblem(failure.problem);
}

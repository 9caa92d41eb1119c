/** What is said of a message in a folder's list: its state in one word, its last answer in a line. Pure. */
import type { ListedState } from "../model/folder-list.ts";
import type { Folder, JunkReason, RecipientState, ReportState } from "../model/message.ts";
import { formatReply } from "../model/reply.ts";

const LONGEST = 300;

export interface ListedFacts {
  readonly folder: Folder;
  /** Just being sent. */
  readonly claimed: boolean;
  readonly listedAgain: boolean;
  readonly reportState: ReportState | null;
  /** The kinds of its recipients' states. */
  readonly states: ReadonlySet<RecipientState["kind"]>;
}

/** In the order in which they are sorted. */
export const LISTED_STATES: readonly ListedState[] = [
  "sending",
  "queued",
  "deferred",
  "held",
  "report-waiting",
  "reported",
  "report-refused",
  "not-reported",
  "junk",
  "delivered",
  "listed-again",
];

export function listedState(facts: ListedFacts): ListedState {
  const { folder, claimed, listedAgain, reportState, states } = facts;
  if (folder === "Junk") return "junk";
  if (listedAgain) return "listed-again";
  switch (folder) {
    case "Inbox":
      if (claimed) return "sending";
      if (states.has("deferred")) return "deferred";
      return states.has("held") && !states.has("queued") ? "held" : "queued";
    case "Errors":
      return reportWords[reportState ?? "off"];
    case "Backup":
      return "delivered";
  }
}

const reportWords: Readonly<Record<ReportState, ListedState>> = {
  waiting: "report-waiting",
  sending: "report-waiting",
  reported: "reported",
  refused: "report-refused",
  off: "not-reported",
};

/** The one of several recipients that tells most: lower comes first. */
export const TELLING: readonly RecipientState["kind"][] = [
  "failed",
  "expired",
  "deferred",
  "held",
  "delivered",
  "removed",
  "queued",
];

export interface AnswerFacts {
  /** The states of (some of) its recipients. */
  readonly states: readonly RecipientState[];
  /** In words: why it was closed without delivery. */
  readonly outcomeDetail: string | null;
  readonly junkReason: JunkReason | null;
}

/** null: there is nothing to say yet. */
export function lastAnswer({ states, outcomeDetail, junkReason }: AnswerFacts): string | null {
  // What the policy turned away was never sent to anybody.
  const decided = junkReason === null ? null : outcomeDetail;
  const telling = [...states].sort(
    (one, other) => TELLING.indexOf(one.kind) - TELLING.indexOf(other.kind),
  )[0];
  const found = decided ?? (telling === undefined ? null : answerOf(telling)) ?? outcomeDetail;
  if (found === null || found === "") return null;
  return found.length > LONGEST ? `${found.slice(0, LONGEST - 3)}...` : found;
}

function answerOf(state: RecipientState): string | null {
  switch (state.kind) {
    case "delivered":
      return formatReply(state.reply);
    case "queued":
    case "removed":
      return null;
    default: {
      const { failure } = state;
      if (failure === null) return null;
      return failure.reply === null ? (failure.problem?.what ?? null) : formatReply(failure.reply);
    }
  }
}

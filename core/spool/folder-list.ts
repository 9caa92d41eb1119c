/**
 * A folder as people look at it: sorted, searched, any window of it, however many messages there are.
 *
 * 1. "Received" is the order in which messages were taken over, so that of their ids: a clock that was set changes
 *    nothing, and the window is found without looking at the others.
 * 2. What is sorted by comes from an index that holds just that (`message_listed`); Inbox has none, so that taking mail
 *    over is not slower for it. Only the rows of the window are read.
 * 3. Words are found as in the history, with its index; what is not in it yet is looked at row by row.
 * 4. The ids of the last search, or order, are kept until something in the journal changes, for those who scroll.
 */
import type { FolderList, FolderListOrder, FolderSort, ListedMessage } from "../model/folder-list.ts";
import type { Folder, RecipientState } from "../model/message.ts";
import { blockOf, outcomeFacet } from "./history-index.ts";
import { type Condition, facetCondition, fits, matchExpression, wordConditions } from "./history-search.ts";
import type { Row } from "./journal.ts";
import { LISTED_STATES, lastAnswer, listedState, TELLING } from "./listed-state.ts";
import { junkReason, messageKind, reportState } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, text } from "./spool-context.ts";
import { readState } from "./stored-values.ts";

/** Ids that are given for "select all", and kept for a search. */
const MOST_IDS = 100_000;
const MOST_ROWS = 500;
/** Up to here the order of the others is not made. */
const NEAR = 1_000;
/** Recipients that are shown of a message. */
const SHOWN = 5;

type Order = Omit<FolderListOrder, "offset" | "limit">;

export class FolderLists {
  readonly #context: SpoolContext;
  /** The last search. */
  #found: { readonly key: string; readonly version: number; readonly ids: readonly number[] } | null = null;

  constructor(context: SpoolContext) {
    this.#context = context;
  }

  list(order: FolderListOrder): FolderList {
    const offset = Math.max(0, Math.floor(order.offset));
    const limit = Math.min(Math.max(1, Math.floor(order.limit)), MOST_ROWS);
    const conditions = wordConditions(order.words);
    const all = conditions.length === 0 ? countOf(this.#context, order.folder) : null;
    // The first of many are found without the order of the others.
    const direct = all !== null && (order.sort === "received" || offset < NEAR || all > MOST_IDS);
    const whole = direct ? null : this.#whole(order, conditions);
    const ids = whole?.slice(offset, offset + limit) ?? sortedIds(this.#context, order, limit, offset);
    return {
      total: all ?? whole?.length ?? 0,
      rows: ids.flatMap((id) => listedMessage(this.#context, id, order.folder) ?? []),
    };
  }

  queueIds(order: Order): readonly string[] {
    const { journal } = this.#context;
    const ids = this.#whole(order, wordConditions(order.words)).slice(0, MOST_IDS);
    // In one go: as many single readings would hold up everything else for a second.
    return journal
      .all(
        `SELECT message.queue_id FROM json_each(?) AS wanted CROSS JOIN message ON message.id = wanted.value
         ORDER BY wanted.key`,
        JSON.stringify(ids),
      )
      .map((row) => text(row["queue_id"]));
  }

  /** Ids of all that is asked for, in its order. */
  #whole(order: Order, conditions: readonly Condition[]): readonly number[] {
    const { journal } = this.#context;
    const version = number(journal.get("SELECT total_changes() AS changes")?.["changes"]);
    const key = JSON.stringify([order.folder, order.words, order.sort, order.descending]);
    if (this.#found?.key === key && this.#found.version === version) return this.#found.ids;
    const ids = this.#ordered(order, conditions);
    this.#found = { key, version, ids };
    return ids;
  }

  #ordered(order: Order, conditions: readonly Condition[]): readonly number[] {
    if (conditions.length === 0) return sortedIds(this.#context, order, MOST_IDS, 0);
    const fitting = fittingIds(this.#context, order.folder, conditions);
    if (fitting.size === 0) return [];
    return order.sort === "received"
      ? [...fitting].sort((one, other) => (order.descending ? other - one : one - other))
      : sortedIds(this.#context, order, -1, 0).filter((id) => fitting.has(id));
  }
}

function countOf({ journal }: SpoolContext, folder: Folder): number {
  const sql = "SELECT count(*) AS number FROM message INDEXED BY message_folder WHERE folder = ?";
  return number(journal.get(sql, folder)?.["number"]);
}

// --- order ------------------------------------------------------------------------------------------------

/** SQL: what is seen of the sender, without the signs that names are put in. */
const SENDER = `ltrim(CASE from_text WHEN '' THEN sender ELSE from_text END, '"'' <') COLLATE NOCASE`;
const KEYS: Readonly<Record<Exclude<FolderSort, "received" | "state">, string>> = {
  size: "size",
  sender: SENDER,
  subject: "subject COLLATE NOCASE",
};

const rank = (state: ListedMessage["state"]): number => LISTED_STATES.indexOf(state);
const hasRecipient = (state: string): string =>
  `EXISTS (SELECT 1 FROM recipient WHERE recipient.message = message.id AND state = '${state}')`;
/** SQL: `listedState` as a number. */
const STATE: Readonly<Record<Folder, string>> = {
  Inbox: `CASE WHEN outcome = 'listed-again' THEN ${rank("listed-again")} WHEN claimed = 1 THEN ${rank("sending")}
    WHEN ${hasRecipient("deferred")} THEN ${rank("deferred")}
    WHEN due_at IS NULL AND ${hasRecipient("held")} AND NOT ${hasRecipient("queued")} THEN ${rank("held")}
    ELSE ${rank("queued")} END`,
  Errors: `CASE WHEN outcome = 'listed-again' THEN ${rank("listed-again")}
    WHEN report_state IN ('waiting', 'sending') THEN ${rank("report-waiting")}
    WHEN report_state = 'reported' THEN ${rank("reported")}
    WHEN report_state = 'refused' THEN ${rank("report-refused")} ELSE ${rank("not-reported")} END`,
  Junk: String(rank("junk")),
  Backup: `CASE WHEN outcome = 'listed-again' THEN ${rank("listed-again")} ELSE ${rank("delivered")} END`,
};

/** `limit` -1: all. */
function sortedIds(
  { journal }: SpoolContext,
  { folder, sort, descending }: Order,
  limit: number,
  offset: number,
): readonly number[] {
  const direction = descending ? "DESC" : "ASC";
  const key = sort === "received" ? null : sort === "state" ? STATE[folder] : KEYS[sort];
  const from =
    key === null || folder === "Inbox"
      ? "message INDEXED BY message_folder WHERE folder = ?"
      : "message INDEXED BY message_listed WHERE folder = ? AND folder <> 'Inbox'";
  // Of a constant there is nothing to be sorted; SQLite would take it for a column's number.
  const by = key === null || /^\d+$/.test(key) ? "" : `${key} ${direction}, `;
  return journal
    .all(`SELECT id FROM ${from} ORDER BY ${by}id ${direction} LIMIT ? OFFSET ?`, folder, limit, offset)
    .map((row) => number(row["id"]));
}

// --- words ------------------------------------------------------------------------------------------------

/** What the messages of a folder usually came to; the others are looked at one by one. */
const OUTCOMES: Readonly<Record<Folder, readonly (string | null)[]>> = {
  Inbox: [null],
  Errors: ["errors", "listed-again"],
  Junk: ["junk", "listed-again"],
  Backup: ["delivered", "listed-again"],
};

function fittingIds(
  context: SpoolContext,
  folder: Folder,
  conditions: readonly Condition[],
): ReadonlySet<number> {
  const { journal } = context;
  const outcomes = OUTCOMES[folder];
  const usual = facetCondition(outcomes.map(outcomeFacet));
  const fitting = new Set<number>();
  for (const [block, ids] of Map.groupBy(idsIn(context, folder), blockOf)) {
    const here = new Set(ids);
    const found = journal.all(
      "SELECT rowid AS id FROM history WHERE history MATCH ?",
      `${usual(block)} AND ${matchExpression(conditions, block)}`,
    );
    for (const row of found) {
      const id = number(row["id"]);
      if (here.has(id)) fitting.add(id);
    }
  }
  const look = (row: Row): void => {
    const id = number(row["id"]);
    if (fits(context, row, { conditions })) fitting.add(id);
    else fitting.delete(id);
  };
  const waiting = journal.all(
    "SELECT * FROM message INDEXED BY message_to_index WHERE indexed_for_search = 0 AND folder = ?",
    folder,
  );
  waiting.forEach(look);
  const names = outcomes.map((outcome) => `'${outcome ?? ""}'`).join(", ");
  const odd =
    folder === "Inbox"
      ? "INDEXED BY message_folder WHERE folder = ? AND outcome IS NOT NULL"
      : `INDEXED BY message_listed WHERE folder = ? AND folder <> 'Inbox' AND coalesce(outcome, '') NOT IN (${names})`;
  journal.all(`SELECT * FROM message ${odd}`, folder).forEach(look);
  return fitting;
}

function idsIn({ journal }: SpoolContext, folder: Folder): readonly number[] {
  return journal
    .all("SELECT id FROM message INDEXED BY message_folder WHERE folder = ?", folder)
    .map((row) => number(row["id"]));
}

// --- rows -------------------------------------------------------------------------------------------------

/** null: it is not there any more. */
function listedMessage({ journal }: SpoolContext, id: number, folder: Folder): ListedMessage | null {
  const row = journal.get("SELECT * FROM message WHERE id = ? AND folder = ?", id, folder);
  if (row === undefined) return null;
  const claimed = row["claimed"] === 1;
  const recipients = recipientsOf(journal, id);
  const junk = junkReason(row["junk_reason"]);
  const report = reportState(row["report_state"]);
  const state = listedState({
    folder,
    claimed,
    listedAgain: row["outcome"] === "listed-again",
    reportState: report,
    states: recipients.kinds,
  });
  return {
    id,
    queueId: text(row["queue_id"]),
    kind: messageKind(row),
    accountId: text(row["account"]),
    sender: text(row["sender"]),
    from: text(row["from_text"]),
    subject: text(row["subject"]),
    size: number(row["size"]),
    receivedAt: number(row["received_at"]),
    state,
    nextAt:
      state === "deferred" || state === "queued"
        ? numberOrNull(row["due_at"])
        : state === "report-waiting"
          ? numberOrNull(row["report_due_at"])
          : null,
    recipients: recipients.shown,
    recipientCount: recipients.count,
    lastAnswer: lastAnswer({
      states: recipients.telling,
      outcomeDetail: row["outcome_detail"] === null ? null : text(row["outcome_detail"]),
      junkReason: junk,
    }),
    junkReason: junk,
    reportState: report,
  };
}

interface ListedRecipients {
  readonly shown: readonly string[];
  readonly count: number;
  readonly kinds: ReadonlySet<RecipientState["kind"]>;
  readonly telling: readonly RecipientState[];
}

function recipientsOf(journal: SpoolContext["journal"], id: number): ListedRecipients {
  const sql = `SELECT address, state, detail FROM recipient WHERE message = ? ORDER BY id LIMIT ${SHOWN + 1}`;
  const first = journal.all(sql, id);
  const shown = first.slice(0, SHOWN).map((row) => text(row["address"]));
  const stateOf = (row: Row): RecipientState => readState(text(row["state"]), text(row["detail"]));
  if (first.length <= SHOWN) {
    const telling = first.map(stateOf);
    return { shown, count: first.length, kinds: new Set(telling.map(({ kind }) => kind)), telling };
  }
  const counts = journal.all(
    "SELECT state, count(*) AS number FROM recipient WHERE message = ? GROUP BY state",
    id,
  );
  const kinds = new Set(TELLING.filter((kind) => counts.some((row) => row["state"] === kind)));
  const most = TELLING.find((kind) => kinds.has(kind)) ?? "queued";
  const told = journal.get("SELECT * FROM recipient WHERE message = ? AND state = ? LIMIT 1", id, most);
  return {
    shown,
    count: counts.reduce((sum, row) => sum + number(row["number"]), 0),
    kinds,
    telling: told === undefined ? [] : [stateOf(told)],
  };
}

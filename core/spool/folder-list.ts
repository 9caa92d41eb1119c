/**
 * A folder as people look at it: sorted, searched, any window of it, however many messages there are.
 *
 * 1. "Received" is the order in which messages were taken over, so that of their ids: a clock that was set changes
 *    nothing, and the window is found without looking at the others.
 * 2. Any other order, and whatever fits some words, is gathered once (`folder-scan`), a little at a time, and kept for
 *    those who scroll. It is kept current with what the journal says has changed (`folder-watch`): on a busy day only
 *    that is looked at, not all of the folder again.
 * 3. What nobody has asked for in a while is given up. Only the rows of the window are read.
 */
import type { FolderList, FolderListOrder, ListedMessage } from "../model/folder-list.ts";
import type { Folder, RecipientState } from "../model/message.ts";
import { Turns } from "../util/turns.ts";
import { inOrder, merged, type OrderEntry, without } from "./folder-order.ts";
import { type ScanOrder, scanFolder, scanMessage } from "./folder-scan.ts";
import type { FolderWatch } from "./folder-watch.ts";
import { type Condition, wordConditions } from "./history-search.ts";
import type { Row } from "./journal.ts";
import { lastAnswer, listedState, TELLING } from "./listed-state.ts";
import { junkReason, messageKind, reportState } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, text } from "./spool-context.ts";
import { readState } from "./stored-values.ts";

/** Ids that are given for "select all". */
const MOST_IDS = 100_000;
const MOST_ROWS = 500;
/** Queue ids that are read at once: each is in another place of the file. */
const SLICE = 100;
/** Orders that are kept, and for how long after they were asked for last (milliseconds). */
const KEPT = 2;
const KEPT_FOR = 60_000;
/** When so many messages have changed, all of them are gathered anew. */
const MOST_TOUCHED = 20_000;
/** Recipients that are shown of a message. */
const SHOWN = 5;

type Order = Omit<FolderListOrder, "offset" | "limit">;

/** What is asked for, and those that are it, ascending. */
interface KeptOrder {
  readonly scan: ScanOrder;
  readonly conditions: readonly Condition[];
  /** What has changed since `entries` were gathered. */
  touched: Set<number>;
  entries: Promise<readonly OrderEntry[]>;
}

export class FolderLists {
  readonly #context: SpoolContext;
  readonly #watch: FolderWatch;
  /** The one that was asked for last comes last. */
  readonly #kept = new Map<string, KeptOrder>();
  readonly #ignore: () => void;
  #disarm: () => void = () => undefined;

  constructor(context: SpoolContext, watch: FolderWatch) {
    this.#context = context;
    this.#watch = watch;
    this.#ignore = watch.onTouched((id) => {
      for (const [key, { touched }] of this.#kept) {
        touched.add(id);
        if (touched.size > MOST_TOUCHED) this.#kept.delete(key);
      }
    });
  }

  close(): void {
    this.#ignore();
    this.#giveUp();
  }

  async list(order: FolderListOrder): Promise<FolderList> {
    const turns = new Turns();
    const offset = Math.max(0, Math.floor(order.offset));
    const limit = Math.min(Math.max(1, Math.floor(order.limit)), MOST_ROWS);
    const entries = isById(order) ? null : await this.#entries(order, turns);
    const total = entries?.length ?? this.#watch.counts()[order.folder];
    const ids =
      entries === null
        ? idWindow(this.#context, order, { offset, limit, total })
        : windowOf(entries, order.descending, offset, limit);
    const rows: ListedMessage[] = [];
    for (const id of ids) {
      const row = listedMessage(this.#context, id, order.folder);
      if (row !== null) rows.push(row);
      if (turns.over) await turns.rest();
    }
    return { total, rows };
  }

  async queueIds(order: Order): Promise<readonly string[]> {
    const turns = new Turns();
    const entries = isById(order)
      ? await scanFolder(this.#context, { folder: order.folder, sort: "received" }, [], turns)
      : await this.#entries(order, turns);
    const ids = windowOf(entries, order.descending, 0, MOST_IDS);
    const queueIds: string[] = [];
    for (let start = 0; start < ids.length; start += SLICE) {
      const rows = this.#context.journal.all(
        `SELECT message.queue_id FROM json_each(?) AS wanted CROSS JOIN message ON message.id = wanted.value
         ORDER BY wanted.key`,
        JSON.stringify(ids.slice(start, start + SLICE)),
      );
      for (const row of rows) queueIds.push(text(row["queue_id"]));
      if (turns.over) await turns.rest();
    }
    return queueIds;
  }

  /** All that is asked for as it is now, ascending. */
  async #entries(order: Order, turns: Turns): Promise<readonly OrderEntry[]> {
    const { folder, sort, words } = order;
    const key = JSON.stringify([folder, sort, words]);
    const known = this.#kept.get(key);
    const kept = known ?? this.#begin({ folder, sort }, wordConditions(words), turns);
    if (known !== undefined) known.entries = known.entries.then((entries) => this.#current(known, entries));
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(oldest);
    this.#disarm();
    this.#disarm = this.#context.clock.after(KEPT_FOR, () => this.#giveUp());
    try {
      return await kept.entries;
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      throw error;
    }
  }

  #begin(scan: ScanOrder, conditions: readonly Condition[], turns: Turns): KeptOrder {
    const kept: KeptOrder = { scan, conditions, touched: new Set(), entries: Promise.resolve([]) };
    kept.entries = scanFolder(this.#context, scan, conditions, turns)
      .then((entries) => inOrder(entries, turns))
      // What came and went meanwhile.
      .then((entries) => this.#current(kept, entries));
    return kept;
  }

  async #current(kept: KeptOrder, entries: readonly OrderEntry[]): Promise<readonly OrderEntry[]> {
    const { touched, scan, conditions } = kept;
    if (touched.size === 0) return entries;
    const turns = new Turns();
    kept.touched = new Set();
    const changed: OrderEntry[] = [];
    for (const id of touched) {
      const entry = scanMessage(this.#context, scan, conditions, id);
      if (entry !== null) changed.push(entry);
      if (turns.over) await turns.rest();
    }
    const others = await without(entries, touched, turns);
    return merged(others, await inOrder(changed, turns), turns);
  }

  #giveUp(): void {
    this.#disarm();
    this.#kept.clear();
  }
}

/** The order of the ids is that of all the messages there are. */
function isById({ folder, sort, words }: Order): boolean {
  const byId = sort === "received" || (folder === "Junk" && sort === "state");
  return byId && wordConditions(words).length === 0;
}

function windowOf(
  entries: readonly OrderEntry[],
  descending: boolean,
  offset: number,
  limit: number,
): readonly number[] {
  const end = entries.length - offset;
  const part = descending
    ? entries.slice(Math.max(0, end - limit), Math.max(0, end)).reverse()
    : entries.slice(offset, offset + limit);
  return part.map(({ id }) => id);
}

/** From that end of the folder which is nearer. */
function idWindow(
  { journal }: SpoolContext,
  { folder, descending }: Order,
  window: { readonly offset: number; readonly limit: number; readonly total: number },
): readonly number[] {
  const behind = window.total - window.offset - window.limit;
  const fromEnd = behind > 0 && behind < window.offset;
  const direction = descending === fromEnd ? "ASC" : "DESC";
  const ids = journal
    .all(
      `SELECT id FROM message INDEXED BY message_folder WHERE folder = ? ORDER BY id ${direction} LIMIT ? OFFSET ?`,
      folder,
      window.limit,
      fromEnd ? behind : window.offset,
    )
    .map((row) => number(row["id"]));
  return fromEnd ? ids.reverse() : ids;
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

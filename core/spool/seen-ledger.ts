/**
 * Our own memory of each mailbox.
 *
 * 1. An identity is kept under a hash of itself: what a server lists may be long, odd or hostile.
 * 2. A record is forgotten after 30 days in which no listing had it. The day of the last listing is precise to
 *    a day, so that a mailbox of 100,000 messages is not written anew at every check.
 * 3. Only an id that is `collected` may be deleted from the server (`safe-to-delete`). An id that is `gone` and listed
 *    again must be read again first: servers use ids again.
 * 4. With each record comes the size that LIST gave when the message was collected: another size under the same id
 *    is another message (a mailbox that moved, ids that begin anew).
 * 5. The ids are those of one mailbox (server and user). When an account lists another one, what was collected is
 *    known by its hash alone, and what was never collected is forgotten: an id of the new mailbox must neither be
 *    deleted unread nor left there for good because the old one had the same.
 * 6. Long listings are worked off in slices; the rest of the program goes on in between.
 */
import { setImmediate } from "node:timers/promises";
import { limits } from "../model/limits.ts";
import { SEEN_STATES, type SeenLedger, type SeenRecord } from "../model/ports.ts";
import { hashUid } from "./file-name.ts";
import { HashSet } from "./hash-set.ts";
import type { Row } from "./journal.ts";
import { safeToDelete } from "./safe-to-delete.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, oneOf, text, textOrNull } from "./spool-context.ts";

const DAY = 86_400_000;
const UID_HASH_OCTETS = 14;
/** Rows that are written, or looked at, before others have a turn: a few milliseconds of work. */
const SLICE = 500;
/** Identities of one reading. */
const LOOK_UP = 250;
/** With what LIST gave; the message's row may have gone. */
const SEEN = `SELECT seen.*, message.announced_size FROM seen LEFT JOIN message ON message.id = seen.message
  WHERE seen.account = ?`;

export class JournalLedger implements SeenLedger {
  readonly #context: SpoolContext;

  constructor(context: SpoolContext) {
    this.#context = context;
  }

  accountState(accountId: string): "new" | "asked" | "known" {
    const row = this.#context.journal.get("SELECT state FROM account WHERE id = ?", accountId);
    return row === undefined ? "new" : oneOf(row["state"], ["known", "asked", "new"]);
  }

  setAccountState(accountId: string, state: "asked" | "known"): Promise<void> {
    const { journal } = this.#context;
    return journal.commit(() => {
      journal.run(
        "INSERT INTO account (id, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
        accountId,
        state,
      );
    });
  }

  async enterMailbox(accountId: string, mailbox: string): Promise<"same" | "other"> {
    const { journal } = this.#context;
    const row = journal.get("SELECT mailbox FROM account WHERE id = ?", accountId);
    const before = textOrNull(row?.["mailbox"]);
    if (before === mailbox) return "same";
    await journal.commit(() => {
      journal.run(
        `INSERT INTO account (id, state, mailbox) VALUES (?, 'new', ?)
         ON CONFLICT DO UPDATE SET mailbox = excluded.mailbox`,
        accountId,
        mailbox,
      );
      if (before === null) return;
      journal.run("DELETE FROM seen WHERE account = ? AND whole_hash IS NULL", accountId);
      // Under a name that no id has. Equal messages become one.
      journal.run(
        `UPDATE OR REPLACE seen SET uid_hash = 'moved:' || whole_hash, uid = NULL, state = 'gone', tries = 0
         WHERE account = ?`,
        accountId,
      );
      journal.run(
        "UPDATE account SET moved = 1, state = CASE state WHEN 'asked' THEN 'new' ELSE state END WHERE id = ?",
        accountId,
      );
    });
    return before === null ? "same" : "other";
  }

  isMoved(accountId: string): boolean {
    return this.#context.journal.get("SELECT moved FROM account WHERE id = ?", accountId)?.["moved"] === 1;
  }

  setMoved(accountId: string, moved: boolean): Promise<void> {
    const { journal } = this.#context;
    return journal.commit(() => {
      journal.run("UPDATE account SET moved = ? WHERE id = ?", moved ? 1 : 0, accountId);
    });
  }

  find(accountId: string, uids: readonly string[]): ReadonlyMap<string, SeenRecord> {
    const found = new Map<string, SeenRecord>();
    for (let from = 0; from < uids.length; from += LOOK_UP) {
      const piece = uids.slice(from, from + LOOK_UP);
      const hashes = piece.map(hashUid);
      const rows = this.#rows(accountId, hashes);
      for (const [index, uid] of piece.entries()) {
        const row = rows.get(hashes[index] ?? "");
        if (row !== undefined) found.set(uid, seenRecord(row, uid));
      }
    }
    return found;
  }

  had(accountId: string): { readonly ids: boolean; readonly hashes: boolean } {
    const row = this.#context.journal.get(
      `SELECT min(substr(uid, 1, 7) = 'sha256:') AS hashes FROM seen
       WHERE account = ? AND state <> 'gone' AND uid IS NOT NULL`,
      accountId,
    );
    return { ids: row?.["hashes"] === 0, hashes: row?.["hashes"] === 1 };
  }

  inState(accountId: string, state: SeenRecord["state"]): readonly SeenRecord[] {
    return this.#context.journal
      .all("SELECT * FROM seen WHERE account = ? AND state = ? AND uid IS NOT NULL", accountId, state)
      .map((row) => seenRecord(row, text(row["uid"])));
  }

  knowsHash(accountId: string, wholeHash: string): boolean {
    return (
      this.#context.journal.get(
        `SELECT 1 FROM seen WHERE account = ? AND whole_hash = ? AND state IN ('collected', 'gone', 'left')
         LIMIT 1`,
        accountId,
        wholeHash,
      ) !== undefined
    );
  }

  countHash(accountId: string, wholeHash: string): number {
    const row = this.#context.journal.get(
      `SELECT count(*) AS number FROM seen
       WHERE account = ? AND whole_hash = ? AND state <> 'gone' AND substr(uid, 1, ?) = ?`,
      accountId,
      wholeHash,
      `sha256:${wholeHash}#`.length,
      `sha256:${wholeHash}#`,
    );
    return number(row?.["number"]);
  }

  record(accountId: string, records: readonly SeenRecord[], now: number): Promise<void> {
    const byUid = new Map(records.map((record) => [record.uid, record]));
    return this.#inSlices(inTableOrder([...byUid.keys()]), ({ uid, hash }) => {
      const record = byUid.get(uid) as SeenRecord;
      this.#context.journal.run(
        `INSERT INTO seen (account, uid_hash, uid, state, tries, collected_at, whole_hash, listed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET uid = excluded.uid, state = excluded.state, tries = excluded.tries,
           collected_at = excluded.collected_at, whole_hash = excluded.whole_hash,
           listed_at = excluded.listed_at`,
        accountId,
        hash,
        record.uid,
        record.state,
        record.tries,
        record.collectedAt,
        record.wholeHash,
        now,
      );
    });
  }

  async listed(accountId: string, uids: Iterable<string>, now: number): Promise<void> {
    const { journal } = this.#context;
    if (journal.get("SELECT 1 FROM seen WHERE account = ? LIMIT 1", accountId) === undefined) return;
    const listed = new HashSet(UID_HASH_OCTETS);
    for (const uid of uids) {
      listed.add(Buffer.from(hashUid(uid), "hex"));
      if (listed.size % SLICE === 0) await setImmediate();
    }
    for (let after = ""; ; ) {
      const rows = journal.all(
        `SELECT uid_hash, uid, state, listed_at FROM seen WHERE account = ? AND uid_hash > ?
         ORDER BY uid_hash LIMIT ?`,
        accountId,
        after,
        SLICE,
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      after = text(last["uid_hash"]);
      await this.#inSlices(
        rows.flatMap((row) => this.#listedChange(row, listed, now)),
        (change) => change(accountId),
      );
      await setImmediate();
    }
  }

  deletionConfirmed(accountId: string, uids: readonly string[], now: number): Promise<void> {
    const { journal } = this.#context;
    return this.#inSlices(inTableOrder(uids), ({ uid, hash }) => {
      if (isHashIdentity(uid)) {
        journal.run("DELETE FROM seen WHERE account = ? AND uid_hash = ?", accountId, hash);
      } else {
        journal.run(
          `UPDATE seen SET state = 'gone', listed_at = max(listed_at, ?)
           WHERE account = ? AND uid_hash = ? AND state = 'collected'`,
          now,
          accountId,
          hash,
        );
      }
    });
  }

  safeToDelete(accountId: string, uids: readonly string[]): Promise<ReadonlySet<string>> {
    return safeToDelete(this.#context, accountId, uids);
  }

  /** One is asked for with each message that is collected. */
  #rows(accountId: string, hashes: readonly string[]): ReadonlyMap<string, Row> {
    const { journal } = this.#context;
    const rows =
      hashes.length === 1
        ? journal.all(`${SEEN} AND seen.uid_hash = ?`, accountId, hashes[0] ?? "")
        : journal.all(
            `${SEEN} AND seen.uid_hash IN (SELECT value FROM json_each(?))`,
            accountId,
            JSON.stringify(hashes),
          );
    return new Map(rows.map((row) => [text(row["uid_hash"]), row]));
  }

  #listedChange(row: Row, listed: HashSet, now: number): readonly ((accountId: string) => void)[] {
    const { journal } = this.#context;
    const uidHash = text(row["uid_hash"]);
    const octets = Buffer.from(uidHash, "hex");
    const listedAt = number(row["listed_at"]);
    // Records of another mailbox are under names that are no hash.
    if (octets.length === UID_HASH_OCTETS && listed.has(octets)) {
      if (Math.abs(now - listedAt) < DAY) return [];
      return [
        (account) =>
          journal.run(
            "UPDATE seen SET listed_at = ? WHERE account = ? AND uid_hash = ?",
            now,
            account,
            uidHash,
          ),
      ];
    }
    const forget = (account: string): void => {
      journal.run("DELETE FROM seen WHERE account = ? AND uid_hash = ?", account, uidHash);
    };
    const believed = this.#context.policy().clockBelieved !== false;
    if (believed && listedAt <= now - limits.seenForgetDays * DAY) return [forget];
    if (row["state"] !== "collected") return [];
    return [
      (account) =>
        journal.run("UPDATE seen SET state = 'gone' WHERE account = ? AND uid_hash = ?", account, uidHash),
    ];
  }

  async #inSlices<T>(items: readonly T[], run: (item: T) => void): Promise<void> {
    for (let start = 0; start < items.length; start += SLICE) {
      await this.#context.journal.commit(() => {
        for (const item of items.slice(start, start + SLICE)) run(item);
      });
    }
  }
}

/** Slices of it touch few pages each, however long the table is. */
function inTableOrder(uids: readonly string[]): readonly { readonly uid: string; readonly hash: string }[] {
  return uids
    .map((uid) => ({ uid, hash: hashUid(uid) }))
    .sort((one, other) => (one.hash < other.hash ? -1 : 1));
}

function isHashIdentity(uid: string): boolean {
  return uid.startsWith("sha256:");
}

function seenRecord(row: Row, uid: string): SeenRecord {
  const announcedSize = numberOrNull(row["announced_size"]);
  return {
    uid,
    ...(announcedSize === null ? {} : { announcedSize }),
    state: oneOf(row["state"], SEEN_STATES),
    tries: number(row["tries"]),
    collectedAt: numberOrNull(row["collected_at"]),
    wholeHash: textOrNull(row["whole_hash"]),
  };
}

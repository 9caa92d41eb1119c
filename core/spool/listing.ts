/** Reading pages of what the journal holds. Nothing here changes anything. */
import type { Folder, FolderRow } from "../model/message.ts";
import { folderRow, type MessageRecord, messageRecord } from "./rows.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, numberOrNull, oneOf, textOrNull } from "./spool-context.ts";
import { type AttemptOutcome, readDelays, readResults } from "./stored-values.ts";

/** One try to deliver, with the answers it got. */
export interface AttemptRecord {
  /** 0: under way. */
  readonly id: number;
  /** ms since 1970 */
  readonly startedAt: number;
  /** null: under way. */
  readonly endedAt: number | null;
  /** interrupted: the process ended during it. body-missing: the file was gone. */
  readonly state: "open" | "finished" | "interrupted" | "body-missing";
  readonly relay: string | null;
  readonly session: string | null;
  readonly delays: readonly [number, number, number, number] | null;
  readonly results: readonly AttemptOutcome[];
}

export function listFolder(
  { journal, directory }: SpoolContext,
  folder: Folder,
  afterId: number,
  limit: number,
): readonly FolderRow[] {
  return journal
    .all("SELECT * FROM message WHERE folder = ? AND id > ? ORDER BY id LIMIT ?", folder, afterId, limit)
    .flatMap((row) => folderRow(messageRecord(journal, row, directory.mail)) ?? []);
}

export interface UnseenMessages {
  /** Junk that could not be reported and that nobody has acknowledged. */
  readonly junk: number;
  /** Messages in Errors without a report. */
  readonly errors: number;
}

export function countUnseen({ journal }: SpoolContext): UnseenMessages {
  const row = journal.get(
    `SELECT
       (SELECT count(*) FROM message INDEXED BY message_unseen_junk WHERE folder = 'Junk' AND acknowledged_at IS NULL
         AND junk_reason IN ('report-refused', 'report-failed')) AS junk,
       (SELECT count(*) FROM message INDEXED BY message_unreported
         WHERE folder = 'Errors' AND report_state = 'off') AS errors`,
  );
  return { junk: number(row?.["junk"]), errors: number(row?.["errors"]) };
}

/** When the message with the highest id was taken over; null: there never was one. */
export function newestMessageAt({ journal }: SpoolContext): number | null {
  const row = journal.get("SELECT received_at FROM message ORDER BY id DESC LIMIT 1");
  return row === undefined ? null : number(row["received_at"]);
}

export function findMessage({ journal, directory }: SpoolContext, id: number): MessageRecord | null {
  const row = journal.get("SELECT * FROM message WHERE id = ?", id);
  return row === undefined ? null : messageRecord(journal, row, directory.mail);
}

export function attemptsOf({ journal }: SpoolContext, id: number): readonly AttemptRecord[] {
  const ended = journal.all("SELECT * FROM attempt WHERE message = ? ORDER BY id", id);
  const open = journal.all(
    "SELECT 0 AS id, claimed_at AS started_at, 'open' AS state FROM message WHERE id = ? AND claimed = 1",
    id,
  );
  return [...ended, ...open].map((row) => ({
    id: number(row["id"]),
    startedAt: number(row["started_at"]),
    endedAt: numberOrNull(row["ended_at"]),
    state: oneOf(row["state"], ["finished", "open", "interrupted", "body-missing"]),
    relay: textOrNull(row["relay"]),
    session: textOrNull(row["session"]),
    delays: readDelays(textOrNull(row["delays"])),
    results: readResults(textOrNull(row["results"])),
  }));
}

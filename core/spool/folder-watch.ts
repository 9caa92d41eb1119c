/**
 * What is in the folders, as the journal itself tells it, whoever writes.
 *
 * 1. How many are in each is kept by triggers, in the transaction of the change: what is undone is undone there too.
 *    Table and triggers are temporary, in the memory of this connection; they are made anew at each start.
 * 2. Whoever keeps a list hears of each message whose place in it may have changed. That is a hint and no more (the
 *    transaction may be undone, the row be as before): the row says how it is.
 */
import type { Folder } from "../model/message.ts";
import type { Journal } from "./journal.ts";
import { folderOrNull, number } from "./spool-context.ts";

/** SQL: `own` is a report or an alert in Inbox; everywhere else nobody asks. */
const own = (row: "new" | "old"): string => `(${row}.folder = 'Inbox' AND ${row}.kind <> 'mail')`;
const count = (row: "new" | "old", step: "+ 1" | "- 1"): string =>
  `UPDATE folder_count SET number = number ${step} WHERE folder = ${row}.folder AND own = ${own(row)}`;

const TABLES = `
  PRAGMA temp_store = MEMORY;
  CREATE TEMP TABLE folder_count (
    folder TEXT NOT NULL, own INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (folder, own)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO folder_count VALUES ('Inbox', 0, 0), ('Inbox', 1, 0), ('Errors', 0, 0), ('Junk', 0, 0), ('Backup', 0, 0);
  UPDATE folder_count SET number =
    (SELECT count(*) FROM message INDEXED BY message_folder WHERE message.folder = folder_count.folder) WHERE own = 0;
  UPDATE folder_count SET number =
    (SELECT count(*) FROM message INDEXED BY message_folder WHERE folder = 'Inbox' AND kind <> 'mail') WHERE own = 1;
  UPDATE folder_count SET number = number - (SELECT number FROM folder_count WHERE own = 1)
    WHERE folder = 'Inbox' AND own = 0;

  CREATE TEMP TRIGGER folder_entered AFTER INSERT ON main.message WHEN new.folder IS NOT NULL
    BEGIN ${count("new", "+ 1")}; SELECT folder_touched(new.id); END;
  CREATE TEMP TRIGGER folder_left AFTER DELETE ON main.message WHEN old.folder IS NOT NULL
    BEGIN ${count("old", "- 1")}; SELECT folder_touched(old.id); END;
  CREATE TEMP TRIGGER folder_changed AFTER UPDATE OF folder ON main.message WHEN old.folder IS NOT new.folder
    BEGIN ${count("old", "- 1")}; ${count("new", "+ 1")}; END;
  -- What folders are sorted and searched by; recipients never change without one of these being written.
  CREATE TEMP TRIGGER folder_touched
    AFTER UPDATE OF folder, sender, claimed, due_at, report_state, outcome ON main.message
    BEGIN SELECT folder_touched(new.id); END;
`;

export class FolderWatch {
  readonly #journal: Journal;
  readonly #listeners = new Set<(id: number) => void>();

  constructor(journal: Journal) {
    this.#journal = journal;
    const touched = (id: unknown): null => {
      for (const listener of this.#listeners) listener(number(id));
      return null;
    };
    journal.database.function("folder_touched", { deterministic: false }, touched);
    journal.script(TABLES);
  }

  counts(): Readonly<Record<Folder, number>> {
    const counts = { Inbox: 0, Errors: 0, Junk: 0, Backup: 0 };
    for (const row of this.#journal.all("SELECT folder, number FROM folder_count")) {
      const folder = folderOrNull(row["folder"]);
      if (folder !== null) counts[folder] += number(row["number"]);
    }
    return counts;
  }

  /** Collected mail that waits in Inbox; reports and alerts are ours and do not count. */
  waitingMail(): number {
    const row = this.#journal.get("SELECT number FROM folder_count WHERE folder = 'Inbox' AND own = 0");
    return number(row?.["number"]);
  }

  /** Called inside transactions: it has to be quick, and not throw. The returned function ends it. */
  onTouched(listener: (id: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

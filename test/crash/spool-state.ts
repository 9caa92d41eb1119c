/** Folders and journal of a data folder that nobody has open, read without any of the gateway's code. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface SpoolState {
  /** `Errors/x.eml`, sorted. */
  readonly files: readonly string[];
  /** The same from the journal's rows. */
  readonly rows: readonly string[];
  readonly temporary: readonly string[];
  readonly integrity: unknown;
  /** Rows with recipients that still wait. */
  readonly pending: number;
  /** File moves or removals that were never done. */
  readonly tasks: number;
}

export async function spoolState(data: string): Promise<SpoolState> {
  const files: string[] = [];
  for (const folder of ["Inbox", "Errors", "Junk", "Backup"]) {
    for (const name of await readdir(join(data, "mail", folder))) files.push(`${folder}/${name}`);
  }
  const database = new DatabaseSync(join(data, "efs.db"), { readOnly: true });
  try {
    const rows = database.prepare("SELECT folder, file FROM message WHERE folder IS NOT NULL").all();
    const number = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
    return {
      files: files.sort(),
      rows: rows.map((row) => `${row["folder"]}/${row["file"]}`).sort(),
      temporary: await readdir(join(data, "mail", ".temporary")),
      integrity: database.prepare("PRAGMA integrity_check").get()?.["integrity_check"],
      pending: number("SELECT count(*) n FROM recipient WHERE state IN ('queued', 'deferred')"),
      tasks: number("SELECT count(*) n FROM message WHERE file_task = 1"),
    };
  } finally {
    database.close();
  }
}

import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderWatch } from "../../core/spool/folder-watch.ts";
import type { Journal } from "../../core/spool/journal.ts";
import { openJournal } from "../../core/spool/open-journal.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let journal: Journal;
let watch: FolderWatch;
let touched: number[];

beforeEach(async () => {
  journal = openJournal(`${await temporaryFolder()}/efs.db`, 0).journal;
  await journal.commit(() => {
    for (const folder of ["Inbox", "Inbox", "Errors", null]) insert(folder);
    insert("Inbox", "report");
    insert("Junk", "alert");
  });
  watch = new FolderWatch(journal);
  touched = [];
  watch.onTouched((id) => touched.push(id));
});
afterEach(() => journal.close());

let name = 0;
function insert(folder: string | null, kind = "mail"): number {
  name += 1;
  return journal.insert(
    `INSERT INTO message (queue_id, kind, account, server, folder, file, sender, from_text, subject, message_id, size,
       wire_size, eight_bit_header, eight_bit_body, whole_hash, received_at, usable_from)
     VALUES (?, ?, '', '', ?, '', '', '', '', '', 1, 1, 0, 0, '', 0, 0)`,
    `Q${name}`,
    kind,
    folder,
  );
}

const counts = (): readonly number[] => [...Object.values(watch.counts()), watch.waitingMail()];

test("what was there at the start, and what comes, goes and moves", async () => {
  expect(counts()).toEqual([3, 1, 1, 0, 2]);
  await journal.commit(() => insert("Inbox"));
  await journal.commit(() => insert("Inbox", "alert"));
  await journal.commit(() => insert(null));
  expect(counts()).toEqual([5, 1, 1, 0, 3]);
  await journal.commit(() => journal.run("UPDATE message SET folder = 'Backup' WHERE kind = 'report'"));
  await journal.commit(() => journal.run("UPDATE message SET folder = 'Inbox' WHERE folder = 'Errors'"));
  expect(counts()).toEqual([5, 0, 1, 1, 4]);
  await journal.commit(() => journal.run("UPDATE message SET folder = NULL WHERE id = 1"));
  await journal.commit(() => journal.run("DELETE FROM message WHERE id IN (1, 2)"));
  expect(counts()).toEqual([3, 0, 1, 1, 2]);
});

test("what is undone is not counted", async () => {
  const failing = journal.commit(() => {
    insert("Errors");
    throw new Error("undone");
  });
  await Promise.all([expect(failing).rejects.toThrow("undone"), journal.commit(() => insert("Junk"))]);
  expect(counts()).toEqual([3, 1, 2, 0, 2]);
});

test("whose place in a list may have changed is told, until nobody listens", async () => {
  const id = await journal.commit(() => insert("Inbox"));
  await journal.commit(() => insert(null));
  await journal.commit(() => journal.run("UPDATE message SET claimed = 1 WHERE id = 2"));
  await journal.commit(() => journal.run("UPDATE message SET reported_at = 5 WHERE id = 2"));
  await journal.commit(() => journal.run("DELETE FROM message WHERE id = 3"));
  expect(touched).toEqual([id, 2, 3]);
  const ignore = watch.onTouched(() => {
    throw new Error("nobody listens");
  });
  ignore();
  await journal.commit(() => insert("Inbox"));
  expect(touched.length).toBe(4);
});

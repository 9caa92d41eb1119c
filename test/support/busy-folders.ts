/**
 * Folders as full as they get, put into a journal that `fillHistory` has filled: a tenth of what was delivered is still
 * in Backup (scattered over all the years), what went to Errors and Junk is there too; then what was listed again in
 * Errors after a lost journal, and what waits in Inbox. The last two are not in the index yet.
 */
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Folder } from "../../core/model/message.ts";
import { createRandom } from "./random.ts";

export interface BusyFolders {
  readonly waiting: number;
  readonly listedAgain: number;
  /** ms since 1970 */
  readonly now: number;
}

/** The longest back-off there is: when what waits is tried again. */
const RETRY = 3_600_000;
/** A file system gives one file so many names only. */
const NAMES = 30_000;

/** While no spool has it open. */
export function fillFolders(dataDirectory: string, { waiting, listedAgain, now }: BusyFolders): void {
  const database = new DatabaseSync(join(dataDirectory, "efs.db"));
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  database.exec(`UPDATE message SET folder = 'Backup' WHERE outcome = 'delivered' AND id % 10 = 3;
    UPDATE message SET folder = 'Errors', report_state = 'reported', reported_at = closed_at WHERE outcome = 'errors';
    UPDATE message SET folder = 'Junk', junk_reason = 'blocked' WHERE outcome = 'junk';
    UPDATE message SET file = 'main-' || printf('%028x', id) || '-' || printf('%012x', id) || '.eml' WHERE folder IS NOT NULL`);
  const random = createRandom(11);
  const words = "offer invoice order delivery meeting report question answer holiday machine".split(" ");
  const word = (): string => words[Math.floor(random.next() * words.length)] ?? "";
  const message = database.prepare(
    `INSERT INTO message (queue_id, kind, account, uid, server, folder, file, sender, from_text, subject, message_id,
       date, size, wire_size, eight_bit_header, eight_bit_body, whole_hash, duplicate_key, received_at, closed_at,
       outcome, usable_from, due_at, report_state)
     VALUES (?, 'mail', 'main', ?, 'pop.example.net', ?, ?, ?, ?, ?, ?, ?, ?, 4000, 0, 0, ?, ?, ?, ?, ?, 0, ?, ?)`,
  );
  const recipient = database.prepare(
    "INSERT INTO recipient (message, address, role, state, detail, tries) VALUES (?, ?, 'addressed', ?, ?, 1)",
  );
  const trail = database.prepare("INSERT INTO trail (message, kind, steps) VALUES (?, 'addressed', '[]')");
  const deferred = `{"kind":"deferred","nextAt":${now + RETRY},"failure":{"scope":"route","permanent":false,"reply":null,"problem":{"code":"smtp-refused","what":"The mail server at 127.0.0.1 refuses connections.","cure":"Look whether it runs."}}}`;
  const put = (number: number, folder: Folder): void => {
    const inbox = folder === "Inbox";
    const at = now - 20 * (listedAgain + waiting - number);
    const queueId = (0xf00000000000 + number).toString(16).toUpperCase();
    const sender = `${word()}${number % 7_919}@${word()}.example`;
    const hash = number.toString(16).padStart(64, "0");
    const id = Number(
      message.run(
        queueId,
        `uid-${number}`,
        folder,
        `main-${number.toString(16).padStart(28, "0")}-${queueId.toLowerCase()}.eml`,
        sender,
        `"${word()} ${number % 997}" <${sender}>`,
        `${word()} ${word()} ${number % 10_007} ${word()}`,
        `<${number}@${word()}.example>`,
        at,
        1_000 + Math.floor(random.next() * 100_000),
        hash,
        hash,
        at,
        inbox ? null : at,
        inbox ? null : "listed-again",
        inbox ? now + RETRY : null,
        inbox ? null : "off",
      ).lastInsertRowid,
    );
    const state = inbox
      ? ["deferred", deferred]
      : ["removed", `{"kind":"removed","at":${at},"reason":"by-policy"}`];
    recipient.run(id, `${word()}@office.test`, state[0] ?? "", state[1] ?? "");
    trail.run(id);
  };
  for (let number = 1; number <= listedAgain; number += 1) put(number, "Errors");
  for (let number = 1; number <= waiting; number += 1) put(listedAgain + number, "Inbox");
  database.exec("COMMIT");
  makeFiles(dataDirectory, database);
  database.close();
}

function makeFiles(dataDirectory: string, database: DatabaseSync): void {
  const rows = database.prepare("SELECT folder, file FROM message WHERE folder IS NOT NULL").all();
  let original = "";
  for (const [index, { folder, file }] of rows.entries()) {
    const place = join(dataDirectory, "mail", String(folder));
    const path = join(place, String(file));
    if (index % NAMES === 0) {
      mkdirSync(place, { recursive: true });
      original = path;
      writeFileSync(path, "From: a@b.example\r\nSubject: x\r\n\r\nx\r\n");
    } else linkSync(original, path);
  }
}

/** A journal filled with any number of closed messages, as years of an office's mail would leave it. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRandom } from "./random.ts";

export interface HistoryFill {
  readonly count: number;
  /** ms since 1970 of the first message. */
  readonly startAt: number;
  /** Milliseconds from one message to the next. */
  readonly apart: number;
}

const SYLLABLES = "ka ro mi te lu sa ne do vi pa zu he fo gri bel tan mor sil dra qui".split(" ");

/** The n-th word of a vocabulary without end. */
function word(number: number): string {
  let text = "";
  for (let rest = number + 20; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    text += SYLLABLES[rest % SYLLABLES.length];
  }
  return text;
}

/** While no spool has it open. Every 1000th went to Errors, every 50th to Junk. */
export function fillHistory(dataDirectory: string, { count, startAt, apart }: HistoryFill): void {
  const random = createRandom(7);
  /** Few are common, most are rare. */
  const rank = (size: number): number => Math.floor(size ** random.next()) - 1;
  const database = new DatabaseSync(join(dataDirectory, "efs.db"));
  const message = database.prepare(
    `INSERT INTO message (queue_id, kind, account, uid, server, folder, file, sender, from_text, subject, message_id,
       date, size, wire_size, eight_bit_header, eight_bit_body, whole_hash, duplicate_key, received_at, closed_at,
       outcome, usable_from)
     VALUES (?, 'mail', ?, ?, 'pop.example.net', NULL, ?, ?, ?, ?, ?, ?, 4000, 4000, 0, 0, ?, ?, ?, ?, ?, 0)`,
  );
  const recipient = database.prepare(
    "INSERT INTO recipient (message, address, role, state, detail, tries) VALUES (?, ?, 'addressed', 'delivered', ?, 1)",
  );
  const attempt = database.prepare(
    "INSERT INTO attempt (message, started_at, ended_at, state, relay, session, delays, results) VALUES (?, ?, ?, 'finished', 'mail[192.0.2.1]:25', 'smtp-1', '[0,1,2,3]', ?)",
  );
  const trail = database.prepare("INSERT INTO trail (message, kind, steps) VALUES (?, 'addressed', '[]')");
  const hex = (length: number): string =>
    Array.from({ length }, () => Math.floor(random.next() * 16).toString(16)).join("");
  database.exec("PRAGMA synchronous = OFF");
  database.exec("BEGIN");
  for (let number = 1; number <= count; number += 1) {
    const at = startAt + number * apart;
    const who = rank(30_000);
    const sender = `${word(who)}.${word(who % 977)}@${word(who % 4_001)}.example`;
    const subject = Array.from({ length: 3 + Math.floor(random.next() * 6) }, () => word(rank(40_000)));
    if (random.next() < 0.3) subject.unshift("Re");
    if (number % 100_000 === 77) subject.push("Zwiebelfisch");
    const outcome = number % 1_000 === 0 ? "errors" : number % 50 === 0 ? "junk" : "delivered";
    const id = Number(
      message.run(
        (at * 256 + (number % 256)).toString(16).slice(-12).toUpperCase().padStart(12, "0"),
        number % 3 === 0 ? "second" : "main",
        hex(20),
        `main-${hex(16)}.eml`,
        sender,
        `${word(who)} ${word(who % 977)} <${sender}>`,
        subject.join(" "),
        `<${hex(24)}@${word(who % 4_001)}.example>`,
        at,
        hex(64),
        hex(64),
        at,
        at + 2_000,
        outcome,
      ).lastInsertRowid,
    );
    const recipients = random.next() < 0.8 ? 1 : 3;
    for (let index = 0; index < recipients; index += 1) {
      const detail = `{"kind":"delivered","at":${at},"reply":{"code":250,"enhanced":"2.0.0","text":"Ok: queued as ${hex(10)}"},"relay":"mail[192.0.2.1]:25"}`;
      recipient.run(id, `${word(rank(100))}@office.example`, detail);
    }
    attempt.run(
      id,
      at,
      at + 1_000,
      `[{"address":"x@office.example","outcome":{"kind":"delivered","reply":{"code":250,"enhanced":null,"text":"Ok"}}}]`,
    );
    trail.run(id);
    if (number % 20_000 === 0) database.exec("COMMIT; BEGIN");
  }
  database.exec("COMMIT");
  database.close();
}

/** Journals of earlier versions of the program, as they are opened by this one. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { MIGRATIONS } from "../../core/spool/migrations.ts";
import { openJournal } from "../../core/spool/open-journal.ts";
import { spoolKit } from "../support/spool-kit.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const NOW = Date.UTC(2026, 10, 20);

function makeJournal(path: string, version: number): void {
  const database = new DatabaseSync(path);
  for (const sql of MIGRATIONS.slice(0, version)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${version}`);
  database.exec(`INSERT INTO meta (name, value) VALUES ('installation-id', 'old');
    INSERT INTO account (id, state) VALUES ('main', 'known');
    INSERT INTO message (queue_id, kind, account, uid, server, announced_size, folder, file, sender, from_text, subject,
      message_id, size, wire_size, eight_bit_header, eight_bit_body, whole_hash, received_at, closed_at, outcome,
      usable_from) VALUES ('0A', 'mail', 'main', 'uid-1', 'pop', 200, NULL, 'f', 'a@b', 'A', 'Hello', '<m@x>', 200, 200, 0,
      0, 'hash', ${NOW - 1}, ${NOW}, 'delivered', 0);
    INSERT INTO recipient (message, address, role, state, detail) VALUES (1, 'c@d', 'addressed', 'delivered',
      '{"kind":"delivered","at":1,"reply":{"code":250,"enhanced":null,"text":"Ok"},"relay":"r"}');
    INSERT INTO trail (message, kind, steps) VALUES (1, 'addressed', '[]');
    INSERT INTO seen (account, uid_hash, uid, state, tries, collected_at, whole_hash, message, listed_at)
      VALUES ('main', 'h1', 'uid-1', 'collected', 0, ${NOW}, 'hash', 1, ${NOW});`);
  database.close();
}

function schema(path: string): unknown {
  const database = new DatabaseSync(path);
  const parts = database
    .prepare("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
    .all()
    .map(({ type, name }) => `${type} ${name}`);
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  database.close();
  return { version, parts };
}

async function newSchema(): Promise<unknown> {
  const path = join(await temporaryFolder(), "efs.db");
  await openJournal(path, NOW).journal.close();
  return schema(path);
}

test.each([1, 2, 3, 4, 5, 6])(
  "a journal of version %i: nothing of it is lost, and all is there that a new one has",
  async (version) => {
    const kit = spoolKit(await temporaryFolder());
    const path = join(kit.directory, "efs.db");
    mkdirSync(kit.directory, { mode: 0o700 });
    makeJournal(path, version);

    const spool = await kit.open();
    const known = { uid: "uid-1", state: "collected", tries: 0, collectedAt: NOW, wholeHash: "hash" };
    expect(spool.installationId).toBe("old");
    expect([spool.ledger.accountState("main"), spool.ledger.isMoved("main")]).toEqual(["known", false]);
    expect(spool.ledger.inState("main", "collected")).toEqual([known]);
    await spool.indexHistory();
    for (const query of [{}, { words: "hello" }, { recipient: "c@d" }]) {
      expect(
        spool.history(query).rows.map(({ queueId, summary, outcome }) => [queueId, summary.subject, outcome]),
      ).toEqual([["0A", "Hello", "delivered"]]);
    }
    expect([...(await spool.activity.since(NOW - 1)).values()]).toEqual([
      { collected: 1, delivered: 0, errors: 0, junk: 0 },
      { collected: 0, delivered: 1, errors: 0, junk: 0 },
    ]);
    await spool.close();
    expect([schema(path), kit.alerts]).toEqual([await newSchema(), []]);
  },
);

test("what an earlier version was trying when it ended is due again, with its attempt", async () => {
  const kit = spoolKit(await temporaryFolder());
  mkdirSync(join(kit.directory, "mail", "Inbox"), { mode: 0o700, recursive: true });
  const path = join(kit.directory, "efs.db");
  makeJournal(path, 5);
  writeFileSync(join(kit.directory, "mail", "Inbox", "f.eml"), "Subject: Hello\r\n\r\nHello\r\n");
  const before = new DatabaseSync(path);
  before.exec(`UPDATE recipient SET state = 'queued', detail = '{"kind":"queued"}';
    UPDATE message SET folder = 'Inbox', file = 'f.eml', closed_at = NULL, outcome = NULL, claimed = 1, due_at = ${NOW};
    INSERT INTO attempt (message, started_at, state) VALUES (1, ${NOW - 7}, 'open')`);
  before.close();

  const spool = await kit.open();
  const nothing = { relay: null, session: null, delays: null, results: [] };
  const ended = { id: 1, state: "interrupted", startedAt: NOW - 7, endedAt: kit.clock.now(), ...nothing };
  expect(spool.attempts(1)).toEqual([ended]);
  const now = kit.clock.now();
  const order = { limit: 9, kinds: ["mail"], now, ignoreBackoff: false, nextAt: now + 60_000 } as const;
  expect((await spool.queue.claim(order)).map(({ id }) => id)).toEqual([1]);
  const open = { id: 0, state: "open", startedAt: now, endedAt: null, ...nothing };
  expect(spool.attempts(1)).toEqual([ended, open]);
  await spool.close();
});

test("a migration that ends in the middle leaves the version before it, and is done by the next start", async () => {
  const path = join(await temporaryFolder(), "efs.db");
  makeJournal(path, 3);
  const before = new DatabaseSync(path);
  before.exec("CREATE TABLE message_received (in_the_way)");
  before.close();
  expect(() => openJournal(path, NOW)).toThrow("could not be opened");
  const between = new DatabaseSync(path);
  const closed = "SELECT sql FROM sqlite_master WHERE name = 'message_closed'";
  expect([
    between.prepare("PRAGMA user_version").get()?.["user_version"],
    between.prepare("SELECT 1 FROM sqlite_master WHERE name = 'message_listed'").get(),
    between.prepare(closed).get()?.["sql"],
  ]).toEqual([
    4,
    undefined,
    "CREATE INDEX message_closed ON message (closed_at) WHERE closed_at IS NOT NULL",
  ]);
  between.exec("DROP TABLE message_received");
  between.close();
  await openJournal(path, NOW).journal.close();
  expect(schema(path)).toEqual(await newSchema());
});

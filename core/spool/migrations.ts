/**
 * The journal's tables. One migration a version; a released one is never changed.
 *
 * `message` is the queue record and, once the file has gone, the history row. `folder` is where its file is
 * (null: nowhere any more). `due_at` is null unless some recipient is queued or deferred, so that the
 * indexes below hold only what is at work, whatever the length of the history. What is long and seldom read
 * (`trail`) has a table of its own. An index that takes a random page for each message taken over costs more
 * than anything else here, so there are few: queue ids rise with time, and a file is found by the queue id in
 * its name.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE account (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    uid TEXT,
    server TEXT NOT NULL,
    announced_size INTEGER,
    folder TEXT,
    file TEXT NOT NULL,
    -- 1: its file may not be where this row says yet (moved or removed after the commit)
    file_task INTEGER NOT NULL DEFAULT 0,
    sender TEXT NOT NULL,
    from_text TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    date INTEGER,
    size INTEGER NOT NULL,
    wire_size INTEGER NOT NULL,
    eight_bit_header INTEGER NOT NULL,
    eight_bit_body INTEGER NOT NULL,
    whole_hash TEXT NOT NULL,
    duplicate_key TEXT,
    never_reported INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL,
    -- when the last recipient was settled; null: pending
    closed_at INTEGER,
    -- delivered, errors, junk, discarded, nobody-left, removed, listed-again; null: pending
    outcome TEXT,
    outcome_detail TEXT,
    due_at INTEGER,
    claimed INTEGER NOT NULL DEFAULT 0,
    -- attempts in a row that ended with the process
    interrupted INTEGER NOT NULL DEFAULT 0,
    -- the usable-time counter (meta) when it was queued; later, the less what it was held
    usable_from INTEGER NOT NULL,
    -- the counter when the last of its pending recipients was held; null: clock runs
    usable_stopped INTEGER,
    junk_reason TEXT,
    report_of INTEGER,
    report_form TEXT,
    report_state TEXT,
    report_due_at INTEGER,
    -- the form that its next report takes
    report_next_form TEXT,
    reported_at INTEGER
  ) STRICT;
  CREATE INDEX message_due ON message (kind, due_at) WHERE due_at IS NOT NULL AND claimed = 0;
  CREATE INDEX message_claimed ON message (id) WHERE claimed = 1;
  CREATE INDEX message_folder ON message (folder, id) WHERE folder IS NOT NULL;
  CREATE INDEX message_foreign_file ON message (file) WHERE outcome = 'listed-again';
  CREATE INDEX message_file_task ON message (id) WHERE file_task = 1;
  CREATE INDEX message_report_due ON message (report_due_at) WHERE report_state = 'waiting';
  CREATE INDEX message_report_sending ON message (id) WHERE report_state = 'sending';
  CREATE INDEX message_report_of ON message (report_of) WHERE report_of IS NOT NULL;
  CREATE INDEX message_closed ON message (closed_at) WHERE closed_at IS NOT NULL;

  CREATE TABLE trail (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    steps TEXT NOT NULL
  ) STRICT;

  CREATE TABLE recipient (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    role TEXT NOT NULL,
    -- the kind of state; detail is the whole of it
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    unknown_tries INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX recipient_message ON recipient (message);

  CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    -- open, finished, interrupted, body-missing
    state TEXT NOT NULL,
    relay TEXT,
    session TEXT,
    delays TEXT,
    results TEXT
  ) STRICT;
  CREATE INDEX attempt_message ON attempt (message);
  CREATE INDEX attempt_open ON attempt (message) WHERE state = 'open';

  CREATE TABLE seen (
    account TEXT NOT NULL,
    uid_hash TEXT NOT NULL,
    -- null: known by its hash alone (from the name of a file)
    uid TEXT,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    collected_at INTEGER,
    whole_hash TEXT,
    -- may name a message whose history row has gone (ids are never given twice)
    message INTEGER,
    listed_at INTEGER NOT NULL,
    PRIMARY KEY (account, uid_hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_whole_hash ON seen (account, whole_hash) WHERE whole_hash IS NOT NULL;
  CREATE INDEX seen_unusual ON seen (account, state) WHERE state NOT IN ('collected', 'gone');

  CREATE TABLE duplicate (
    key TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (key, recipient)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX duplicate_at ON duplicate (at);
  `,
  // --- 2: the history can be searched (spool/history-index) ------------------------------------------------
  `
  -- 1: in the index as it is now
  ALTER TABLE message ADD COLUMN indexed_for_search INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX message_to_index ON message (id) WHERE indexed_for_search = 0;
  -- Junk that was never reported is not aged before somebody has taken note of it; when that was
  ALTER TABLE message ADD COLUMN acknowledged_at INTEGER;
  -- Backup is the one folder that grows without end: what is old enough is found without a look at the rest.
  CREATE INDEX message_backup ON message (closed_at) WHERE folder = 'Backup';

  CREATE VIRTUAL TABLE history USING fts5 (
    sender, recipient, subject, ident, facet,
    detail = 'column', columnsize = 0, tokenize = "ascii tokenchars '@._+=-'"
  );
  -- What is deleted is taken out of the index at once, not merely marked.
  INSERT INTO history (history, rank) VALUES ('secure-delete', 1);
  INSERT INTO history (history, rank) VALUES ('automerge', 8);

  -- For each 1,024 ids that are in the index: when the first and the last of them were taken over.
  CREATE TABLE history_zone (
    zone INTEGER PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT;

  CREATE TRIGGER history_outcome AFTER UPDATE OF outcome ON message
    WHEN old.indexed_for_search = 1 AND new.outcome IS NOT old.outcome
    BEGIN UPDATE message SET indexed_for_search = 0 WHERE id = new.id; END;
  CREATE TRIGGER history_recipient AFTER INSERT ON recipient
    BEGIN UPDATE message SET indexed_for_search = 0 WHERE id = new.message AND indexed_for_search = 1; END;
  CREATE TRIGGER history_erased AFTER DELETE ON message
    BEGIN DELETE FROM history WHERE rowid = old.id; END;
  `,
  // --- 3: what people did to a message (spool/actions) ------------------------------------------------------
  `
  CREATE TABLE action (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    -- given by whoever asks: the same once more does nothing more
    action_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- who asked
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- the answer that was given, in words
    detail TEXT NOT NULL,
    -- the message that it made; its row may have gone
    made INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX action_once ON action (message, action_id);
  `,
  // --- 4: whose messages the rows of `seen` are (spool/seen-ledger) ----------------------------------------
  `
  -- server and user; null: not known
  ALTER TABLE account ADD COLUMN mailbox TEXT;
  -- 1: its ids have changed, only hashes tell what we have
  ALTER TABLE account ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
  `,
  // --- 5: folders as people look at them, and what went through (spool/folder-list, spool/activity) ----------
  `
  -- All that a folder is sorted by. Mail that goes through Inbox pays nothing for it.
  CREATE INDEX message_listed ON message (folder, id, outcome, report_state, size, sender, from_text, subject)
    WHERE folder <> 'Inbox';
  -- What nobody was told of.
  CREATE INDEX message_unreported ON message (id) WHERE folder = 'Errors' AND report_state = 'off';
  CREATE INDEX message_unseen_junk ON message (id)
    WHERE folder = 'Junk' AND acknowledged_at IS NULL AND junk_reason IN ('report-refused', 'report-failed');
  CREATE INDEX message_received ON message (received_at) WHERE kind = 'mail';
  DROP INDEX message_closed;
  CREATE INDEX message_closed ON message (closed_at, kind, outcome) WHERE closed_at IS NOT NULL;
  `,
  // --- 6: what is being tried is the message's own affair; `attempt` gets a row when that is over -----------------
  `
  -- when it was claimed
  ALTER TABLE message ADD COLUMN claimed_at INTEGER;
  UPDATE message SET claimed_at = coalesce(
      (SELECT started_at FROM attempt WHERE attempt.message = message.id AND state = 'open'), received_at)
    WHERE claimed = 1;
  DELETE FROM attempt WHERE state = 'open';
  DROP INDEX attempt_open;
  `,
  // --- 7: what is at work has one index: a claimed message gets its file task when it is no longer claimed ----------
  `
  DROP INDEX message_claimed;
  DROP INDEX message_file_task;
  CREATE INDEX message_at_work ON message (id) WHERE claimed = 1 OR file_task = 1;
  `,
];

export const JOURNAL_VERSION = MIGRATIONS.length;

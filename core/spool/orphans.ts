/**
 * Message files without a record: left by a crash, put into Inbox by hand, or all that is left after the loss
 * of the journal (PRODUCT section 2, rule 6).
 *
 * 1. Every look is at Inbox as it is now; what the start found in the other folders is handed out until it is
 *    listed again.
 * 2. A file that somebody else puts there may still be being written: it must have been unchanged for 5 seconds.
 * 3. A name of ours says account, identity and queue id. Where that queue id belongs to another message already
 *    (a saved copy put back), the file counts as put there by hand; one that an antivirus program had taken
 *    away and gave back keeps its account.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { limits } from "../model/limits.ts";
import type { Folder, OrphanFile, ReceivedBody } from "../model/message.ts";
import { ProblemError } from "../model/problem.ts";
import type { FileStatus } from "../util/file-system.ts";
import { HAND_ACCOUNT, isMessageFile, parseFileName } from "./file-name.ts";
import { MessageScanner } from "./message-scan.ts";
import type { SpoolContext } from "./spool-context.ts";
import { number, text } from "./spool-context.ts";
import { fileChangingProblem, storageError } from "./spool-problem.ts";

const UNCHANGED_FOR = 5_000;
const SLICE = 500;
const PAGE = 4_000;

interface Look extends FileStatus {
  readonly since: number;
}

export class Orphans {
  readonly #context: SpoolContext;
  readonly #inFlight: ReadonlySet<string>;
  /** Of the other folders, until each is listed again or gone. */
  readonly #atStart: ReadonlyMap<Folder, Set<string>>;
  #looks = new Map<string, Look>();

  constructor(
    context: SpoolContext,
    inFlight: ReadonlySet<string>,
    atStart: ReadonlyMap<Folder, ReadonlySet<string>>,
  ) {
    this.#context = context;
    this.#inFlight = inFlight;
    this.#atStart = new Map([...atStart].map(([folder, files]) => [folder, new Set(files)]));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OrphanFile, void, undefined> {
    const names = new Map(this.#atStart);
    names.set("Inbox", await this.#inboxNames());
    const before = this.#looks;
    const looks = new Map<string, Look>();
    this.#looks = looks;
    let count = 0;
    for (const [folder, files] of names) {
      for (const file of files) {
        count += 1;
        if (count % SLICE === 0) await setImmediate();
        const orphan = await this.#look(folder, file, before, looks);
        if (orphan !== null) yield orphan;
        else if (folder !== "Inbox") files.delete(file);
      }
    }
  }

  /** Its content, as if it had just been received. Rejects with ProblemError. */
  async read(orphan: OrphanFile): Promise<ReceivedBody> {
    const { fileSystem } = this.#context;
    const scanner = new MessageScanner(limits.headerBytes);
    try {
      for await (const part of fileSystem.read(orphan.path)) scanner.push(part);
    } catch (error) {
      throw storageError(error, orphan.path, "could not be read");
    }
    const body = { temporaryPath: orphan.path, ...scanner.end() };
    const { size, changedAt } = (await this.#status(orphan.path)) ?? { size: -1, changedAt: -1 };
    if (body.size !== orphan.size || size !== orphan.size || changedAt !== orphan.modifiedAt) {
      throw new ProblemError(fileChangingProblem(orphan.path));
    }
    return body;
  }

  /** Those that the journal does not know, as far as can be told from the names alone. */
  async #inboxNames(): Promise<Set<string>> {
    const { fileSystem, directory, journal } = this.#context;
    const place = directory.folder("Inbox");
    let names: Set<string>;
    try {
      names = new Set((await fileSystem.readFolder(place)).filter(isMessageFile));
    } catch (error) {
      throw storageError(error, `The folder ${place}`, "could not be read");
    }
    for (let after = 0; names.size > 0; ) {
      const rows = journal.all(
        "SELECT id, file FROM message WHERE folder = 'Inbox' AND id > ? ORDER BY id LIMIT ?",
        after,
        PAGE,
      );
      for (const row of rows) names.delete(text(row["file"]));
      if (rows.length < PAGE) break;
      after = number(rows.at(-1)?.["id"]);
      await setImmediate();
    }
    return names;
  }

  async #look(
    folder: Folder,
    file: string,
    before: ReadonlyMap<string, Look>,
    looks: Map<string, Look>,
  ): Promise<OrphanFile | null> {
    const { journal, directory, clock } = this.#context;
    if (this.#inFlight.has(file) || this.#recorded(folder, file)) return null;
    const path = join(directory.folder(folder), file);
    const status = await this.#status(path);
    // Taken in the meantime, or by somebody else.
    if (status === null || this.#inFlight.has(file) || this.#recorded(folder, file)) return null;
    const facts = { folder, file, path, size: status.size, modifiedAt: status.changedAt };
    const byHand = { kind: "mail", accountId: HAND_ACCOUNT, uidHash: null, queueId: null } as const;
    const name = parseFileName(file);
    const owner =
      name === null
        ? undefined
        : journal.get("SELECT account, outcome FROM message WHERE queue_id = ?", name.queueId);
    if (name !== null && owner === undefined) {
      const mailbox = name.kind === "mail" && !name.accountId.startsWith("_");
      return { ...facts, ...name, uidHash: mailbox ? name.uidHash : null };
    }
    const now = clock.now();
    const last = before.get(path);
    const same = last?.size === status.size && last.changedAt === status.changedAt;
    const since = same ? last.since : now;
    looks.set(path, { ...status, since });
    const age = now - status.changedAt;
    if (folder === "Inbox" && now - since < UNCHANGED_FOR && age < UNCHANGED_FOR) return null;
    if (owner?.["outcome"] === "removed") return { ...facts, ...byHand, accountId: text(owner["account"]) };
    return { ...facts, ...byHand };
  }

  async #status(path: string): Promise<FileStatus | null> {
    try {
      return await this.#context.fileSystem.status(path);
    } catch (error) {
      throw storageError(error, path, "could not be looked at");
    }
  }

  /** By the queue id in its name; a file that was listed again keeps the name it was found under. */
  #recorded(folder: Folder, file: string): boolean {
    const { journal } = this.#context;
    const named = journal.get(
      "SELECT folder, file, file_task FROM message WHERE queue_id = ?",
      parseFileName(file)?.queueId ?? "",
    );
    if (named?.["file"] === file && (named["folder"] === folder || named["file_task"] === 1)) return true;
    const listed = journal.get(
      "SELECT 1 FROM message WHERE file = ? AND folder = ? AND outcome = 'listed-again'",
      file,
      folder,
    );
    return listed !== undefined;
  }
}

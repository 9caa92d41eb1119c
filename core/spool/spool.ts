/**
 * The spool: the only writer of the four folders, and of the journal that knows all about them. It implements
 * the ports of collecting, delivering and settling; `gateway.ts` hands them out.
 */
import type { ActionRecord } from "../model/action.ts";
import type { TrailStep } from "../model/envelope.ts";
import type {
  ForgottenHistory,
  HistoryKey,
  HistoryMessage,
  HistoryPage,
  HistoryQuery,
} from "../model/history.ts";
import type { Accepted, AcceptOrder, Folder, FolderRow, OrphanFile, ReceivedBody } from "../model/message.ts";
import type {
  BodyStore,
  Clock,
  DeliveryQueue,
  Log,
  OutcomeStore,
  RaiseAlert,
  ReceivingBody,
  RouteStore,
  SeenLedger,
} from "../model/ports.ts";
import { ProblemError } from "../model/problem.ts";
import { errorCode, type FileSystem, nodeFileSystem, withRetries } from "../util/file-system.ts";
import { FolderSync } from "../util/folder-sync.ts";
import { Acceptor } from "./accept.ts";
import { actionsOf } from "./action-rows.ts";
import { Actions } from "./actions.ts";
import { ActivityCounts } from "./activity.ts";
import { receiveBody } from "./body-file.ts";
import { bringForward } from "./bring-forward.ts";
import { copyBody, readHeader } from "./copy-body.ts";
import { type DataDirectory, FOLDERS, makeAbsent, openDataDirectory } from "./data-directory.ts";
import { JournalQueue } from "./delivery-queue.ts";
import { isMessageFile } from "./file-name.ts";
import { FileTasks } from "./file-tasks.ts";
import { FolderLists } from "./folder-list.ts";
import { FolderWatch } from "./folder-watch.ts";
import { HistoryIndex } from "./history-index.ts";
import { historyMessage } from "./history-row.ts";
import { searchHistory } from "./history-search.ts";
import { Holds } from "./holds.ts";
import {
  type AttemptRecord,
  attemptsOf,
  countUnseen,
  findMessage,
  listFolder,
  newestMessageAt,
  type UnseenMessages,
} from "./listing.ts";
import { Meta } from "./meta.ts";
import { openJournal } from "./open-journal.ts";
import { Orphans } from "./orphans.ts";
import { OutcomeJournal } from "./outcome-journal.ts";
import { Owed } from "./owed.ts";
import { type Recovery, recover } from "./recovery.ts";
import { acknowledgeJunk, forgetHistory, type Retired, retire } from "./retention.ts";
import { type MessageRecord, trailOf } from "./rows.ts";
import { JournalLedger } from "./seen-ledger.ts";
import type { SpoolContext, SpoolPolicy } from "./spool-context.ts";
import { journalMissingProblem, storageProblem } from "./spool-problem.ts";

export interface SpoolOptions {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly raiseAlert: RaiseAlert;
  /** The settings that the spool goes by, asked for at each use. */
  readonly policy: () => SpoolPolicy;
  /** Tests and the fault harness put theirs here. */
  readonly fileSystem?: FileSystem;
}

export interface Notes {
  read(name: string): unknown;
  write(name: string, value: unknown): Promise<void>;
}

export interface Spool {
  readonly bodies: BodyStore;
  readonly ledger: SeenLedger;
  readonly queue: DeliveryQueue;
  readonly route: RouteStore;
  readonly outcomes: OutcomeStore;
  /** What waits in Inbox until it is released. */
  readonly holds: Holds;
  /** What people do to messages. */
  readonly actions: Actions;
  /** Small facts that are kept over restarts, as JSON; null: never written. */
  readonly notes: Notes;
  /** Who this installation is, for trace header and report header. */
  readonly installationId: string;
  readonly directory: DataDirectory;
  /** What the start found. */
  readonly recovery: Recovery;
  /** Files without a record: at first of all folders, then what is put into Inbox. Each is for `readOrphan`. */
  readonly orphans: AsyncIterable<OrphanFile>;
  /** Its content as if just received; then `accept` with `adopt`. Rejects with ProblemError. */
  readOrphan(orphan: OrphanFile): Promise<ReceivedBody>;
  /** For delivery, when a message's file is not there. Rejects with ProblemError: the folder is unreadable. */
  bodyMissing(id: number): Promise<"removed" | "present">;
  /** A page of a folder, oldest first, behind the row `afterId` (0: from the beginning). */
  list(folder: Folder, afterId: number, limit: number): readonly FolderRow[];
  counts(): Readonly<Record<Folder, number>>;
  /** A window of a folder, as people look at it. */
  readonly lists: FolderLists;
  /** What went through. */
  readonly activity: ActivityCounts;
  /** What nobody was told of by mail, and nobody has taken note of. */
  unseen(): UnseenMessages;
  /** Collected mail in Inbox, without reports and alerts. */
  waitingMail(): number;
  /** When the last message was taken over, ms since 1970; null: never. */
  newestMessageAt(): number | null;
  /** Also when its file has gone. */
  message(id: number): MessageRecord | null;
  /** How its recipients came about. */
  trail(id: number): readonly TrailStep[];
  attempts(id: number): readonly AttemptRecord[];
  /** What people did to a message, oldest first. */
  actionsOf(id: number): readonly ActionRecord[];
  /** A message's header, for the resolver; null: there is no file. Rejects with ProblemError. */
  readHeader(path: string): Promise<Buffer | null>;
  /** A new body of the same octets; null: there is no file. Rejects with ProblemError. */
  copyBody(path: string): Promise<ReceivedBody | null>;
  /** A page of the history, of some milliseconds of work: it may be short, and `next` says where to go on. */
  history(query: HistoryQuery): HistoryPage;
  /** null: there is no such row (any more). A file that is not there any more is not told. */
  historyMessage(which: HistoryKey): Promise<HistoryMessage | null>;
  /** Deletes rows from history and index whose messages are done with. */
  forgetHistory(ids: readonly number[]): Promise<ForgottenHistory>;
  /** Junk that was never reported is aged from now on. The number of messages. */
  acknowledgeJunk(ids: readonly number[] | "all"): Promise<number>;
  /** Next tries that were set by a clock far ahead are due now; the number of messages. */
  bringForward(): Promise<number>;
  /** The files of what was delivered are gone, as far as they can be removed. Never rejects. */
  removeDelivered(): Promise<void>;
  /** Brings the index of the history up to date. */
  indexHistory(): Promise<void>;
  /** Retention: what is old enough goes. Once an hour is enough. */
  tend(): Promise<Retired>;
  /** What is queued is committed; the data directory is given back. */
  close(): Promise<void>;
}

/** Rejects with ProblemError: in use, unwritable, newer version, folder missing, disk full, ... */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const fileSystem = withRetries(options.fileSystem ?? nodeFileSystem, options.clock);
  const directory = await openDataDirectory(options.dataDirectory, fileSystem);
  try {
    return await openOn(options, directory, fileSystem).catch((error: unknown) => {
      // Found damaged only when it was read: it is marked now, and put aside by the second try.
      if (!(error instanceof ProblemError) || error.problem.code !== "journal-damaged") throw error;
      return openOn(options, directory, fileSystem);
    });
  } catch (error) {
    directory.release();
    throw error;
  }
}

async function openOn(
  options: SpoolOptions,
  directory: DataDirectory,
  fileSystem: FileSystem,
): Promise<Spool> {
  const { log, clock, raiseAlert, policy } = options;
  const opened = openJournal(directory.journal, clock.now(), fileSystem, ({ problem }) =>
    raiseAlert({ cause: "journal-damaged", problem }),
  );
  const { journal } = opened;
  try {
    const folderSync = new FolderSync(fileSystem);
    const context = { clock, log, raiseAlert, policy, fileSystem, folderSync, directory, journal };
    await makeAbsent(directory, fileSystem, (folder) => listFolder(context, folder, 0, 1).length > 0);
    const rebuilt = opened.isNew && (opened.moved !== null || (await holdsMail(context)));
    if (rebuilt) {
      raiseAlert({
        cause: "journal-rebuilt",
        problem: opened.moved ?? journalMissingProblem(directory.journal),
      });
    }
    const meta = await Meta.open(journal);
    return new JournalSpool(context, meta, await recover(context, rebuilt));
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function holdsMail({ fileSystem, directory }: SpoolContext): Promise<boolean> {
  for (const folder of FOLDERS) {
    const names = await fileSystem.readFolder(directory.folder(folder)).catch((error: unknown) => {
      const place = `The folder ${directory.folder(folder)}`;
      throw new ProblemError(storageProblem(error, place, "could not be read"), { cause: error });
    });
    if (names.some(isMessageFile)) return true;
  }
  return false;
}

class JournalSpool implements Spool, BodyStore {
  readonly #context: SpoolContext;
  readonly #tasks: FileTasks;
  readonly #acceptor: Acceptor;
  readonly #orphans: Orphans;
  readonly #outcomes: OutcomeJournal;
  readonly #owed = new Owed();
  readonly #historyIndex: HistoryIndex;
  readonly #watch: FolderWatch;
  readonly lists: FolderLists;
  readonly activity: ActivityCounts;
  readonly holds: Holds;
  readonly actions: Actions;
  readonly ledger: SeenLedger;
  readonly queue: DeliveryQueue;
  readonly route: RouteStore;
  readonly notes: Notes;
  readonly installationId: string;
  readonly recovery: Recovery;

  constructor(context: SpoolContext, meta: Meta, recovery: Recovery) {
    this.#context = context;
    this.#tasks = new FileTasks(context);
    this.#acceptor = new Acceptor(context, this.#tasks, meta);
    this.#orphans = new Orphans(context, this.#acceptor.inFlight, recovery.orphans);
    this.#historyIndex = new HistoryIndex(context);
    this.#outcomes = new OutcomeJournal(context, this.#tasks, meta, this.#owed, () =>
      this.#historyIndex.noticed(),
    );
    this.#watch = new FolderWatch(context.journal);
    this.lists = new FolderLists(context, this.#watch);
    this.activity = new ActivityCounts(context);
    this.holds = new Holds(context, this.#tasks, meta);
    this.actions = new Actions(context, this.#tasks, meta, this.holds);
    this.ledger = new JournalLedger(context);
    this.queue = new JournalQueue(context, meta, this.#owed);
    this.route = meta;
    this.notes = {
      read: (name) => meta.readNote(name),
      write: (name, value) => meta.writeNote(name, value),
    };
    this.installationId = meta.installationId;
    this.recovery = recovery;
  }

  get bodies(): BodyStore {
    return this;
  }

  get outcomes(): OutcomeStore {
    return this.#outcomes;
  }

  get directory(): DataDirectory {
    return this.#context.directory;
  }

  get orphans(): AsyncIterable<OrphanFile> {
    return this.#orphans;
  }

  async receive(): Promise<ReceivingBody> {
    const { fileSystem, directory } = this.#context;
    return receiveBody(fileSystem, directory.temporary);
  }

  async accept(order: AcceptOrder): Promise<Accepted> {
    const accepted = await this.#acceptor.accept(order);
    if (accepted.kind === "closed" || accepted.kind === "junked") this.#historyIndex.noticed();
    return accepted;
  }

  async discard(body: Pick<ReceivedBody, "temporaryPath">): Promise<void> {
    const { fileSystem, directory, log } = this.#context;
    // A file that was found in a folder is not ours to throw away.
    if (!body.temporaryPath.startsWith(directory.temporary)) return;
    try {
      await fileSystem.unlink(body.temporaryPath);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return;
      log({ source: "spool", level: "warning", text: `${body.temporaryPath} could not be removed` });
    }
  }

  readOrphan(orphan: OrphanFile): Promise<ReceivedBody> {
    return this.#orphans.read(orphan);
  }

  bodyMissing(id: number): Promise<"removed" | "present"> {
    return this.#outcomes.bodyMissing(id);
  }

  list(folder: Folder, afterId: number, limit: number): readonly FolderRow[] {
    return listFolder(this.#context, folder, afterId, limit);
  }

  counts(): Readonly<Record<Folder, number>> {
    return this.#watch.counts();
  }

  unseen(): UnseenMessages {
    return countUnseen(this.#context);
  }

  waitingMail(): number {
    return this.#watch.waitingMail();
  }

  newestMessageAt(): number | null {
    return newestMessageAt(this.#context);
  }

  message(id: number): MessageRecord | null {
    return findMessage(this.#context, id);
  }

  trail(id: number): readonly TrailStep[] {
    return trailOf(this.#context.journal, id);
  }

  attempts(id: number): readonly AttemptRecord[] {
    return attemptsOf(this.#context, id);
  }

  actionsOf(id: number): readonly ActionRecord[] {
    return actionsOf(this.#context, id);
  }

  readHeader(path: string): Promise<Buffer | null> {
    return readHeader(this.#context.fileSystem, path);
  }

  async copyBody(path: string): Promise<ReceivedBody | null> {
    return copyBody(this.#context.fileSystem, path, await this.receive());
  }

  history(query: HistoryQuery): HistoryPage {
    return searchHistory(this.#context, query);
  }

  async historyMessage(which: HistoryKey): Promise<HistoryMessage | null> {
    const found = historyMessage(this.#context, which);
    if (found?.file == null) return found;
    const status = await this.#context.fileSystem.status(found.file.path).catch(() => null);
    return status === null ? { ...found, file: null } : found;
  }

  async forgetHistory(ids: readonly number[]): Promise<ForgottenHistory> {
    // What was delivered a moment ago still has its file to be removed.
    await this.#tasks.flush();
    return forgetHistory(this.#context, ids);
  }

  acknowledgeJunk(ids: readonly number[] | "all"): Promise<number> {
    return acknowledgeJunk(this.#context, ids);
  }

  bringForward(): Promise<number> {
    return bringForward(this.#context);
  }

  removeDelivered(): Promise<void> {
    return this.#tasks.removeNow();
  }

  indexHistory(): Promise<void> {
    return this.#historyIndex.catchUp();
  }

  tend(): Promise<Retired> {
    return retire(this.#context, this.#tasks, this.#context.clock.now());
  }

  async close(): Promise<void> {
    // What cannot be recorded now either counts as interrupted at the next start.
    await this.#owed.settle().catch(() => undefined);
    await this.#historyIndex.close();
    this.lists.close();
    await this.#tasks.flush();
    await this.#context.journal.close();
    this.#context.directory.release();
  }
}

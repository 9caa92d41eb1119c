/**
 * Moves and removals of message files, after the journal has said so.
 *
 * 1. The row says where the file belongs and that this is not done yet (`file_task`); then the file is moved.
 * 2. The task is struck off only when the folders are on the disk: otherwise a file could come back after a
 *    power cut and would be taken for new mail. Striking off is done for many at once.
 * 3. What is removed because it was delivered is removed together with others, a moment later: no message waits for it,
 *    and each by itself would cost twice as much. Where one cannot be removed the others wait a minute.
 * 4. A move that fails harms nobody: it is told, and made up for when the file is asked for, or at the next start. So is
 *    one whose commit was uncertain, as soon as that is settled.
 */
import { join } from "node:path";
import type { Folder } from "../model/message.ts";
import { errorCode } from "../util/file-system.ts";
import { FOLDERS } from "./data-directory.ts";
import type { SpoolContext } from "./spool-context.ts";
import { folderOrNull, number, text } from "./spool-context.ts";
import { storageProblem } from "./spool-problem.ts";

export interface FileTask {
  readonly id: number;
  readonly file: string;
  readonly from: Folder;
  /** null: it goes. */
  readonly to: Folder | null;
}

const STRIKE_AFTER = 1_000;
const STRIKE_AT = 256;
const REMOVE_AFTER = 200;
/** Files that are removed at the same time. */
const TOGETHER = 32;
/** After one that could not be removed, which took ten seconds; and how many may wait then. The next start finds the others. */
const PAUSE = 60_000;
const MOST_WAITING = 10_000;
const TO_BE_DONE = "SELECT id FROM message INDEXED BY message_at_work WHERE file_task = 1";

export class FileTasks {
  readonly #context: SpoolContext;
  #later: FileTask[] = [];
  #done: { readonly id: number; readonly to: Folder | null }[] = [];
  readonly #touched = new Set<Folder>();
  #disarm: (() => void) | null = null;
  #disarmLater: (() => void) | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(context: SpoolContext) {
    this.#context = context;
    context.journal.onCertain(() => void this.makeUp());
  }

  /** Never rejects. `missing`: the file was nowhere. */
  async run(task: FileTask): Promise<"done" | "missing" | "failed"> {
    const ran = await this.#run(task);
    if (ran === "done") this.#arm();
    return ran;
  }

  async #run(task: FileTask): Promise<"done" | "missing" | "failed"> {
    try {
      const found = await this.#carryOut(task);
      if (!found && task.to !== null) return "missing";
      this.#touched.add(task.from);
      if (task.to !== null) this.#touched.add(task.to);
      this.#done.push({ id: task.id, to: task.to });
      return "done";
    } catch (error) {
      const place = join(this.#context.directory.folder(task.from), task.file);
      const doing = task.to === null ? "could not be removed" : `could not be moved to ${task.to}`;
      const problem = storageProblem(error, place, doing);
      this.#context.log({ source: "spool", level: "warning", text: problem.what });
      this.#context.raiseAlert({ cause: `spool-files:${problem.code}`, problem });
      return "failed";
    }
  }

  /** A removal, soon. */
  runLater(task: FileTask): void {
    if (this.#later.length >= MOST_WAITING) return;
    this.#later.push(task);
    if (this.#later.length === STRIKE_AT) void this.removeNow();
    else this.#disarmLater ??= this.#context.clock.after(REMOVE_AFTER, () => void this.removeNow());
  }

  /** Those that were put off. Never rejects. */
  removeNow(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      await this.#removeAll();
      if (this.#done.length > 0) this.#arm();
    });
    return this.#flushing;
  }

  /** Does what has been left undone. Never rejects: what cannot be done now either is done at the next start. */
  makeUp(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#makeUp());
    return this.#flushing;
  }

  async #makeUp(): Promise<void> {
    const { directory, journal, log } = this.#context;
    try {
      // Nothing is done on the strength of rows that are not on the disk yet.
      await journal.commit(() => undefined);
      for (const { id: open } of journal.all(TO_BE_DONE)) {
        const id = number(open);
        // Somebody may have had it put elsewhere meanwhile.
        const row = journal.get("SELECT folder, file FROM message WHERE id = ? AND file_task = 1", id);
        if (row === undefined) continue;
        const to = folderOrNull(row["folder"]);
        const file = text(row["file"]);
        const from = await this.find(file, to);
        if (from !== null && from !== to) await this.run({ id, file, from, to });
      }
    } catch (error) {
      const { what } = storageProblem(error, directory.mail, "could not be looked through");
      log({ source: "spool", level: "warning", text: what });
    }
  }

  /** In which folder a file is, `to` before all others; null: in none. */
  async find(file: string, to: Folder | null): Promise<Folder | null> {
    const { directory, fileSystem } = this.#context;
    for (const folder of to === null ? FOLDERS : [to, ...FOLDERS]) {
      if ((await fileSystem.status(join(directory.folder(folder), file))) !== null) return folder;
    }
    return null;
  }

  /** Strikes off what is done. Never rejects: what stays is looked at again at the next start. */
  flush(): Promise<void> {
    this.#disarm?.();
    this.#disarm = null;
    this.#flushing = this.#flushing.then(() => this.#strikeOff());
    return this.#flushing;
  }

  async #removeAll(): Promise<void> {
    this.#disarmLater?.();
    this.#disarmLater = null;
    for (let refused = false; this.#later.length > 0 && !refused; ) {
      const together = this.#later.splice(0, TOGETHER);
      const ran = await Promise.all(together.map((task) => this.#run(task)));
      refused = ran.includes("failed");
    }
    if (this.#later.length > 0) {
      this.#disarmLater ??= this.#context.clock.after(PAUSE, () => void this.removeNow());
    }
  }

  async #strikeOff(): Promise<void> {
    await this.#removeAll();
    const done = this.#done;
    if (done.length === 0) return;
    const folders = [...this.#touched];
    this.#done = [];
    this.#touched.clear();
    const { directory, folderSync, journal } = this.#context;
    try {
      await Promise.all(folders.map((folder) => folderSync.sync(directory.folder(folder))));
      await journal.commit(() => {
        for (const { id, to } of done) {
          journal.run("UPDATE message SET file_task = 0 WHERE id = ? AND folder IS ?", id, to);
        }
      });
    } catch (error) {
      const { what } = storageProblem(error, directory.mail, "could not be flushed");
      this.#context.log({ source: "spool", level: "warning", text: what });
    }
  }

  /** Whether the file was somewhere. */
  async #carryOut(task: FileTask): Promise<boolean> {
    const { directory, fileSystem } = this.#context;
    const source = join(directory.folder(task.from), task.file);
    try {
      if (task.to === null) await fileSystem.unlink(source);
      else await fileSystem.rename(source, join(directory.folder(task.to), task.file));
      return true;
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
    if (task.to === null) return false;
    if ((await fileSystem.status(join(directory.folder(task.to), task.file))) !== null) return true;
    // A folder that cannot be read says nothing about its files.
    for (const folder of FOLDERS) await fileSystem.readFolder(directory.folder(folder));
    return false;
  }

  #arm(): void {
    if (this.#done.length >= STRIKE_AT) void this.flush();
    else this.#disarm ??= this.#context.clock.after(STRIKE_AFTER, () => void this.flush());
  }
}

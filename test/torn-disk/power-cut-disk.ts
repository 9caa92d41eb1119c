/**
 * A disk whose power can be cut. It is the real files, with everything written down that is done to them; afterwards the
 * data folder can be made as a cut at any moment could have left it:
 *
 * 1. Content that was not fsynced is there whole, as a part, as zeros, or not at all.
 * 2. A new name, a rename, a removal is certain only once its folder was fsynced; those that are not certain are there
 *    up to some moment (file systems keep their order), a rename whole or not.
 * 3. The journal is as it was when its log was flushed last, and of what was written since there is a part.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type FileSystem, nodeFileSystem } from "../../core/util/file-system.ts";

interface Inode {
  content: Buffer;
  /** As the last fsync found it. */
  synced: Buffer | null;
}

export interface JournalFiles {
  readonly database: Buffer;
  readonly wal: Buffer;
}

type Step =
  | { readonly kind: "create"; readonly path: string; readonly inode: number }
  | { readonly kind: "write"; readonly inode: number; readonly data: Buffer }
  | { readonly kind: "sync"; readonly inode: number }
  | { readonly kind: "rename"; readonly from: string; readonly to: string; readonly inode: number }
  | { readonly kind: "unlink"; readonly path: string }
  | { readonly kind: "sync-folder"; readonly path: string }
  /** The journal's log was flushed; everything that was committed is certain. */
  | { readonly kind: "commit"; readonly journal: JournalFiles }
  /** What somebody was told, and must be true from then on. */
  | { readonly kind: "promise"; readonly text: string };

/** What becomes of content that was written and not fsynced. */
export type Unsynced = "whole" | "half" | "zeros" | "nothing";

export interface Cut {
  /** So many steps were done. */
  readonly at: number;
  /** Names that are not certain are there up to this step. */
  readonly namesUpTo: number;
  readonly unsynced: Unsynced;
  /** The journal; default: as its last flush left it. */
  readonly journal?: JournalFiles;
}

export class PowerCutDisk implements FileSystem {
  readonly steps: Step[] = [];
  readonly #root: string;
  readonly #names = new Map<string, number>();
  #inodes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async create(path: string) {
    const file = await nodeFileSystem.create(path);
    const inode = this.#inodes++;
    this.#names.set(path, inode);
    this.steps.push({ kind: "create", path, inode });
    return {
      write: async (data: Buffer) => {
        await file.write(data);
        this.steps.push({ kind: "write", inode, data: Buffer.from(data) });
      },
      sync: async () => {
        await file.sync();
        this.steps.push({ kind: "sync", inode });
      },
      close: () => file.close(),
    };
  }

  async openToFlush(path: string) {
    const file = await nodeFileSystem.openToFlush(path);
    return {
      flush: async () => {
        await file.flush();
        this.steps.push({ kind: "commit", journal: this.journalFiles() });
      },
      close: () => file.close(),
    };
  }

  async rename(from: string, to: string) {
    await nodeFileSystem.rename(from, to);
    const inode = this.#names.get(from) ?? -1;
    this.#names.delete(from);
    this.#names.set(to, inode);
    this.steps.push({ kind: "rename", from, to, inode });
  }

  async unlink(path: string) {
    await nodeFileSystem.unlink(path);
    this.#names.delete(path);
    this.steps.push({ kind: "unlink", path });
  }

  async syncFolder(path: string) {
    await nodeFileSystem.syncFolder(path);
    this.steps.push({ kind: "sync-folder", path });
  }

  readFolder = nodeFileSystem.readFolder;
  eachName = nodeFileSystem.eachName;
  makeFolder = nodeFileSystem.makeFolder;
  status = nodeFileSystem.status;
  read = nodeFileSystem.read;

  promise(text: string): void {
    this.steps.push({ kind: "promise", text });
  }

  journalFiles(): JournalFiles {
    const path = join(this.#root, "efs.db");
    return { database: readFileSync(path), wal: readFileSync(`${path}-wal`) };
  }

  /** As the last flush before the cut left it. */
  journalAt(at: number): JournalFiles | null {
    const step = this.steps.slice(0, at).findLast(({ kind }) => kind === "commit");
    return step?.kind === "commit" ? step.journal : null;
  }

  promisesAt(at: number): readonly string[] {
    return this.steps.slice(0, at).flatMap((step) => (step.kind === "promise" ? [step.text] : []));
  }

  /** The data folder after the cut, in a folder of its own. */
  restore(cut: Cut, to: string): void {
    rmSync(to, { recursive: true, force: true });
    for (const folder of ["Inbox", "Errors", "Junk", "Backup", ".temporary"]) {
      mkdirSync(join(to, "mail", folder), { recursive: true });
    }
    const inodes = this.#contents(cut.at);
    for (const [path, inode] of this.#namesAfter(cut)) {
      const content = inodes.get(inode);
      if (content !== undefined) {
        writeFileSync(join(to, relative(this.#root, path)), left(content, cut.unsynced));
      }
    }
    const journal = cut.journal ?? this.journalAt(cut.at);
    if (journal === null) return;
    writeFileSync(join(to, "efs.db"), journal.database);
    if (journal.wal.length > 0) writeFileSync(join(to, "efs.db-wal"), journal.wal);
  }

  #contents(at: number): ReadonlyMap<number, Inode> {
    const inodes = new Map<number, Inode>();
    for (const step of this.steps.slice(0, at)) {
      if (step.kind === "create") inodes.set(step.inode, { content: Buffer.alloc(0), synced: null });
      const inode = "inode" in step ? inodes.get(step.inode) : undefined;
      if (inode === undefined) continue;
      if (step.kind === "write") inode.content = Buffer.concat([inode.content, step.data]);
      if (step.kind === "sync") inode.synced = inode.content;
    }
    return inodes;
  }

  #namesAfter({ at, namesUpTo }: Cut): ReadonlyMap<string, number> {
    const names = new Map<string, number>();
    this.steps.slice(0, at).forEach((step, index) => {
      const paths =
        step.kind === "rename"
          ? [step.from, step.to]
          : step.kind === "create" || step.kind === "unlink"
            ? [step.path]
            : [];
      const folders = new Set(paths.map((path) => dirname(path)));
      const certain = this.steps
        .slice(index, at)
        .some((later) => later.kind === "sync-folder" && folders.has(later.path));
      if (!certain && index >= namesUpTo) return;
      if (step.kind === "create") names.set(step.path, step.inode);
      if (step.kind === "unlink") names.delete(step.path);
      if (step.kind === "rename") {
        names.delete(step.from);
        names.set(step.to, step.inode);
      }
    });
    return names;
  }
}

function left({ content, synced }: Inode, unsynced: Unsynced): Buffer {
  if (synced === content) return content;
  const certain = synced ?? Buffer.alloc(0);
  switch (unsynced) {
    case "whole":
      return content;
    case "half":
      return content.subarray(0, Math.max(certain.length, content.length >> 1));
    case "zeros":
      return Buffer.concat([certain, Buffer.alloc(content.length - certain.length)]);
    case "nothing":
      return certain;
  }
}

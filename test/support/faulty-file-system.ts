import { type FileSystem, nodeFileSystem } from "../../core/util/file-system.ts";

export type Operation =
  | "create"
  | "open-to-flush"
  | "flush"
  | "write"
  | "sync"
  | "close"
  | "rename"
  | "unlink"
  | "read-folder"
  | "make-folder"
  | "sync-folder"
  | "status"
  | "read";

/** Whether this operation fails, and how (`ENOSPC`); null: it works. */
export type FaultPlan = (operation: Operation, path: string, count: number) => string | null;

export class InjectedError extends Error {
  readonly code: string;
  constructor(code: string, operation: string, path: string) {
    super(`${code}: injected, ${operation} '${path}'`);
    this.code = code;
  }
}

/** The real files, with every operation counted and any of them made to fail. */
export class FaultyFileSystem implements FileSystem {
  plan: FaultPlan = () => null;
  readonly operations: { readonly operation: Operation; readonly path: string }[] = [];

  #check(operation: Operation, path: string): void {
    this.operations.push({ operation, path });
    const code = this.plan(operation, path, this.operations.length);
    if (code !== null) throw new InjectedError(code, operation, path);
  }

  async create(path: string) {
    this.#check("create", path);
    const file = await nodeFileSystem.create(path);
    return {
      write: async (data: Buffer) => {
        this.#check("write", path);
        await file.write(data);
      },
      sync: async () => {
        this.#check("sync", path);
        await file.sync();
      },
      close: async () => {
        await file.close();
        this.#check("close", path);
      },
    };
  }

  async openToFlush(path: string) {
    this.#check("open-to-flush", path);
    const file = await nodeFileSystem.openToFlush(path);
    return {
      flush: async () => {
        this.#check("flush", path);
        await file.flush();
      },
      close: async () => {
        await file.close();
        this.#check("close", path);
      },
    };
  }

  async rename(from: string, to: string) {
    this.#check("rename", from);
    await nodeFileSystem.rename(from, to);
  }

  async unlink(path: string) {
    this.#check("unlink", path);
    await nodeFileSystem.unlink(path);
  }

  async readFolder(path: string) {
    this.#check("read-folder", path);
    return nodeFileSystem.readFolder(path);
  }

  async *eachName(path: string) {
    this.#check("read-folder", path);
    yield* nodeFileSystem.eachName(path);
  }

  async makeFolder(path: string) {
    this.#check("make-folder", path);
    await nodeFileSystem.makeFolder(path);
  }

  async syncFolder(path: string) {
    this.#check("sync-folder", path);
    await nodeFileSystem.syncFolder(path);
  }

  async status(path: string) {
    this.#check("status", path);
    return nodeFileSystem.status(path);
  }

  async *read(path: string) {
    this.#check("read", path);
    yield* nodeFileSystem.read(path);
  }
}

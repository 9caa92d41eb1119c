import type { FileSystem } from "./file-system.ts";

interface Round {
  readonly done: Promise<void>;
  start(): void;
}

/**
 * One folder fsync for many renames: a call waits for a flush that *begins* after it was made, and all calls
 * that come while one flush is running share the next.
 */
export class FolderSync {
  readonly #fileSystem: FileSystem;
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Round>();

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
  }

  sync(folder: string): Promise<void> {
    const waiting = this.#next.get(folder);
    if (waiting !== undefined) return waiting.done;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = promise.then(() => {
      this.#next.delete(folder);
      const flush = this.#fileSystem.syncFolder(folder).finally(() => {
        this.#running.delete(folder);
        this.#next.get(folder)?.start();
      });
      // Followers only wait for it to end; its failure is told to those who shared it.
      this.#running.set(
        folder,
        flush.catch(() => undefined),
      );
      return flush;
    });
    this.#next.set(folder, { done, start: resolve });
    // Everything that asks in this turn is in the first round too.
    if (!this.#running.has(folder)) setImmediate(resolve);
    return done;
  }
}

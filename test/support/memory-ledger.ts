/** A `SeenLedger` and an `Intake` in memory: what the spool does, without a disk. */
import { createHash } from "node:crypto";
import type { Accepted, MessageSource } from "../../core/model/message.ts";
import type { IncomingMessage, Intake, SeenLedger, SeenRecord } from "../../core/model/ports.ts";

export class MemoryLedger implements SeenLedger {
  readonly records = new Map<string, SeenRecord>();
  state: "new" | "asked" | "known" = "known";
  mailbox: string | null = null;
  moved = false;
  /** Ids whose file cannot be vouched for. */
  readonly unsafe = new Set<string>();
  /** Every id list that was given to `listed`. */
  readonly listings: string[][] = [];

  accountState(): "new" | "asked" | "known" {
    return this.state;
  }

  setAccountState(_accountId: string, state: "asked" | "known"): Promise<void> {
    this.state = state;
    return Promise.resolve();
  }

  enterMailbox(_accountId: string, mailbox: string): Promise<"same" | "other"> {
    const before = this.mailbox;
    this.mailbox = mailbox;
    if (before === null || before === mailbox) return Promise.resolve("same");
    const collected = [...this.records.values()].filter(({ wholeHash }) => wholeHash !== null);
    this.records.clear();
    for (const record of collected) {
      const uid = `moved:${record.wholeHash}`;
      this.records.set(uid, { ...record, uid, state: "gone", tries: 0 });
    }
    this.moved = true;
    if (this.state === "asked") this.state = "new";
    return Promise.resolve("other");
  }

  isMoved(): boolean {
    return this.moved;
  }

  setMoved(_accountId: string, moved: boolean): Promise<void> {
    this.moved = moved;
    return Promise.resolve();
  }

  find(_accountId: string, uids: readonly string[]): ReadonlyMap<string, SeenRecord> {
    const found = new Map<string, SeenRecord>();
    for (const uid of uids) {
      const record = this.records.get(uid);
      if (record !== undefined) found.set(uid, record);
    }
    return found;
  }

  inState(_accountId: string, state: SeenRecord["state"]): readonly SeenRecord[] {
    return [...this.records.values()].filter((record) => record.state === state);
  }

  had(): { readonly ids: boolean; readonly hashes: boolean } {
    const there = [...this.records.values()].filter(({ state }) => state !== "gone");
    const ids = there.some(({ uid }) => !uid.startsWith("sha256:"));
    return { ids, hashes: !ids && there.length > 0 };
  }

  knowsHash(_accountId: string, wholeHash: string): boolean {
    return [...this.records.values()].some((record) => record.wholeHash === wholeHash);
  }

  countHash(_accountId: string, wholeHash: string): number {
    return [...this.records.values()].filter(
      (record) => record.uid.startsWith(`sha256:${wholeHash}#`) && record.state !== "gone",
    ).length;
  }

  record(_accountId: string, records: readonly SeenRecord[]): Promise<void> {
    for (const record of records) this.records.set(record.uid, record);
    return Promise.resolve();
  }

  listed(_accountId: string, uids: Iterable<string>): Promise<void> {
    const listing = [...uids];
    const present = new Set(listing);
    this.listings.push(listing);
    for (const record of this.records.values()) {
      if (record.state === "collected" && !present.has(record.uid)) {
        this.records.set(record.uid, { ...record, state: "gone" });
      }
    }
    return Promise.resolve();
  }

  deletionConfirmed(_accountId: string, uids: readonly string[]): Promise<void> {
    for (const uid of uids) {
      const record = this.records.get(uid);
      if (uid.startsWith("sha256:")) this.records.delete(uid);
      else if (record !== undefined) this.records.set(uid, { ...record, state: "gone" });
    }
    return Promise.resolve();
  }

  safeToDelete(_accountId: string, uids: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(uids.filter((uid) => !this.unsafe.has(uid))));
  }

  /** uid -> state, for assertions on the whole. */
  states(): Record<string, string> {
    return Object.fromEntries([...this.records.values()].map(({ uid, state }) => [uid, state]));
  }
}

export interface TakenMessage {
  readonly uid: string | null;
  readonly content: Buffer;
}

export interface MemoryIntakeOptions {
  readonly now?: () => number;
  /** Runs before anything is taken; may reject or wait. */
  readonly beforeOpen?: (source: MessageSource) => Promise<void>;
  readonly beforeWrite?: (source: MessageSource, chunk: Buffer) => Promise<void> | undefined;
  readonly beforeComplete?: (source: MessageSource, content: Buffer) => Promise<void>;
  /** Only hashes are kept of what is taken. */
  readonly forgetContent?: boolean;
}

/** Takes messages as the spool does: known hashes and ids are recognised, records written. */
export class MemoryIntake implements Intake {
  readonly taken: TakenMessage[] = [];
  readonly sources: MessageSource[] = [];
  opened = 0;
  aborted = 0;
  completed = 0;
  /** Most messages that were open at once. */
  mostOpen = 0;
  readonly #ledger: MemoryLedger;
  readonly #options: MemoryIntakeOptions;

  constructor(ledger: MemoryLedger, options: MemoryIntakeOptions = {}) {
    this.#ledger = ledger;
    this.#options = options;
  }

  async open(source: MessageSource): Promise<IncomingMessage> {
    await this.#options.beforeOpen?.(source);
    this.opened += 1;
    this.sources.push(source);
    this.mostOpen = Math.max(this.mostOpen, this.opened - this.aborted - this.completed);
    const hash = createHash("sha256");
    const chunks: Buffer[] = [];
    let ended = false;
    const end = (): void => {
      if (ended) throw new Error("ended twice");
      ended = true;
    };
    return {
      write: (chunk) => {
        if (ended) throw new Error("written after its end");
        hash.update(chunk);
        if (!this.#options.forgetContent) chunks.push(chunk);
        return this.#options.beforeWrite?.(source, chunk);
      },
      complete: async () => {
        end();
        try {
          const content = Buffer.concat(chunks);
          await this.#options.beforeComplete?.(source, content);
          return await this.#accept(source, content, hash.digest("hex"));
        } finally {
          this.completed += 1;
        }
      },
      abort: () => {
        end();
        this.aborted += 1;
        return Promise.resolve();
      },
    };
  }

  async #accept(source: MessageSource, content: Buffer, wholeHash: string): Promise<Accepted> {
    const uid = source.uid ?? source.identify?.(wholeHash) ?? `sha256:${wholeHash}#0`;
    const before = this.#ledger.records.get(uid);
    const byHash = source.hashDecides === true;
    const other = byHash && before?.wholeHash !== wholeHash;
    const seen =
      (before?.state === "collected" && !other) || (byHash && this.#ledger.knowsHash("", wholeHash));
    const now = this.#options.now?.() ?? 0;
    await this.#ledger.record("", [
      { uid, state: "collected", tries: 0, collectedAt: before?.collectedAt ?? now, wholeHash },
    ]);
    if (seen) return { kind: "known", id: 0 };
    this.taken.push({ uid: source.uid, content });
    return { kind: "queued", id: this.taken.length, queueId: "000000000000", recipients: 1 };
  }
}

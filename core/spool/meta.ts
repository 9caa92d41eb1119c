import { randomUUID } from "node:crypto";
import type { RouteRecord, RouteStore } from "../model/ports.ts";
import type { Journal } from "./journal.ts";
import { readRoute } from "./stored-values.ts";

/** What the journal holds once: who this installation is, the route's state, the usable-time counter. */
export class Meta implements RouteStore {
  readonly #journal: Journal;
  readonly installationId: string;
  /** Milliseconds in which the route was usable, since ever. */
  #usableTime: number;

  private constructor(journal: Journal, installationId: string) {
    this.#journal = journal;
    this.installationId = installationId;
    this.#usableTime = Number(this.#read("usable-time") ?? 0) || 0;
  }

  static async open(journal: Journal): Promise<Meta> {
    const found = readMeta(journal, "installation-id");
    if (found !== null) return new Meta(journal, found);
    const made = randomUUID();
    await journal.commit(() => writeMeta(journal, "installation-id", made));
    return new Meta(journal, made);
  }

  get usableTime(): number {
    return this.#usableTime;
  }

  load(): RouteRecord {
    return readRoute(this.#read("route"));
  }

  save(record: RouteRecord): Promise<void> {
    return this.#journal.commit(() => writeMeta(this.#journal, "route", JSON.stringify(record)));
  }

  async addUsableTime(milliseconds: number): Promise<void> {
    if (!(milliseconds > 0)) return;
    await this.#journal.commit(() => {
      const total = (Number(this.#read("usable-time") ?? 0) || 0) + Math.round(milliseconds);
      writeMeta(this.#journal, "usable-time", String(total));
    });
    this.#usableTime = Number(this.#read("usable-time") ?? 0) || 0;
  }

  /** Small facts that others keep over restarts; what cannot be read is null. */
  readNote(name: string): unknown {
    try {
      return JSON.parse(this.#read(`note:${name}`) ?? "null");
    } catch {
      return null;
    }
  }

  writeNote(name: string, value: unknown): Promise<void> {
    return this.#journal.commit(() =>
      writeMeta(this.#journal, `note:${name}`, JSON.stringify(value ?? null)),
    );
  }

  #read(name: string): string | null {
    return readMeta(this.#journal, name);
  }
}

function readMeta(journal: Journal, name: string): string | null {
  const value = journal.get("SELECT value FROM meta WHERE name = ?", name)?.["value"];
  return typeof value === "string" ? value : null;
}

/** Only inside a work. */
function writeMeta(journal: Journal, name: string, value: string): void {
  journal.run(
    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    name,
    value,
  );
}

/** Queue, settling and route store in memory, for tests of the delivering side. Same promises, no disk. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  AttemptResult,
  MessageKind,
  QueuedMessage,
  QueuedRecipient,
  RecipientState,
} from "../../core/model/message.ts";
import { isPending } from "../../core/model/message.ts";
import type { ClaimOrder, Clock, DeliveryQueue, RouteRecord, RouteStore } from "../../core/model/ports.ts";

export interface NewMessage {
  readonly recipients: readonly string[];
  readonly sender?: string;
  readonly kind?: MessageKind;
  readonly content?: Buffer | string;
  readonly usableAge?: number;
  readonly path?: string;
  readonly size?: number;
  readonly eightBit?: boolean;
}

/** Octets on the wire: each bare CR and bare LF becomes two; a missing last line end is the encoder's affair. */
export function wireSizeOf(content: Buffer): number {
  return content.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n").length;
}

export function queuedMessage(id: number, message: NewMessage, path: string, now: number): QueuedMessage {
  const given = message.content ?? "Subject: test\r\n\r\nHello.\r\n";
  const content = typeof given === "string" ? Buffer.from(given) : given;
  return {
    id,
    queueId: id.toString(16).toUpperCase().padStart(12, "0"),
    kind: message.kind ?? "mail",
    source: { accountId: "main", uid: `uid-${id}`, server: "pop.isp.example", announcedSize: content.length },
    sender: message.sender ?? "sender@remote.example",
    recipients: message.recipients.map(
      (address, index): QueuedRecipient => ({
        id: id * 10_000 + index,
        address,
        role: "addressed",
        state: { kind: "queued" },
        tries: 0,
        unknownTries: 0,
      }),
    ),
    path: message.path ?? path,
    size: message.size ?? content.length,
    wireSize: message.size ?? wireSizeOf(content),
    eightBitHeader: false,
    eightBitBody: message.eightBit ?? content.some((octet) => octet > 127),
    receivedAt: now,
    claimedAt: now,
    usableAge: message.usableAge ?? 0,
    reportOf: null,
    reportForm: null,
  };
}

export class MemoryQueue implements DeliveryQueue, RouteStore {
  readonly results: AttemptResult[] = [];
  /** What happened, in order: claim 2, settle 1, release 1 */
  readonly events: string[] = [];
  readonly claimed = new Set<number>();
  readonly claims: ClaimOrder[] = [];
  record: RouteRecord = { failures: 0, nextProbeAt: 0 };
  usableTime = 0;
  /** Called before a result counts as stored. */
  beforeSettle: (result: AttemptResult) => Promise<void> | void = () => {};
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #messages = new Map<number, QueuedMessage>();
  #nextId = 1;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async add(message: NewMessage): Promise<QueuedMessage> {
    const id = this.#nextId;
    this.#nextId += 1;
    const path = join(this.#folder, `${id}.eml`);
    const queued = queuedMessage(id, message, path, this.#clock.now());
    if (message.path === undefined)
      await writeFile(path, message.content ?? "Subject: test\r\n\r\nHello.\r\n");
    this.#messages.set(id, queued);
    return queued;
  }

  states(id: number): readonly RecipientState[] {
    return this.#messages.get(id)?.recipients.map((recipient) => recipient.state) ?? [];
  }

  kinds(id: number): readonly string[] {
    return this.states(id).map((state) => state.kind);
  }

  remove(id: number): void {
    this.#messages.delete(id);
    this.claimed.delete(id);
  }

  claim(order: ClaimOrder): Promise<readonly QueuedMessage[]> {
    this.claims.push(order);
    const due = [...this.#messages.values()]
      .filter((message) => !this.claimed.has(message.id) && order.kinds.includes(message.kind))
      .map((message) => ({ message, at: dueAt(message) }))
      .filter(({ at }) => at !== null && (order.ignoreBackoff || at <= order.now))
      .sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.message.id - b.message.id)
      .slice(0, order.limit)
      .map(({ message }) => ({ ...message, claimedAt: order.now }));
    for (const { id } of due) this.claimed.add(id);
    if (due.length > 0) this.events.push(`claim ${due.map(({ id }) => id).join(" ")}`);
    return Promise.resolve(due);
  }

  release(messages: readonly QueuedMessage[]): Promise<void> {
    for (const { id } of messages) this.claimed.delete(id);
    this.events.push(`release ${messages.map(({ id }) => id).join(" ")}`);
    return Promise.resolve();
  }

  nextDueAt(kinds: readonly MessageKind[]): number | null {
    const times = [...this.#messages.values()]
      .filter((message) => kinds.includes(message.kind))
      .map(dueAt)
      .filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  readonly settle = async (result: AttemptResult): Promise<void> => {
    await this.beforeSettle(result);
    const message = this.#messages.get(result.message.id);
    if (message === undefined) throw new Error("settled a message that is not there");
    const changes = new Map(result.recipients.map((entry) => [entry.recipient.id, entry]));
    const recipients = message.recipients.map((recipient) => {
      const change = changes.get(recipient.id);
      if (change === undefined) return recipient;
      return { ...recipient, state: change.next, tries: change.tries, unknownTries: change.unknownTries };
    });
    this.#messages.set(message.id, { ...message, recipients });
    this.results.push(result);
    this.claimed.delete(message.id);
    this.events.push(`settle ${message.id}`);
  };

  load(): RouteRecord {
    return this.record;
  }

  save(record: RouteRecord): Promise<void> {
    this.record = record;
    return Promise.resolve();
  }

  addUsableTime(milliseconds: number): Promise<void> {
    this.usableTime += milliseconds;
    return Promise.resolve();
  }
}

function dueAt(message: QueuedMessage): number | null {
  const times = message.recipients
    .filter(({ state }) => isPending(state) && state.kind !== "held")
    .map(({ state }) => (state.kind === "deferred" ? state.nextAt : message.receivedAt));
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * A second thread for the first half of taking a message over: its file, its hashes, what its header says. While much
 * mail is collected, that holds up neither sending nor the pages.
 *
 * 1. It is started when there is much to collect and a second processor, and ends when it has had nothing to do.
 * 2. Only whole small messages go there. Their octets are kept until the answer comes: when the thread ends, whatever
 *    the cause, they are received here, and nothing was lost. A file that it left behind is cleared at the next start.
 * 3. It answers what this thread would have found: a message is judged by the settings and lists that were in force when
 *    it was handed over, or by later ones.
 */
import { Worker } from "node:worker_threads";
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { Clock, Log } from "../model/ports.ts";
import { ProblemError } from "../model/problem.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { gather } from "../util/gather.ts";
import type { Examined } from "./examine.ts";
import {
  LISTENING,
  type ThreadAnswer,
  type ThreadMessage,
  type ThreadOrder,
  type ThreadSetUp,
} from "./intake-thread-messages.ts";

export interface IntakeThreadParts extends ThreadSetUp {
  /** With one there is no second thread. */
  readonly processors: number;
  /** What runs in it; left out: intake-thread-entry. */
  readonly entry?: URL;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly lists: () => AddressListsInForce;
}

/** The thread has ended, and nothing became of the message. */
export class ThreadEndedError extends Error {}

/** The way of one account's messages through the thread. */
export interface ThreadDoor {
  /** Whether a message may be handed over now. */
  readonly open: boolean;
  /** Rejects with ProblemError as the spool would, or with `ThreadEndedError`. The octets must not change before. */
  receive(octets: Uint8Array): Promise<Examined>;
}

interface Waiting {
  readonly resolve: (examined: Examined) => void;
  readonly reject: (error: unknown) => void;
}

/** From the sources, or beside what was bundled. */
const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "intake-thread-entry.ts" : "intake-thread.js",
  import.meta.url,
);
/** Messages that are worth the twentieth of a second that a thread takes to start. */
const MANY = 100;
const IDLE = 5_000;
/** So long without an answer it counts as hung; well below what a disk is given (`limits.pop3.storing`). */
const SILENCE = 60_000;
const LAST_CHANCE = 5_000;

export class IntakeThread {
  readonly #parts: IntakeThreadParts;
  #worker: Worker | null = null;
  #listening = false;
  /** Since it was last looked at. */
  #heard = false;
  /** It ended by itself: it is not tried again. */
  #failed = false;
  #waiting = new Map<number, Waiting>();
  #order: (order: ThreadOrder) => void = () => undefined;
  #lastId = 0;
  /** What it was given. */
  #settings: Settings | null = null;
  #lists: AddressListsInForce | null = null;
  #accounts = new Map<AccountSettings, number>();
  #disarm = (): void => undefined;

  constructor(parts: IntakeThreadParts) {
    this.#parts = parts;
  }

  /** So many messages are going to be collected. */
  expect(messages: number): void {
    if (this.#parts.processors < 2 || messages < MANY || this.#worker !== null || this.#failed) return;
    this.#start();
  }

  /** For a pass over this mailbox. */
  door(account: AccountSettings): ThreadDoor {
    const isOpen = (): boolean => this.#listening;
    return {
      get open() {
        return isOpen();
      },
      receive: (octets) => this.#receive(account, octets),
    };
  }

  /** What it has in hand is received here. */
  async close(): Promise<void> {
    this.#failed = true;
    await this.#end();
  }

  #start(): void {
    const { temporary, installationId } = this.#parts;
    const workerData: ThreadSetUp = { temporary, installationId };
    let worker: Worker;
    try {
      worker = new Worker(this.#parts.entry ?? ENTRY, {
        name: "efs-intake",
        workerData,
        resourceLimits: { maxYoungGenerationSizeMb: 16 },
      });
    } catch (error) {
      this.#ended(error);
      return;
    }
    this.#worker = worker;
    worker.unref();
    worker.on("message", (message: ThreadMessage) => {
      if (this.#worker !== worker) return;
      this.#heard = true;
      if (message === LISTENING) this.#listening = true;
      else if ("fault" in message) this.#taken(message.id)?.reject(message.fault);
      else for (const answer of JSON.parse(message.answers) as ThreadAnswer[]) this.#answered(answer);
      if (this.#waiting.size === 0) this.#rest();
    });
    const ended = (error: unknown): void => {
      if (this.#worker === worker) this.#ended(error);
    };
    this.#order = gather((orders) => {
      try {
        worker.postMessage(orders);
      } catch (error) {
        // Something among the settings that cannot be copied: a fault of ours, and no reason to stop collecting.
        ended(error);
      }
    });
    worker.on("error", ended);
    worker.on("messageerror", ended);
    worker.on("exit", (code) => ended(new Error(`it ended with ${code}`)));
  }

  #receive(account: AccountSettings, octets: Uint8Array): Promise<Examined> {
    if (!this.#listening) return Promise.reject(new ThreadEndedError());
    this.#bringUpToDate();
    let number = this.#accounts.get(account);
    if (number === undefined) {
      number = this.#accounts.size;
      this.#accounts.set(account, number);
      this.#order({ kind: "account", number, account });
    }
    this.#lastId += 1;
    const id = this.#lastId;
    this.#order({ kind: "message", id, account: number, octets });
    if (this.#waiting.size === 0) this.#watch();
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #bringUpToDate(): void {
    const settings = this.#parts.settings();
    if (this.#settings !== settings) this.#order({ kind: "settings", settings });
    this.#settings = settings;
    const lists = this.#parts.lists();
    if (this.#lists !== lists) this.#order({ kind: "lists", lists });
    this.#lists = lists;
  }

  #answered(answer: ThreadAnswer): void {
    const waiting = this.#taken(answer.id);
    if ("examined" in answer) waiting?.resolve(answer.examined);
    else waiting?.reject(new ProblemError(answer.problem));
  }

  #taken(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** While it has something in hand: it has to say something from time to time. */
  #watch(): void {
    this.#heard = false;
    this.#disarm();
    this.#disarm = this.#parts.clock.after(SILENCE, () => {
      // This thread may have stood still, or the computer slept: what was answered meanwhile is heard first.
      this.#disarm = this.#parts.clock.after(LAST_CHANCE, () => {
        if (this.#heard) this.#watch();
        else this.#ended(new Error("it does not answer"));
      });
    });
  }

  #rest(): void {
    this.#disarm();
    this.#disarm = this.#parts.clock.after(IDLE, () => void this.#end());
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#forget();
    await worker?.terminate();
  }

  #ended(error: unknown): void {
    this.#failed = true;
    void this.#worker?.terminate();
    this.#forget();
    const why = error instanceof Error ? error.message : String(error);
    const text = `the second thread for collecting has ended (${why}); collecting goes on without it`;
    this.#parts.log({ source: "gateway", level: "warning", text });
  }

  #forget(): void {
    this.#disarm();
    this.#worker = null;
    this.#listening = false;
    this.#settings = null;
    this.#lists = null;
    this.#accounts = new Map();
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const { reject } of waiting.values()) reject(new ThreadEndedError());
  }
}

/**
 * A numbered stream with any number of listeners, none of which can slow it down.
 *
 * 1. Publishing never blocks, never throws and costs the same however slow a listener is.
 * 2. A listener holds a place in the ring, not a queue: it takes entries when it wants to. One that falls
 *    more than `lag` entries behind is moved forward and gets a gap marker instead of what it missed.
 * 3. A listener may begin at a sequence number that it knows (a page that reconnects); what the ring no
 *    longer holds is a gap too, as is a number of an earlier process (larger than any of ours).
 */
import { type Numbered, Ring } from "./ring.ts";

/** Entries `from` to `to` (both inclusive) were missed. */
export interface Gap {
  readonly gap: { readonly from: number; readonly to: number };
}

export interface Subscription<Entry> {
  /** What came since the last call, at most `limit`. Empty: nothing new. */
  take(limit: number): readonly (Entry | Gap)[];
  close(): void;
}

export interface SubscribeOptions {
  /** The last number that the listener has; left out: only what comes from now on. */
  readonly after?: number;
  /** Entries that it may be behind; default and maximum: the ring's capacity. */
  readonly lag?: number;
  /** Called once when there is something to take; again only after `take` has emptied it. */
  readonly onReady?: () => void;
}

interface Listener {
  place: number;
  waiting: boolean;
  readonly lag: number;
  readonly onReady: () => void;
}

export class Hub<Entry extends Numbered> {
  readonly #ring: Ring<Entry>;
  readonly #listeners = new Set<Listener>();

  constructor(capacity = 10_000) {
    this.#ring = new Ring<Entry>(capacity);
  }

  publish(entry: Entry): void {
    this.#ring.push(entry);
    for (const listener of this.#listeners) {
      if (listener.waiting) this.#notify(listener);
    }
  }

  #notify(listener: Listener): void {
    listener.waiting = false;
    queueMicrotask(() => {
      try {
        if (this.#listeners.has(listener)) listener.onReady();
      } catch {
        // A listener's own fault ends its subscription, nothing else.
        this.#listeners.delete(listener);
      }
    });
  }

  /** The newest entries, oldest first. */
  recent(limit: number): readonly Entry[] {
    return this.#ring.slice(this.#ring.next - limit, limit);
  }

  subscribe(options: SubscribeOptions = {}): Subscription<Entry> {
    const { next } = this.#ring;
    const after = options.after ?? next - 1;
    const listener: Listener = {
      // A number that we never gave is of another process: everything held is new to the listener.
      place: after >= next ? this.#ring.oldest : Math.max(1, after + 1),
      waiting: true,
      lag: Math.max(1, options.lag ?? Number.POSITIVE_INFINITY),
      onReady: options.onReady ?? (() => undefined),
    };
    this.#listeners.add(listener);
    if (listener.place < next) this.#notify(listener);
    return {
      take: (limit) => this.#take(listener, limit),
      close: () => {
        this.#listeners.delete(listener);
      },
    };
  }

  #take(listener: Listener, limit: number): readonly (Entry | Gap)[] {
    const first = Math.max(this.#ring.oldest, this.#ring.next - listener.lag);
    const missed: Gap[] = listener.place < first ? [{ gap: { from: listener.place, to: first - 1 } }] : [];
    const from = Math.max(listener.place, first);
    const entries = this.#ring.slice(from, Math.max(0, limit - missed.length));
    listener.place = from + entries.length;
    listener.waiting = listener.place >= this.#ring.next;
    return [...missed, ...entries];
  }
}

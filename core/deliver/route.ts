/**
 * Whether the local server can be used at all.
 *
 * 1. A failure that concerns every message defers the route: one probe per back-off step (1, 2, 5, 10, 15, 30, 60
 *    minutes, then hourly), not one per message. The state is kept over restarts.
 * 2. One finished transaction makes it usable again; where there is nothing to send, a connection that is ready for it.
 * 3. Two fresh connections in a row without a finished transaction defer it too. The messages they were lost with
 *    are remembered, so that the next probe is made with another one.
 * 4. The second server stands in while the first cannot be reached (look-up, connection), and only then. The
 *    first one is tried again on the same back-off steps.
 * 5. Only time in which the route was usable, and forwarding on, counts for expiry. A gap longer than the
 *    heartbeat means that the machine slept or its clock was set: it does not count.
 * 6. Between processes (`efs check` by the system's scheduler): when mail went through in one and goes through in the
 *    next, the time between counts too, at most an hour of it; for longer than that the machine may have been off.
 * 7. Another server, port, security or login is another route: what was known of the old one is forgotten.
 */
import type { Failure } from "../model/failure.ts";
import { limits } from "../model/limits.ts";
import type { Clock, RouteRecord, RouteStore } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import { retryDelay } from "./retry-schedule.ts";

const HEARTBEAT = 300_000;
const LONGEST_STEP = Math.max(...limits.backoffMinutes) * 60_000;
const FRESH_CONNECTIONS = 2;
/** Back-off has something tried once an hour. */
const MOST_BETWEEN = 3_600_000;
/** Suspects are remembered to choose another one; more than a few are of no use. */
const SUSPECTS = 1_000;

export interface Route {
  readonly usable: boolean;
  /** ms since 1970; null while usable. */
  nextProbeAt(): number | null;
  /** Why it is deferred. After a restart only that it is. */
  problem(server: string): Problem | null;
  /** A failure of scope `route`. */
  failed(failure: Failure): Promise<void>;
  /** A connection was lost after so many finished transactions. True: that fails the route. */
  connectionLost(finished: number, messageId: number): boolean;
  /** A transaction was finished, or could have been. */
  finished(): Promise<void>;
  suspect(messageId: number): boolean;
  /** 452 4.3.x to MAIL in a row. */
  readonly storageRefusals: { count: number };
  /** Whether to go to the second server at once. */
  readonly standIn: boolean;
  firstUnreachable(): void;
  firstReached(): void;
  /** It leads somewhere else from now on. */
  forget(): Promise<void>;
  /** Counts the usable time up to now; `forward`: whether it goes on counting. */
  account(forward: boolean): Promise<void>;
  close(): Promise<void>;
}

export function createRoute(store: RouteStore, clock: Clock): Route {
  let record: RouteRecord = store.load();
  let problem: Problem | null = null;
  let unfinished = 0;
  const suspects = new Set<number>();
  const storageRefusals = { count: 0 };
  let first = { failures: 0, nextProbeAt: 0 };
  let counting = false;
  let accountedAt = clock.now();
  let disarm: (() => void) | null = null;
  let closed = false;
  /** The time since an earlier process is counted, or there is none to be counted. */
  let bridged = record.proved === undefined;
  let proved = false;

  const heartbeat = (): void => {
    disarm = clock.after(HEARTBEAT, () => {
      heartbeat();
      // A journal that cannot be written shows itself where it matters; a few minutes of a clock do not.
      count().catch(() => {});
    });
  };
  /** Adds what has passed since the last time, when that was usable time. */
  const count = async (): Promise<void> => {
    const now = clock.now();
    const passed = now - accountedAt;
    accountedAt = now;
    if (counting && record.failures === 0 && passed > 0 && passed <= 2 * HEARTBEAT) {
      await store.addUsableTime(passed);
    }
  };
  const save = async (next: RouteRecord): Promise<void> => {
    const counted = count();
    record = next;
    await counted;
    // Another one may have been faster.
    await store.save(record);
  };
  const bridge = async (): Promise<void> => {
    const before = record.proved;
    if (bridged || before === undefined) return;
    bridged = true;
    await count();
    const between = Math.min(clock.now() - before.at, MOST_BETWEEN);
    const missing = between - (store.usableTime - before.usableTime);
    if (missing > 0) await store.addUsableTime(missing);
  };
  /** What the next process has to know of this one. */
  const remember = async (): Promise<void> => {
    const { failures, nextProbeAt } = record;
    if (!counting) {
      bridged = true;
      if (record.proved !== undefined) await save({ failures, nextProbeAt });
    } else if (proved && failures === 0) {
      await save({ failures, nextProbeAt, proved: { at: clock.now(), usableTime: store.usableTime } });
    }
    proved = false;
  };
  const defer = async (cause: Problem | null): Promise<void> => {
    problem = cause;
    bridged = true;
    proved = false;
    const failures = record.failures + 1;
    await save({ failures, nextProbeAt: clock.now() + retryDelay(failures) });
  };

  return {
    get usable() {
      return record.failures === 0;
    },
    storageRefusals,
    nextProbeAt: () => (record.failures === 0 ? null : sooner(record.nextProbeAt, clock.now())),
    problem: (server) => (record.failures === 0 ? null : (problem ?? stillDeferred(server))),
    async failed(failure) {
      unfinished = 0;
      await defer(failure.problem);
    },
    connectionLost(finished, messageId) {
      if (finished > 0) {
        unfinished = 0;
        return false;
      }
      if (suspects.size < SUSPECTS) suspects.add(messageId);
      unfinished += 1;
      // A probe has its one connection; a route that was usable is given a second one.
      return record.failures > 0 || unfinished >= FRESH_CONNECTIONS;
    },
    async finished() {
      unfinished = 0;
      if (suspects.size > 0) suspects.clear();
      proved = true;
      if (record.failures === 0) return bridge();
      problem = null;
      await save({ failures: 0, nextProbeAt: 0 });
    },
    suspect: (messageId) => suspects.has(messageId),
    get standIn() {
      return first.failures > 0 && clock.now() < sooner(first.nextProbeAt, clock.now());
    },
    firstUnreachable() {
      const failures = first.failures + 1;
      first = { failures, nextProbeAt: clock.now() + retryDelay(failures) };
    },
    firstReached() {
      first = { failures: 0, nextProbeAt: 0 };
    },
    async forget() {
      problem = null;
      unfinished = 0;
      storageRefusals.count = 0;
      suspects.clear();
      first = { failures: 0, nextProbeAt: 0 };
      bridged = true;
      proved = false;
      if (record.failures > 0 || record.proved !== undefined) await save({ failures: 0, nextProbeAt: 0 });
    },
    async account(forward) {
      const counted = count();
      counting = forward;
      if (disarm === null && !closed) heartbeat();
      await counted;
      await remember();
    },
    async close() {
      closed = true;
      disarm?.();
      disarm = null;
      await count()
        .then(remember)
        .catch(() => {});
      counting = false;
    },
  };
}

/** A time further ahead than any step was set by a clock that has been put back since: then it is now. */
function sooner(at: number, now: number): number {
  return at > now + LONGEST_STEP ? now : at;
}

function stillDeferred(server: string): Problem {
  return {
    code: "smtp-route-deferred",
    what: `The local mail server ${server} could not be used when it was last tried; the next try is waiting for its time.`,
    cure: "Check the mail server, then use Send now to try at once.",
  };
}

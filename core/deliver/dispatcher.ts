/**
 * Delivering: runs over the queue, one at a time.
 *
 * 1. With forwarding off, or the route deferred and its probe not due, nothing is claimed.
 * 2. What a run does is in deliver/delivery-run; what is kept between runs (the route's state, session numbers)
 *    is here.
 */

import type { MessageKind, QueuedMessage } from "../model/message.ts";
import type { Clock, DeliveryQueue, RaiseAlert, RouteStore, SettleAttempt, Tap } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import { DeliveryRun } from "./delivery-run.ts";
import { probeAddresses } from "./guard-probe.ts";
import type { ProbeVerdict } from "./misconfiguration-guard.ts";
import { createRoute, type Route } from "./route.ts";
import { openSession } from "./session.ts";
import type { SmtpLimits } from "./smtp-connection.ts";
import { type SmtpServer, serverName } from "./smtp-server.ts";
import type { TraceIdentity } from "./trace-header.ts";

export interface DeliverySettings {
  readonly server: SmtpServer;
  readonly fallback: SmtpServer | null;
  readonly connections: number;
  readonly messagesPerConnection: number;
  /** Off: collect only. */
  readonly forward: boolean;
  /** Usable time until a message expires. */
  readonly expireMs: number;
  readonly trace: TraceIdentity;
  /** Header fields that collected mail goes without; the stored file keeps them. */
  readonly withoutFields?: readonly string[];
}

export interface DispatcherPorts {
  readonly clock: Clock;
  readonly queue: DeliveryQueue;
  readonly settle: SettleAttempt;
  readonly route: RouteStore;
  readonly tap: Tap;
  readonly alert: RaiseAlert;
  /** The message's file is not there (ENOENT): the spool judges, and ends the attempt. */
  readonly bodyMissing: (message: QueuedMessage) => Promise<void>;
  /** Smaller ones in tests. */
  readonly limits?: Partial<SmtpLimits>;
}

export interface DeliveryOrder {
  readonly kinds: readonly MessageKind[];
  /** "Send now": messages on back-off are tried too, once. */
  readonly ignoreBackoff?: boolean;
  /** The route is tried although its probe is not due. */
  readonly probeNow?: boolean;
  /** The run waits for more (`kick`) until this has settled; without it, it ends when nothing is due. */
  readonly until?: Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** What a run came to; a message counts once in each of the first three. */
export interface DeliveryRunResult {
  /** Messages with at least one recipient delivered. */
  readonly delivered: number;
  /** Messages with a recipient that waits (deferred, held). */
  readonly deferred: number;
  /** Messages with a recipient that failed or expired. */
  readonly failed: number;
  /** Octets of the delivered messages. */
  readonly bytes: number;
  /** Why the local server could not be used, at the end of the run. */
  readonly routeProblem: Problem | null;
}

export interface Dispatcher {
  /**
   * One delivery run. A second call waits for the first. Rejects with what the queue or `settle` rejects with:
   * then nothing more goes out, since it could not be recorded.
   */
  run(order: DeliveryOrder): Promise<DeliveryRunResult>;
  /** For the guard: is one of these addresses taken? On a connection of its own, beside a run; nothing is sent. */
  probe(sender: string, addresses: readonly string[]): Promise<ProbeVerdict>;
  /** Something new may be due. Cheap; does nothing between runs. */
  kick(): void;
  /** ms since 1970; null while the route is usable. */
  nextProbeAt(): number | null;
  /**
   * From the next connection on. Forwarding switched off ends the run under way; another server (host, port,
   * security, login) has it begin anew there, at once, whatever was known of the old one.
   */
  configure(settings: DeliverySettings): void;
  /** Ends the accounting of usable time. */
  close(): Promise<void>;
}

/** What a run needs to know of its surroundings. */
export interface RunContext {
  readonly ports: DispatcherPorts;
  readonly settings: DeliverySettings;
  readonly route: Route;
  readonly nextSessionName: () => string;
}

/** Where the mail goes and as whom: what makes two routes the same one. */
function routeOf({ server, fallback }: DeliverySettings): string {
  return JSON.stringify([server, fallback]);
}

/** Who does not answer a trial within a minute has not decided. */
const PROBE_LIMITS = { greeting: 60_000, mail: 60_000, recipient: 60_000 };

export function createDispatcher(ports: DispatcherPorts, initial: DeliverySettings): Dispatcher {
  const route = createRoute(ports.route, ports.clock);
  let settings = initial;
  let sessions = 0;
  let current: DeliveryRun | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const account = (): void => {
    route.account(settings.forward).catch(() => {});
  };
  account();

  const nextSessionName = (): string => {
    sessions += 1;
    return `smtp-${sessions}`;
  };

  const runOnce = async (order: DeliveryOrder): Promise<DeliveryRunResult> => {
    await route.account(settings.forward);
    const due = (route.nextProbeAt() ?? 0) <= ports.clock.now() || order.probeNow === true;
    if (!settings.forward || !due) {
      const routeProblem = settings.forward ? route.problem(serverName(settings.server)) : null;
      return { delivered: 0, deferred: 0, failed: 0, bytes: 0, routeProblem };
    }
    const context: RunContext = {
      ports,
      settings,
      route,
      nextSessionName,
    };
    current = new DeliveryRun(context, order);
    try {
      return await current.done;
    } finally {
      current = null;
      await route.account(settings.forward);
    }
  };

  /** Again when it leads to another server since. */
  const runToEnd = async (order: DeliveryOrder): Promise<DeliveryRunResult> => {
    for (let before = { delivered: 0, deferred: 0, failed: 0, bytes: 0 }; ; ) {
      const leadsTo = routeOf(settings);
      const { routeProblem, ...result } = await runOnce(order);
      before = {
        delivered: before.delivered + result.delivered,
        deferred: before.deferred + result.deferred,
        failed: before.failed + result.failed,
        bytes: before.bytes + result.bytes,
      };
      if (leadsTo === routeOf(settings)) return { ...before, routeProblem };
      // What the old server's connections came to was noted after it was forgotten.
      await route.forget();
      if (order.signal?.aborted) return { ...before, routeProblem: null };
    }
  };

  return {
    run(order) {
      const run = last.then(() => runToEnd(order));
      last = run.catch(() => {});
      return run;
    },
    probe(sender, addresses) {
      const server = settings.fallback !== null && route.standIn ? settings.fallback : settings.server;
      const open = () =>
        openSession(server, {
          clock: ports.clock,
          tap: ports.tap,
          name: nextSessionName(),
          limits: { ...PROBE_LIMITS, ...ports.limits },
        });
      return probeAddresses(open, sender, addresses);
    },
    kick: () => current?.kick(),
    nextProbeAt: () => route.nextProbeAt(),
    configure(next) {
      const rerouted = routeOf(next) !== routeOf(settings);
      settings = next;
      if (!next.forward || rerouted) current?.stop();
      // A journal that cannot be written shows itself where it matters.
      if (rerouted) route.forget().catch(() => {});
      account();
    },
    close: () => route.close(),
  };
}

/**
 * The one who holds the gateway, from the first start on: without settings it is the set-up that is held, and when that
 * is finished the gateway takes its place, under the same server and the same viewers.
 */
import type { GatewayEvent } from "../model/event.ts";
import type { Gateway, GatewayOptions, OpenGateway } from "../model/gateway.ts";
import type { GatewayHost, HostedGateway, HostFacts, OpenedSetUp, OpenSetUp } from "../model/gateway-host.ts";
import { ProblemError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";

export interface GatewayHostParts {
  readonly openGateway: OpenGateway;
  readonly openSetUp: OpenSetUp;
  readonly options: GatewayOptions;
  readonly facts: HostFacts;
}

export interface OpenedGatewayHost extends GatewayHost {
  /** Now, or as soon as there is a gateway. */
  startSchedule(): void;
  /** What is in flight is finished; the data folder is given back. */
  close(): Promise<void>;
}

/** A gateway that is open, as a host. */
export function hostOf(gateway: Gateway, facts: HostFacts): GatewayHost {
  return {
    facts,
    current: () => ({ kind: "ready", gateway }),
    subscribe: (listener) => gateway.subscribe(listener),
  };
}

/** Rejects with ProblemError, as `OpenGateway` does; without settings it opens the set-up. */
export async function openGatewayHost(parts: GatewayHostParts): Promise<OpenedGatewayHost> {
  return new Host(parts, await open(parts));
}

async function open({ openGateway, openSetUp, options }: GatewayHostParts): Promise<Gateway | OpenedSetUp> {
  try {
    return await openGateway(options);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== "settings-missing") throw error;
  }
  const setUp = await openSetUp(options);
  if (!setUp.settingsPresent) return setUp;
  await setUp.close();
  return openGateway(options);
}

type Listener = (event: GatewayEvent) => void;

/** Has the lock, or had it: given back by a finish whose gateway could not be opened. */
interface Desk {
  readonly setUp: OpenedSetUp;
  locked: boolean;
}

class Host implements OpenedGatewayHost {
  readonly facts: HostFacts;
  readonly #parts: GatewayHostParts;
  readonly #listeners = new Map<object, { readonly hear: Listener; end: () => void }>();
  #held: { readonly gateway: Gateway; readonly desk: null } | { readonly gateway: null; readonly desk: Desk };
  #finishing: Promise<void> = Promise.resolve();
  #scheduled = false;
  #closing: Promise<void> | null = null;

  constructor(parts: GatewayHostParts, opened: Gateway | OpenedSetUp) {
    this.#parts = parts;
    this.facts = parts.facts;
    this.#held =
      "settingsPresent" in opened
        ? { gateway: null, desk: { setUp: opened, locked: true } }
        : { gateway: opened, desk: null };
  }

  current(): HostedGateway {
    const { gateway, desk } = this.#held;
    return gateway !== null
      ? { kind: "ready", gateway }
      : { kind: "set-up", desk: desk.setUp, finish: (settings) => this.#finish(settings) };
  }

  subscribe(hear: Listener): () => void {
    const key = {};
    this.#listeners.set(key, { hear, end: this.#source().subscribe(hear) });
    return () => {
      this.#listeners.get(key)?.end();
      this.#listeners.delete(key);
    };
  }

  startSchedule(): void {
    this.#scheduled = true;
    this.#held.gateway?.startSchedule();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#finishing.catch(() => undefined);
    await (this.#held.gateway ?? this.#held.desk.setUp).close();
  }

  /** One at a time: who comes second finds a gateway. */
  #finish(settings: Settings): Promise<void> {
    const work = this.#finishing.catch(() => undefined).then(() => this.#finishNow(settings));
    this.#finishing = work;
    return work;
  }

  async #finishNow(settings: Settings): Promise<void> {
    const { openGateway, openSetUp, options } = this.#parts;
    if (this.#held.gateway !== null || this.#closing !== null) throw new ProblemError(finishedAlready);
    if (!this.#held.desk.locked) this.#hold({ setUp: await openSetUp(options), locked: true });
    const { desk } = this.#held;
    await desk.setUp.save(settings);
    desk.locked = false;
    await desk.setUp.close();
    const gateway = await openGateway(options);
    this.#held = { gateway, desk: null };
    this.#listen();
    if (this.#scheduled) gateway.startSchedule();
  }

  #hold(desk: Desk): void {
    this.#held = { gateway: null, desk };
    this.#listen();
  }

  #listen(): void {
    for (const listener of this.#listeners.values()) {
      listener.end();
      listener.end = this.#source().subscribe(listener.hear);
    }
  }

  #source(): Gateway | OpenedSetUp {
    return this.#held.gateway ?? this.#held.desk.setUp;
  }
}

const finishedAlready = {
  code: "set-up-finished",
  what: "The set-up is finished already.",
  cure: "Open the pages again to see the settings.",
};
